package dev.llmadapt.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Decision;
import dev.llmadapt.Example;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SoftLabelsTest {
    private static final List<String> LABELS = List.of("animal", "plant", "tool");
    private static final Task TASK = Task.classification(
            "kinds", "", LABELS, List.of(new Example("1", "a", "animal"), new Example("2", "b", "plant")));

    private static Decision decision(double animal, double plant, double tool) {
        return new Decision(
                List.of(
                        new Decision.Choice("tool", tool),
                        new Decision.Choice("animal", animal),
                        new Decision.Choice("plant", plant)),
                false);
    }

    @Test
    void of_probabilities_areInTheOrderOfTheTask() {
        assertThat(SoftLabels.of(TASK, LABELS, List.of(decision(0.75, 0.25, 0), decision(0, 1, 0))))
                .isDeepEqualTo(new double[][] {{0.75, 0.25, 0}, {0, 1, 0}});
    }

    @Test
    void shares_areRoundedToEighths() {
        assertThat(SoftLabels.shares(new double[][] {{0.7, 0.3, 0}, {0.2, 0.45, 0.35}}))
                .isDeepEqualTo(new int[][] {{0, 0, 0, 0, 0, 1, 1, 0}, {0, 1, 1, 1, 2, 2, 2, 0}});
        assertThat(SoftLabels.shares(new double[][] {{1, 0, 0}, {0, 1, 0}}))
                .as("one share where all are certain")
                .isDeepEqualTo(new int[][] {{0}, {1}});
    }

    @Test
    void of_otherDecisions_isRefused() {
        assertThatThrownBy(() -> SoftLabels.of(TASK, LABELS, List.of(decision(1, 0, 0))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got 2 examples and 1 decisions");
        Decision other = Decision.certain(List.of("animal", "plant"), "plant");
        assertThatThrownBy(() -> SoftLabels.of(TASK, LABELS, List.of(other, other)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown label 'tool'");
    }

    /** An example of eight shares weighs as much as one of a single share. */
    @Test
    void learn_nearlyCertain_isNearlyTheClassifierOfTheLabels() {
        List<Row> rows = List.of(
                Row.dense(new double[] {1, 0.5}), Row.dense(new double[] {0.2, 1}), Row.dense(new double[] {-1, 0.3}));
        double[][] certain = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
        double[][] nearly = {{0.999, 0.001, 0}, {0, 1, 0}, {0, 0, 1}};
        for (Features.Loss loss : Features.Loss.values()) {
            LinearClassifier one = Learner.of(loss, rows, 2, certain, 0).learn(0.5);
            LinearClassifier eight = Learner.of(loss, rows, 2, nearly, 0).learn(0.5);
            for (int label = 0; label < 3; label++) {
                assertThat(eight.weights()[label]).as("%s", loss).containsExactly(one.weights()[label], within(0.02f));
            }
        }
    }

    /** Eight equal shares with an eighth of C are the same problem, up to where the solver stops. */
    @Test
    void adapt_nearlyCertain_isNearlyTheHeadOfTheLabels() {
        Task task = ToyTask.task();
        List<Decision> certain = new ArrayList<>(task.examples().stream()
                .map(example -> Decision.certain(LABELS, example.output()))
                .toList());
        LinearHead head = LinearHead.words().withOptions(HeadOptions.defaults().withRegularization(List.of(1.0)));
        try (ToyModel model = new ToyModel();
                HeadModel labels = head.train(task, Progress.NONE);
                HeadModel same = head.adapt(model, task, certain, Progress.NONE)) {
            certain.set(0, decision(0.999, 0.001, 0));
            try (HeadModel near = head.adapt(model, task, certain, Progress.NONE)) {
                for (Example example : ToyTask.test()) {
                    Request request = task.request(example.input());
                    Decision expected = labels.generate(request).decision().orElseThrow();
                    assertThat(same.generate(request).decision()).contains(expected);
                    Decision actual = near.generate(request).decision().orElseThrow();
                    assertThat(actual.label()).isEqualTo(expected.label());
                    LABELS.forEach(label ->
                            assertThat(actual.probability(label)).isCloseTo(expected.probability(label), within(0.02)));
                }
            }
        }
    }
}
