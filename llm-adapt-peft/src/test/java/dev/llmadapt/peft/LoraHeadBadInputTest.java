package dev.llmadapt.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Example;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.peft.training.TrainingOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data that is too little or not right, and a head that is trained with LoRA. */
class LoraHeadBadInputTest {
    private static final List<String> LABELS = List.of("warm", "cold", "grey");
    private static final TrainingOptions OPTIONS = TrainingOptions.defaults()
            .withEpochs(1)
            .withMinSteps(1)
            .withMaxSteps(2)
            .withBatchSize(2)
            .withThreads(1);
    private static final LoraHeadTuning TUNING =
            LoraHeadTuning.defaults().withRank(2).withOptions(OPTIONS);

    private final LocalModel base =
            LocalModel.open(Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(1));

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        assertThat(base.adapters()).isEmpty();
        base.close();
    }

    private static Task task(List<Example> examples) {
        return Task.classification("colours", "", LABELS, examples);
    }

    private static List<Example> examples(String... outputs) {
        List<Example> examples = new ArrayList<>();
        for (String output : outputs) {
            examples.add(new Example("e" + examples.size(), "text " + examples.size(), output));
        }
        return examples;
    }

    @Test
    void train_examplesOfOneLabel_isRefusedNamingIt() {
        assertThatThrownBy(() -> TUNING.train(base, task(examples("grey", "grey")), Progress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("examples of at least two labels, those of the task 'colours' are all 'grey'");
    }

    @Test
    void train_noExamples_isRefused() {
        assertThatThrownBy(() -> TUNING.train(base, task(List.of()), Progress.NONE))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining("colours");
    }

    @Test
    void train_labelWithOneExample_isLearnedWithSomeHeldBack() {
        Task task = task(examples("warm", "cold", "warm", "cold", "warm", "cold", "grey"));
        LoraHeadTuning tuning =
                TUNING.withOptions(OPTIONS.withValidationShare(0.3).withEvaluations(1));
        try (Model head = tuning.adapt(base, task, Progress.NONE)) {
            assertThat(head.generate(Request.of("text 6"))
                            .decision()
                            .orElseThrow()
                            .labels())
                    .isEqualTo(LABELS);
        }
    }

    /** Without held-back examples; a label that no text had keeps its first weights, and may be answered. */
    @Test
    void train_moreLabelsThanExamples_answersAnyLabel() {
        try (Model head = TUNING.adapt(base, task(examples("warm", "cold")), Progress.NONE)) {
            assertThat(head.generate(Request.of("text 1"))
                            .decision()
                            .orElseThrow()
                            .labels())
                    .isEqualTo(LABELS);
        }
    }

    /** As with every tuning, what cannot be learned is left out, with a warning; all of it is refused. */
    @Test
    void train_someTextsEmpty_leavesThemOut() {
        List<Example> examples = examples("warm", "cold", "grey");
        examples.add(new Example("blank", " ", "grey"));
        try (Model head = TUNING.adapt(base, task(examples), Progress.NONE)) {
            assertThat(head.generate(Request.of("text 1")).text()).isIn(LABELS);
            assertThatThrownBy(() -> head.generate(Request.of(" ")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a head needs a text to answer");
        }
    }

    @Test
    void open_folderOfAnotherTask_refusesItsLabels() {
        TUNING.train(base, task(examples("warm", "cold", "grey")), folder.resolve("head"), Progress.NONE);
        Task other = Task.classification("others", "", List.of("hot", "cold"), List.of());
        try (Model head = TUNING.open(base, folder.resolve("head"))) {
            assertThatThrownBy(() -> head.generate(other.request("red")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("has not learned the labels [hot]")
                    .hasMessageContaining("train one for this task");
        }
        assertThatThrownBy(() -> TUNING.open(base, folder.resolve("head"), other.labels()))
                .hasMessageContaining("has a head for the labels [warm, cold, grey], the task has [hot, cold]");
    }
}
