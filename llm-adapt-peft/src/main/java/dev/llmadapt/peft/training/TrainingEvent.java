package dev.llmadapt.peft.training;

import dev.llmadapt.observation.ModelListener;
import dev.llmadapt.observation.TrainingStep;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * A step of training; or, before the first, what the validation texts say of the numbers it begins with.
 *
 * @param step the number of steps made; 0 before the first, where there are validation texts
 * @param steps planned in all
 * @param epoch the epoch it belongs to, from 1
 * @param learningRate of the step
 * @param loss mean cross-entropy of the tokens learned in it, in nats; of preferences the mean of their own loss; NaN
 *     for step 0
 * @param gradientNorm before it was cut; NaN for step 0
 * @param tokensPerSecond tokens of its texts, learned or not, without padding
 * @param left the time that is left, as the steps so far suggest
 * @param validationLoss measured after it
 * @param validationScore mean of the task's metric, measured after it
 * @param rewards of the answers compared in it, as the model was before it; of preferences alone
 * @param validationRewards of the answers held back, measured after it
 * @param tokens of its texts, learned or not, without padding; 0 for step 0
 * @param duration how long it took, without measuring; zero for step 0
 */
public record TrainingEvent(
        int step,
        int steps,
        int epoch,
        double learningRate,
        double loss,
        double gradientNorm,
        double tokensPerSecond,
        Duration left,
        OptionalDouble validationLoss,
        OptionalDouble validationScore,
        Optional<Rewards> rewards,
        Optional<Rewards> validationRewards,
        int tokens,
        Duration duration) {
    /** A step of a training that compares no answers. */
    public TrainingEvent(
            int step,
            int steps,
            int epoch,
            double learningRate,
            double loss,
            double gradientNorm,
            double tokensPerSecond,
            Duration left,
            OptionalDouble validationLoss,
            OptionalDouble validationScore) {
        this(
                step,
                steps,
                epoch,
                learningRate,
                loss,
                gradientNorm,
                tokensPerSecond,
                left,
                validationLoss,
                validationScore,
                Optional.empty(),
                Optional.empty(),
                0,
                Duration.ZERO);
    }

    /**
     * A listener for a {@linkplain dev.llmadapt.peft.Tuning#withListener training} that tells one for models of each
     * step that was made.
     */
    public static Consumer<TrainingEvent> tellTo(ModelListener listener) {
        ModelListener guarded = ModelListener.guarded(listener);
        return event -> {
            if (event.step() > 0) {
                guarded.onTrainingStep(
                        new TrainingStep(event.step(), event.steps(), event.loss(), event.tokens(), event.duration()));
            }
        };
    }
}
