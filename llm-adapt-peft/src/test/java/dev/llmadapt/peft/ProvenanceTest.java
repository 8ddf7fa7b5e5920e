package dev.llmadapt.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Adapter.Method;
import dev.llmadapt.Example;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.AdapterConfig.Targets;
import dev.llmadapt.peft.training.Optimizer;
import dev.llmadapt.peft.training.TrainingOptions;
import dev.llmadapt.peft.training.TrainingText;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Texts that checkpoints on disk hold: they must not change. */
class ProvenanceTest {
    private static final Lessons LESSONS = new Lessons(
            List.of(new TrainingText(new int[] {1, 2, 3}, new boolean[] {false, false, true})),
            List.of("a"),
            List.of(),
            List.<Example>of(),
            2);
    private static final TrainingOptions OPTIONS = TrainingOptions.defaults().withThreads(2);

    @Test
    void json_defaults_namesEveryOptionThatAResultDependsOn() {
        assertThat(Provenance.json("lora", OPTIONS, LESSONS))
                .isEqualTo("{\"method\":\"lora\",\"options\":{\"epochs\":3,\"batchSize\":16,\"microBatchSize\":16,"
                        + "\"learningRate\":2.0E-4,\"schedule\":\"COSINE\",\"warmUp\":0.05,\"optimizer\":"
                        + "\"AdamW[beta1=0.9, beta2=0.999, epsilon=1.0E-8, weightDecay=0.01]\","
                        + "\"maxGradientNorm\":1.0,\"maxLength\":1024,\"packing\":true,\"learn\":\"COMPLETION\","
                        + "\"validationShare\":0.0,\"evaluations\":5,\"patience\":0,\"select\":\"LOSS\",\"seed\":0,"
                        + "\"precision\":\"FP32\",\"recompute\":false,\"threads\":2,\"minSteps\":80},\"texts\":1,\"validation_texts\":0,"
                        + "\"left_out\":2,\"data_sha256\":\"" + LESSONS.sha256() + "\"}");
    }

    @Test
    void key_filesDoNotCountAndOthersDo() {
        String key = Provenance.key("a", OPTIONS, LESSONS);
        assertThat(Provenance.key("a", OPTIONS.withOutputDir(Path.of("x")).withCheckpoints(7), LESSONS))
                .isEqualTo(key);
        assertThat(List.of(
                        key,
                        Provenance.key("b", OPTIONS, LESSONS),
                        Provenance.key("a", OPTIONS.withSeed(1), LESSONS),
                        Provenance.key("a", OPTIONS.withMinSteps(0), LESSONS),
                        Provenance.key("a", OPTIONS.withMaxSteps(80), LESSONS),
                        Provenance.key("a", OPTIONS.withGradientCheckpointing(true), LESSONS)))
                .doesNotHaveDuplicates();
    }

    /** Trainings from before counted epochs alone, and their checkpoints do not name what they did not know. */
    @Test
    void json_epochsAlone_isAsBeforeThereWereLeastSteps() {
        assertThat(Provenance.json("lora", OPTIONS.withMinSteps(0), LESSONS))
                .contains("\"threads\":2},\"texts\"")
                .doesNotContain("Steps");
    }

    @Test
    void identity_eachMethod_isThisText() {
        assertThat(LoraTuning.defaults().config().identity())
                .isEqualTo("Lora[rank=16, alpha=32.0, dropout=0.0, targets=Targets[names=[],"
                        + " pattern=Optional[all-linear], excluded=Optional.empty, layers=[], layersPattern=[]],"
                        + " rankPattern={}, alphaPattern={}, rankStabilized=false, decomposed=false, bias=NONE,"
                        + " loraBias=false]");
        assertThat(Ia3Tuning.defaults().config().identity())
                .isEqualTo("Ia3[targets=Targets[names=[k_proj, v_proj, down_proj], pattern=Optional.empty,"
                        + " excluded=Optional.empty, layers=[], layersPattern=[]], feedforward=Targets[names=[down_proj],"
                        + " pattern=Optional.empty, excluded=Optional.empty, layers=[], layersPattern=[]]]");
        assertThat(new AdapterConfig.Prompt(Method.PROMPT_TUNING, 20, 64, Optional.of("Say it.")).identity())
                .isEqualTo("Prompt[method=PROMPT_TUNING, virtualTokens=20, width=64, initText=Optional[Say it.]]");
        assertThat(new AdapterConfig.Prefix(20, 64, 2, OptionalInt.of(2)).identity())
                .isEqualTo("Prefix[virtualTokens=20, width=64, layers=2, heads=OptionalInt[2]]");
        assertThat(new Optimizer.Sgd(0.9, 0).identity()).isEqualTo("Sgd[momentum=0.9, weightDecay=0.0]");
    }

    /** As long as no component was added, the texts are those that records print, which older checkpoints hold. */
    @Test
    void identity_isAsRecordsPrintedIt() {
        AdapterConfig.Lora lora = AdapterConfig.Lora.defaults()
                .withTargets(new Targets(
                        List.of(), Optional.of("a.*"), Optional.of(Targets.named(List.of("b"))), List.of(), List.of()));
        assertThat(lora.identity()).isEqualTo(lora.toString().replace(", taskType=CAUSAL_LM", "")); // added later
        AdapterConfig.Lora head = lora.withTaskType(AdapterConfig.TaskType.SEQ_CLS);
        assertThat(head.identity()).isEqualTo(head.toString());
        assertThat(Optimizer.adamW().identity()).isEqualTo(Optimizer.adamW().toString());
    }

    @Test
    void named_everyName_isTheTuningOfThatName() {
        for (String name : Tuning.names()) {
            assertThat(Tuning.named(name).name()).isEqualTo(name);
        }
        assertThatThrownBy(() -> Tuning.named("magic"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown method 'magic', expected lora, dora, lora-head, ia3, prompt-tuning, p-tuning,"
                        + " prefix-tuning or full-tuning");
    }
}
