package dev.llmadapt.rag.factcheck;

/** A claim of a statement: a fact that a passage may contain. */
interface Claim {
    Fact fact();

    boolean standsIn(Reading passage);
}
