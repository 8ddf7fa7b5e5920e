package dev.llmadapt.pilot.results;

/**
 * The row of a strategy that could not adapt the model or failed on every example.
 *
 * @param strategy its name
 * @param error why, one line
 */
public record Failed(String strategy, String error) implements Row {}
