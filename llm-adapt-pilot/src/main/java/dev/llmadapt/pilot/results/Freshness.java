package dev.llmadapt.pilot.results;

/**
 * Quality of answers about facts that came after adapting.
 *
 * @param before before the corpus had them
 * @param after after it was updated, and nothing else done
 * @param questions how many; 0 where not measured
 */
public record Freshness(double before, double after, int questions) {}
