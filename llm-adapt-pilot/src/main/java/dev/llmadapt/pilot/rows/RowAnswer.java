package dev.llmadapt.pilot.rows;

import org.jspecify.annotations.Nullable;

/**
 * What became of a row.
 *
 * @param text what was asked about
 * @param answer null where there is none
 * @param probability of a label, in [0, 1]; null where the model does not say
 * @param error why there is no answer, null where there is one
 */
public record RowAnswer(
        String text,
        @Nullable String answer,
        @Nullable Double probability,
        @Nullable String error) {
    /** A row without an answer. */
    public static RowAnswer failed(String text, String error) {
        return new RowAnswer(text, null, null, error);
    }
}
