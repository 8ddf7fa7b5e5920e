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
 * <p>These hold for a number of examples that was fixed before. {@link dev.llmadapt.pilot.statistics.PairedSequence}
 * compares two candidates after each example and may be stopped at any,
 * {@link dev.llmadapt.pilot.statistics.Familywise} takes several such comparisons together;
 * {@link dev.llmadapt.pilot.statistics.EValue} is their evidence.
 *
 * <p>Numbers in, numbers out: the package imports no other. {@code IntervalCoverageTest} measures how often the
 * intervals cover the truth, {@code OptionalStoppingTest} how often they do at all moments.
 */
@NullMarked
package dev.llmadapt.pilot.statistics;

import org.jspecify.annotations.NullMarked;
