package dev.llmadapt.pilot.judging;

/** The better of two answers. */
public enum Preference {
    /** The first is better, in both orders. */
    FIRST,
    /** The second is better, in both orders. */
    SECOND,
    /** The orders disagree, so that neither is shown to be better. */
    TIE
}
