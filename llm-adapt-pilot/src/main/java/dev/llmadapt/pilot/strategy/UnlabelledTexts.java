package dev.llmadapt.pilot.strategy;

import java.util.List;
import java.util.Objects;

/**
 * Texts without labels, for a teacher to answer.
 *
 * @param texts the texts, of which a strategy with a teacher needs one at least
 * @param heldOut texts that are not learned though they stand among them, such as those of test examples
 */
public record UnlabelledTexts(List<String> texts, List<String> heldOut) {
    private static final UnlabelledTexts NONE = new UnlabelledTexts(List.of(), List.of());

    /** Refuses null, and copies the lists. */
    public UnlabelledTexts {
        texts = List.copyOf(Objects.requireNonNull(texts, "texts must not be null"));
        heldOut = List.copyOf(Objects.requireNonNull(heldOut, "heldOut must not be null"));
    }

    /** No texts. */
    public static UnlabelledTexts none() {
        return NONE;
    }
}
