/**
 * The rows of a report: one {@link dev.llmadapt.pilot.results.Row} for each strategy.
 *
 * <p>A strategy that answered is {@link dev.llmadapt.pilot.results.Measured}: its quality with an interval, its
 * {@link dev.llmadapt.pilot.results.Latency}, and an {@link dev.llmadapt.pilot.results.Outcome} for each test example.
 * One that could not adapt is {@link dev.llmadapt.pilot.results.Failed}, one that was not tried
 * {@link dev.llmadapt.pilot.results.RuledOut}; both say why. {@link dev.llmadapt.pilot.results.MeasurementDetails} hold
 * what else was measured: the learning curve ({@link dev.llmadapt.pilot.results.CurvePoint}),
 * {@link dev.llmadapt.pilot.results.Stability}, {@link dev.llmadapt.pilot.results.Freshness}, the prompts that were
 * sent, and the {@link dev.llmadapt.pilot.results.RiskProfile}, which {@link dev.llmadapt.pilot.results.RiskWords} puts
 * into sentences. {@link dev.llmadapt.pilot.results.Calibration} says how far probabilities of answers can be trusted,
 * each a {@link dev.llmadapt.pilot.results.Confidence}. A {@link dev.llmadapt.pilot.results.Comparison} sets the best
 * row beside another one.
 *
 * <p>{@link dev.llmadapt.pilot.results.PilotOptions} say on how many examples, and which. The records hold numbers and
 * know nothing of needs and prices, which are the matter of {@link dev.llmadapt.pilot.recommendation}.
 */
@NullMarked
package dev.llmadapt.pilot.results;

import org.jspecify.annotations.NullMarked;
