package dev.llmadapt.observation;

import java.time.Duration;
import java.util.Objects;

/**
 * A step of training.
 *
 * @param step the number of steps made, from 1
 * @param steps planned in all
 * @param loss of the step, in nats
 * @param tokens of its texts, learned or not, without padding
 * @param duration how long it took, measurements after it left out
 */
public record TrainingStep(int step, int steps, double loss, int tokens, Duration duration) {
    /** Refuses null. */
    public TrainingStep {
        Objects.requireNonNull(duration, "duration must not be null");
    }
}
