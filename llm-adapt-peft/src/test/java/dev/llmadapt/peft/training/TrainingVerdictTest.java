package dev.llmadapt.peft.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.peft.training.TrainingOptions.Select;
import dev.llmadapt.peft.training.TrainingVerdict.Finding;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Curves that are made up, each as a training of its kind gives them. */
class TrainingVerdictTest {
    private final TrainingCurve curve = new TrainingCurve();

    private static double falling(int step) {
        return 0.2 + 3 * Math.exp(-step / 15.0);
    }

    private static TrainingEvent event(int step, double loss, OptionalDouble held, OptionalDouble score) {
        return new TrainingEvent(step, 100, 1, 1e-3, loss, 1, 100, Duration.ZERO, held, score);
    }

    /** A curve whose held-out texts were measured before the first step and then after every twenty. */
    private TrainingVerdict verdict(int steps, IntToDoubleFunction loss, IntToDoubleFunction held) {
        for (int step = 0; step <= steps; step++) {
            OptionalDouble measured = step % 20 == 0 || step == steps
                    ? OptionalDouble.of(held.applyAsDouble(step))
                    : OptionalDouble.empty();
            curve.accept(
                    event(step, step == 0 ? Double.NaN : loss.applyAsDouble(step), measured, OptionalDouble.empty()));
        }
        return curve.verdict(Select.LOSS);
    }

    private TrainingVerdict verdict(int steps, IntToDoubleFunction loss) {
        for (int step = 1; step <= steps; step++) {
            curve.accept(event(step, loss.applyAsDouble(step), OptionalDouble.empty(), OptionalDouble.empty()));
        }
        return curve.verdict(Select.LOSS);
    }

    @Test
    void verdict_bothLossesFlat_isConverged() {
        TrainingVerdict verdict = verdict(100, TrainingVerdictTest::falling, step -> falling(step) + 0.1);
        assertThat(verdict.finding()).isEqualTo(Finding.CONVERGED);
        assertThat(verdict.good()).isTrue();
        assertThat(verdict.summary())
                .isEqualTo("converged: loss 2.317 to 0.205 in 100 steps; held-out loss 3.300 to 0.304 after step 100,"
                        + " which was kept");
        assertThat(verdict.next()).contains("--search");
    }

    @Test
    void verdict_heldOutLossFallsToTheEnd_isStillFalling() {
        TrainingVerdict verdict = verdict(100, step -> 3 - step / 50.0, step -> 3 - step / 60.0);
        assertThat(verdict.finding()).isEqualTo(Finding.FALLING);
        assertThat(verdict.good()).isFalse();
        assertThat(verdict.next()).startsWith("train longer");
    }

    @Test
    void verdict_heldOutLossRisesAgain_isOverfittingAndNamesTheStepThatWasKept() {
        TrainingVerdict verdict = verdict(100, TrainingVerdictTest::falling, step -> 1 + Math.abs(step - 40) / 40.0);
        assertThat(verdict.finding()).isEqualTo(Finding.OVERFITTING);
        assertThat(verdict.best().orElseThrow().step()).isEqualTo(40);
        assertThat(verdict.summary()).endsWith("after step 40, which was kept; 2.500 in the end");
        assertThat(verdict.next()).startsWith("stop earlier");
    }

    /** Labels are often answered better and better while their probabilities become too sure. */
    @Test
    void verdict_lossRisesAndScoreToo_isNotOverfitting() {
        for (int step = 0; step <= 100; step++) {
            boolean measured = step % 20 == 0;
            curve.accept(event(
                    step,
                    step == 0 ? Double.NaN : falling(step),
                    measured ? OptionalDouble.of(1 + Math.abs(step - 40) / 40.0) : OptionalDouble.empty(),
                    measured ? OptionalDouble.of(step / 120.0) : OptionalDouble.empty()));
        }
        assertThat(curve.verdict(Select.METRIC).finding()).isEqualTo(Finding.CONVERGED);
        assertThat(curve.verdict(Select.METRIC).summary()).contains("score 0.000 to 0.833 after step 100");
        assertThat(curve.verdict(Select.LOSS).finding()).isEqualTo(Finding.CONVERGED);
        assertThat(curve.verdict(Select.LOSS).summary()).contains("score 0.000 to 0.333 after step 40");
    }

    @Test
    void verdict_neverBelowTheBase_isWorseThanTheBase() {
        TrainingVerdict verdict = verdict(100, TrainingVerdictTest::falling, step -> 1 + step / 100.0);
        assertThat(verdict.finding()).isEqualTo(Finding.WORSE_THAN_BASE);
        assertThat(verdict.next()).isEqualTo("do not use it; lower the rate, or bring more examples");
    }

    /** Nine steps over 42 texts, which made a model worse: more steps are the remedy, and not another rate. */
    @Test
    void verdict_worseThanTheBaseInFewSteps_advisesMoreSteps() {
        TrainingVerdict verdict = verdict(9, TrainingVerdictTest::falling, step -> 1 + step / 100.0);
        assertThat(verdict.finding()).isEqualTo(Finding.WORSE_THAN_BASE);
        assertThat(verdict.next()).startsWith("do not use it; train longer");
    }

    @Test
    void verdict_worseAndTheTextsNotLearned_advisesAnotherRate() {
        assertThat(verdict(100, step -> 2, step -> 1 + step / 100.0).next()).contains("another rate");
    }

    @Test
    void verdict_nineSteps_isTooFew() {
        assertThat(verdict(9, TrainingVerdictTest::falling).finding()).isEqualTo(Finding.TOO_FEW_STEPS);
    }

    @Test
    void verdict_textsKnownByHeartInTwentySteps_needsNoMore() {
        TrainingVerdict verdict = verdict(20, step -> 2 * Math.exp(-step / 2.0));
        assertThat(verdict.finding()).isEqualTo(Finding.CONVERGED);
        assertThat(verdict.next()).startsWith("hold some examples back");
    }

    @Test
    void verdict_lossStays_isNotLearning() {
        TrainingVerdict verdict = verdict(100, step -> 2 + step % 3);
        assertThat(verdict.finding()).isEqualTo(Finding.NOT_LEARNING);
        assertThat(verdict.next()).startsWith("raise the rate");
    }

    @Test
    void verdict_nothingHeldOut_saysSo() {
        TrainingVerdict verdict = verdict(100, TrainingVerdictTest::falling);
        assertThat(verdict.finding()).isEqualTo(Finding.CONVERGED);
        assertThat(verdict.summary())
                .isEqualTo("converged: loss 2.317 to 0.205 in 100 steps; nothing was held out, so nothing says how it"
                        + " answers new texts");
        assertThat(verdict.next()).startsWith("hold some examples back");
    }

    @Test
    void verdict_nothingHeldOutAndStillFalling_advisesMore() {
        assertThat(verdict(100, step -> 3 - step / 50.0).finding()).isEqualTo(Finding.FALLING);
    }

    @Test
    void verdict_noStep_isRefused() {
        assertThatThrownBy(() -> curve.verdict(Select.LOSS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no step to judge by");
        assertThat(curve.points()).isEqualTo(List.of());
    }
}
