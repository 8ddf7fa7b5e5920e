package dev.llmadapt.pilot.results;

import java.time.Duration;

/**
 * The time one answer took, asked alone; quantiles by the nearest rank, over answers that did not fail.
 *
 * @param median half of the answers took at most this long
 * @param p95 95 % of the answers took at most this long
 */
public record Latency(Duration median, Duration p95) {}
