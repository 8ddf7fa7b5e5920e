package dev.llmadapt.peft.training;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * The implicit rewards of answers, {@code beta} times how much more likely the model has become to give them than the
 * reference is, as TRL logs them.
 *
 * @param chosen mean of the better answers, or of the desirable ones; NaN where there are none
 * @param rejected mean of the worse answers, or of the undesirable ones; NaN where there are none
 * @param margin how much {@code chosen} is above {@code rejected}
 * @param accuracy share of the pairs whose better answer has the higher reward; none for answers without pairs
 * @param divergence KTO's estimate of how far the model is from the reference, in nats; none for pairs
 */
public record Rewards(
        double chosen, double rejected, double margin, OptionalDouble accuracy, OptionalDouble divergence) {
    /** One line, such as {@code margin 0.312, accuracy 0.88}. */
    @Override
    public String toString() {
        String rest = accuracy.isPresent()
                ? String.format(Locale.ROOT, ", accuracy %.2f", accuracy.getAsDouble())
                : divergence.isPresent() ? String.format(Locale.ROOT, ", KL %.3f", divergence.getAsDouble()) : "";
        return String.format(Locale.ROOT, "margin %.3f", margin) + rest;
    }
}
