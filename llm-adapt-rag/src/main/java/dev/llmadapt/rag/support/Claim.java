package dev.llmadapt.rag.support;

/** A fact of a statement that can be looked for in a passage. */
interface Claim {
    Fact fact();

    boolean standsIn(Reading passage);
}
