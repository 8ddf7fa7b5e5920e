/**
 * Which strategy to take: the cheapest one that is good enough for given needs.
 *
 * <p>{@link dev.llmadapt.pilot.recommendation.Needs} are what the adapted model is for, with limits of quality, latency
 * and memory; {@link dev.llmadapt.pilot.recommendation.Prices} what running costs;
 * {@link dev.llmadapt.pilot.recommendation.Costs} a measured row at these prices.
 * {@link dev.llmadapt.pilot.recommendation.Stakes} are what errors, labels and people cost,
 * {@link dev.llmadapt.pilot.recommendation.TotalCosts} a month with all of them,
 * {@link dev.llmadapt.pilot.recommendation.BreakEven} where one way becomes cheaper than another, and
 * {@link dev.llmadapt.pilot.recommendation.Abstention} which answers can be given without a person.
 * {@link dev.llmadapt.pilot.recommendation.Recommendation} is the answer, with its reasons, what would change it, and
 * how many test examples would make it certain. {@code Recommender} chooses: read it for the tests behind the word
 * certain.
 */
@NullMarked
package dev.llmadapt.pilot.recommendation;

import org.jspecify.annotations.NullMarked;
