package dev.llmadapt.local.constraint;

import org.jspecify.annotations.Nullable;

/**
 * A state of a deterministic automaton over bytes that a {@link Regex} can hold as a part, for languages that are
 * better counted than spelled out, such as the decimal numbers up to a bound. Immutable; equal states are equal.
 */
interface ByteAutomaton {
    /** Returns the state after a byte, or null if the byte may not stand here. */
    @Nullable
    ByteAutomaton next(int unsigned);

    /** Whether the text may end here. */
    boolean accepts();
}
