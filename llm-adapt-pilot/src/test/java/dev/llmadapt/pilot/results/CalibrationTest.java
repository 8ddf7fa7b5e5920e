package dev.llmadapt.pilot.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Decision;
import dev.llmadapt.Decision.Choice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    @Test
    void of_answersWithoutProbabilities_isNone() {
        assertThat(Calibration.of(List.of())).isEqualTo(Calibration.NONE);
        assertThat(Calibration.of(List.of(new Outcome("a", "x", "x", 1, Duration.ZERO, 0, 0, ""))))
                .isEqualTo(Calibration.NONE);
    }

    @Test
    void of_twoBins_isTheMeanDistanceOfConfidenceFromTheShareOfRightAnswers() {
        // 0.9, 0.92: one of two right, 0.82 too sure in all; 0.3: right, 0.7 too unsure
        Calibration found = Calibration.of(List.of(outcome(0.9, 1), outcome(0.92, 0), outcome(0.3, 1)));
        assertThat(found.expectedError()).isCloseTo((0.82 + 0.7) / 3, within(1e-12));
        assertThat(found.brier()).isCloseTo(0.5, within(1e-12));
        assertThat(found.answers()).isEqualTo(3);
    }

    @Test
    void of_theEndsOfTheScale_lieInBins() {
        assertThat(Calibration.of(List.of(outcome(1, 1), outcome(0, 0))).expectedError())
                .isZero();
        // a bin holds its upper end: 1/15 and less stand together
        assertThat(Calibration.of(List.of(outcome(1.0 / 15, 0), outcome(0, 1.0 / 15)))
                        .expectedError())
                .isCloseTo(0, within(1e-12));
    }

    @Test
    void of_confidentAnswersAreRight_theShareEndsBeforeTooManyAreWrong() {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            outcomes.add(outcome(0.99 - i * 0.01, i < 30 ? 1 : 0));
        }
        // 30 right and one wrong are 3.2 % wrong, two wrong are 6.25 %
        assertThat(Calibration.of(outcomes).answerable()).isEqualTo(31 / 40.0);
    }

    @Test
    void of_answersOfOneConfidence_areGivenTogetherOrNotAtAll() {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            outcomes.add(outcome(0.8, i < 9 ? 1 : 0));
        }
        assertThat(Calibration.of(outcomes).answerable()).isZero();
    }

    @Test
    void confidence_ofADecision_isOfTheChosenLabelAndAllOthers() {
        Decision decision =
                new Decision(List.of(new Choice("a", 0.7), new Choice("b", 0.2), new Choice("c", 0.1)), true);
        Confidence right = Confidence.of(decision, "a");
        assertThat(right.probability()).isEqualTo(0.7);
        assertThat(right.brier()).isCloseTo(0.09 + 0.04 + 0.01, within(1e-12));
        assertThat(Confidence.of(decision, "b").brier()).isCloseTo(0.49 + 0.64 + 0.01, within(1e-12));
        assertThat(Confidence.of(decision, "none").brier()).isCloseTo(1 + 0.49 + 0.04 + 0.01, within(1e-12));
    }

    @Test
    void confidence_whatIsNone_isRefused() {
        assertThatThrownBy(() -> new Confidence(1.1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Confidence(0.5, Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Outcome outcome(double confidence, double score) {
        return new Outcome("a", "x", "x", score, Duration.ZERO, 0, 0, "", Optional.of(new Confidence(confidence, 0.5)));
    }
}
