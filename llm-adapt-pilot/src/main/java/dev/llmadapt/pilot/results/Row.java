package dev.llmadapt.pilot.results;

/** One strategy of a report: measured, failed, or ruled out. */
public sealed interface Row permits Measured, Failed, RuledOut {
    /** The strategy's name. */
    String strategy();
}
