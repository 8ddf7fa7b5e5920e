package dev.llmadapt.pilot.measurement;

/** What came of one strategy. */
public sealed interface Row permits Measured, Failed, RuledOut {
    /** The strategy's name. */
    String strategy();
}
