/**
 * The rows of a report: one {@link dev.llmadapt.pilot.measurement.Row} for each strategy.
 *
 * <p>A strategy that answered is {@link dev.llmadapt.pilot.measurement.Measured}: its quality with an interval, its
 * {@link dev.llmadapt.pilot.measurement.Latency}, and an {@link dev.llmadapt.pilot.measurement.Outcome} for each test
 * example. One that could not adapt is {@link dev.llmadapt.pilot.measurement.Failed}, one that was not tried
 * {@link dev.llmadapt.pilot.measurement.RuledOut}; both say why. {@link dev.llmadapt.pilot.measurement.Details} hold
 * what else was measured: the learning curve ({@link dev.llmadapt.pilot.measurement.CurvePoint}),
 * {@link dev.llmadapt.pilot.measurement.Stability}, {@link dev.llmadapt.pilot.measurement.Freshness} and the prompts
 * that were sent. A {@link dev.llmadapt.pilot.measurement.Comparison} sets the best row beside another one.
 *
 * <p>{@link dev.llmadapt.pilot.measurement.PilotOptions} say on how many examples, and which. The records hold numbers
 * and know nothing of needs and prices, which are the matter of {@link dev.llmadapt.pilot.recommendation}.
 */
@NullMarked
package dev.llmadapt.pilot.measurement;

import org.jspecify.annotations.NullMarked;
