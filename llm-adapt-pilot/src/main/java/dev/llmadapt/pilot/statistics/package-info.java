/**
 * Statistics of few test examples: how far a measured number can be trusted.
 *
 * <p>{@link dev.llmadapt.pilot.statistics.Interval} says where a mean lies (Wilson),
 * {@link dev.llmadapt.pilot.statistics.PairedDifference} how much more one candidate scores than another on the same
 * examples (Agresti and Min) and how many examples would settle it, {@link dev.llmadapt.pilot.statistics.SignTest}
 * whether two differ at all (McNemar), {@link dev.llmadapt.pilot.statistics.Binomial} what a proportion reaches at
 * least (Clopper and Pearson). {@link dev.llmadapt.pilot.statistics.Quantile} is for latencies,
 * {@link dev.llmadapt.pilot.statistics.Normal} for critical values.
 *
 * <p>Numbers in, numbers out: the package imports no other. {@code IntervalCoverageTest} measures how often the
 * intervals cover the truth.
 */
@NullMarked
package dev.llmadapt.pilot.statistics;

import org.jspecify.annotations.NullMarked;
