package dev.llmadapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Decision.Choice;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class DecisionTest {
    private static final Decision DECISION =
            new Decision(List.of(new Choice("a", 0.2), new Choice("b", 0.4), new Choice("c", 0.4)), true);

    @Test
    void label_equalProbabilities_isTheFirstOfThem() {
        assertThat(DECISION.label()).isEqualTo("b");
        assertThat(DECISION.probability()).isEqualTo(0.4);
        assertThat(DECISION.probability("a")).isEqualTo(0.2);
        assertThat(DECISION.labels()).containsExactly("a", "b", "c");
    }

    @Test
    void of_scores_areProbabilitiesInTheirProportion() {
        Decision decision = Decision.of(new Scores(
                List.of(
                        new Scores.Entry("no", List.of(new Token(1, "n", Math.log(0.1)), new Token(2, "o", 0))),
                        new Scores.Entry("yes", List.of(new Token(3, "yes", Math.log(0.3))))),
                Usage.NONE));

        assertThat(decision.calibrated()).isFalse();
        assertThat(decision.label()).isEqualTo("yes");
        assertThat(decision.probability("no")).isCloseTo(0.25, within(1e-12));
    }

    @Test
    void softmax_largeAndImpossibleScores_addUpToOne() {
        Decision decision =
                Decision.softmax(List.of("a", "b", "c"), new double[] {1e308, 1e308, Double.NEGATIVE_INFINITY}, true);

        assertThat(decision.calibrated()).isTrue();
        assertThat(decision.choices()).extracting(Choice::probability).containsExactly(0.5, 0.5, 0.0);
    }

    @Test
    void restrictedTo_someLabels_addsUpToOneInTheirOrder() {
        Decision restricted = DECISION.restrictedTo(List.of("c", "a"));

        assertThat(restricted.labels()).containsExactly("c", "a");
        assertThat(restricted.probability("c")).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(restricted.calibrated()).isTrue();
        Decision zeros = Decision.softmax(
                List.of("a", "b", "c"), new double[] {0, Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY}, false);
        assertThat(zeros.restrictedTo(List.of("b", "c")).probability()).isEqualTo(0.5);
    }

    @Test
    void decision_badArguments_areRefusedByName() {
        refuses("at least one choice", () -> new Decision(List.of(), false));
        refuses(
                "all differ, labels: [a, a]",
                () -> new Decision(List.of(new Choice("a", 0.5), new Choice("a", 0.5)), false));
        refuses("add up to 1, they are 0.5", () -> new Decision(List.of(new Choice("a", 0.5)), false));
        refuses("in [0, 1], probability of 'a': NaN", () -> new Choice("a", Double.NaN));
        refuses("unknown label 'x', expected one of [a, b, c]", () -> DECISION.probability("x"));
        refuses("unknown label 'x', expected one of [a, b, c]", () -> DECISION.restrictedTo(List.of("a", "x")));
        refuses("at least one choice", () -> DECISION.restrictedTo(List.of()));
        refuses("got 1 labels and 2 scores", () -> Decision.softmax(List.of("a"), new double[] {1, 2}, false));
        refuses(
                "must be numbers, the highest is NaN",
                () -> Decision.softmax(List.of("a", "b"), new double[] {1, Double.NaN}, false));
        refuses(
                "must be numbers, the highest is -Infinity",
                () -> Decision.softmax(List.of("a"), new double[] {Double.NEGATIVE_INFINITY}, false));
    }

    private static void refuses(String message, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }
}
