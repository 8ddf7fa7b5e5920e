package dev.llmadapt.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Decision;
import dev.llmadapt.Decision.Choice;
import dev.llmadapt.Example;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.peft.training.TrainingOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A head that learns a teacher's probabilities in place of labels. */
class LoraHeadProbabilitiesTest {
    private static final List<String> LABELS = List.of("warm", "cold", "grey");
    private static final LoraHeadTuning TUNING = LoraHeadTuning.defaults()
            .withRank(4)
            .withOptions(TrainingOptions.defaults()
                    .withEpochs(20)
                    .withBatchSize(6)
                    .withLearningRate(0.01)
                    .withThreads(1));

    @TempDir
    Path folder;

    private final LocalModel base =
            LocalModel.open(Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(1));

    @AfterEach
    void close() {
        base.close();
    }

    private static Task task() {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String text = List.of("red ", "blue ", "silver and ").get(i % 3) + i;
            examples.add(new Example("e" + i, text, LABELS.get(i % 3)));
        }
        return Task.classification("colours", "Say warm, cold or grey.", LABELS, examples);
    }

    private static List<Decision> decisions(double right, boolean reversed) {
        List<Decision> decisions = new ArrayList<>();
        for (Example example : task().examples()) {
            List<Choice> choices = new ArrayList<>();
            for (String label : LABELS) {
                choices.add(
                        reversed ? 0 : choices.size(),
                        new Choice(label, label.equals(example.output()) ? right : (1 - right) / 2));
            }
            decisions.add(new Decision(choices, true));
        }
        return decisions;
    }

    @Test
    void adapt_probabilities_areWhatItAnswers() {
        for (double right : new double[] {0.5, 0.9}) {
            try (Model head = TUNING.adapt(base, task(), decisions(right, true), Progress.NONE)) {
                for (Example example : task().examples()) {
                    Decision found = head.generate(task().request(example.input()))
                            .decision()
                            .orElseThrow();
                    assertThat(found.label()).isEqualTo(example.output());
                    assertThat(found.probability()).isCloseTo(right, within(0.15));
                }
            }
        }
    }

    @Test
    void train_certainDecisions_areAsGoodAsLabels() {
        LoraHeadTuning quick =
                TUNING.withOptions(TUNING.options().withMinSteps(0).withMaxSteps(3));
        PeftAdapter labels = quick.train(base, task(), Progress.NONE);
        PeftAdapter certain = quick.train(base, TrainingSet.of(task(), decisions(1, false)), Progress.NONE);
        PeftAdapter soft = quick.train(base, TrainingSet.of(task(), decisions(0.8, false)), Progress.NONE);
        assertThat(Objects.requireNonNull(certain.stored().tensors().get("score.weight"))
                        .toFloats())
                .isEqualTo(Objects.requireNonNull(labels.stored().tensors().get("score.weight"))
                        .toFloats());
        assertThat(Objects.requireNonNull(soft.stored().tensors().get("score.weight"))
                        .toFloats())
                .isNotEqualTo(Objects.requireNonNull(labels.stored().tensors().get("score.weight"))
                        .toFloats());
    }

    @Test
    void train_heldBackExamples_areMeasuredByTheirLabels() {
        LoraHeadTuning validated = TUNING.withOptions(
                TUNING.options().withMinSteps(0).withMaxSteps(2).withValidationShare(0.25));
        List<Double> scores = new ArrayList<>();
        validated
                .withListener(event -> event.validationScore().ifPresent(scores::add))
                .train(base, TrainingSet.of(task(), decisions(0.6, false)), folder.resolve("head"), Progress.NONE);
        assertThat(scores).isNotEmpty().allSatisfy(score -> assertThat(score).isBetween(0.0, 1.0));
    }

    @Test
    void train_decisionsThatDoNotFit_areRefused() {
        assertThatThrownBy(() -> TrainingSet.of(task(), decisions(1, false).subList(0, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("12 examples and 3 decisions");
        List<Decision> others = new ArrayList<>(decisions(1, false));
        others.set(4, Decision.certain(List.of("warm", "cold"), "warm"));
        assertThatThrownBy(() -> TrainingSet.of(task(), others))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got [warm, cold]");
        assertThatThrownBy(() ->
                        LoraTuning.defaults().train(base, TrainingSet.of(task(), decisions(1, false)), Progress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lora-head learns probabilities");
    }
}
