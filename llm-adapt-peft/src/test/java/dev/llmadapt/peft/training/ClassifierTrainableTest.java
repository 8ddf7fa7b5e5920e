package dev.llmadapt.peft.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.AdapterException;
import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.architecture.Embedding;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.memory.NativeArena;
import dev.llmadapt.local.runtime.Execution;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.ClassifierGolden;
import dev.llmadapt.peft.folder.PeftFolder;
import dev.llmadapt.peft.folder.ScoreHead;
import dev.llmadapt.peft.folder.StoredAdapter;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Classifiers that PEFT wrote, made by make_classifiers.py, in a graph that learns. */
class ClassifierTrainableTest {
    static List<String> names() {
        return ClassifierGolden.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void loss_ofAFolderOfPeft_isThatOfItsLogits(String name) {
        ClassifierGolden golden = ClassifierGolden.read(name);
        StoredAdapter stored = PeftFolder.read(ClassifierGolden.folder(name));
        AdapterConfig.Lora config = (AdapterConfig.Lora) stored.config();
        int labels = ScoreHead.of(name, stored).labels();
        try (Checkpoint base = Checkpoint.open(Golden.folder(golden.base()))) {
            Trainable trainable = new ClassifierTrainable(config, base, labels, null, stored, 1);
            TrainingGraph.Options options =
                    new TrainingGraph.Options(Precision.FP32, 64, false).withLoss(trainable.loss());
            int groups = base.config().heads() / base.config().keyValueHeads();
            try (LossSession session = LossSession.open(
                    TrainingGraph.loss(base, trainable, options),
                    trainable.parameters().size(),
                    Execution.of(1))) {
                trainable.parameters().start(session.parameters());
                for (ClassifierGolden.Case each : golden.cases()) {
                    assertThat(each.logits()).hasSize(labels);
                    for (int label = 0; label < labels; label++) {
                        TrainingText text = TrainingText.labelled(each.prompt(), label);
                        float loss = session.loss(TrainingBatch.of(
                                new NativeArena(), List.of(List.of(text)), trainable, Embedding.of(base), groups, 1));
                        assertThat((double) loss).isCloseTo(surprise(each.logits(), label), within(2e-4));
                    }
                }
            }
        }
    }

    private static double surprise(float[] logits, int label) {
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - logits[label]);
        }
        return Math.log(sum);
    }

    @Test
    void start_ofANewHead_isNormalWithTheDeviation() {
        try (Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"))) {
            ClassifierTrainable trainable =
                    new ClassifierTrainable(AdapterConfig.Lora.defaults(), base, 50, null, null, 1);
            FloatBuffer numbers = FloatBuffer.allocate(trainable.parameters().size());
            trainable.parameters().start(numbers);
            Parameters.Parameter head = trainable.parameters().all().stream()
                    .filter(each -> each.name().equals("score.weight"))
                    .findAny()
                    .orElseThrow();
            FloatBuffer score = head.of(numbers);
            double squares = 0;
            for (int i = 0; i < head.size(); i++) {
                squares += Math.pow(score.get(i), 2);
            }
            assertThat(Math.sqrt(squares / head.size())).isCloseTo(0.02, within(0.001));
        }
    }

    @Test
    void start_fromAnAdapterWithAnotherHead_isRefused() {
        try (Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"))) {
            StoredAdapter stored = PeftFolder.read(ClassifierGolden.folder("llama"));
            AdapterConfig.Lora config = (AdapterConfig.Lora) stored.config();
            ClassifierTrainable trainable = new ClassifierTrainable(config, base, 7, null, stored, 1);
            FloatBuffer numbers = FloatBuffer.allocate(trainable.parameters().size());
            assertThatThrownBy(() -> trainable.parameters().start(numbers))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining("score.weight");
            assertThatThrownBy(() -> new ClassifierTrainable(config, base, 1, null, null, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("at least two labels");
        }
    }
}
