package dev.llmadapt.pilot.results;

/**
 * The row of a strategy that was not tried.
 *
 * @param strategy its name
 * @param reason what ruled it out, one line
 */
public record RuledOut(String strategy, String reason) implements Row {}
