/**
 * Flink's {@code ML_PREDICT} by models that run in its task managers.
 *
 * <pre>{@code
 * CREATE MODEL labels INPUT (text STRING) OUTPUT (label STRING, probability DOUBLE)
 * WITH ('provider' = 'llm-adapt', 'strategy' = '/models/tickets');
 *
 * SELECT * FROM ML_PREDICT(TABLE tickets, MODEL labels, DESCRIPTOR(body));
 * }</pre>
 *
 * <p>{@link dev.llmadapt.flink.LlmAdaptModelProviderFactory} is what Flink finds by the provider's name, and
 * {@link dev.llmadapt.flink.LlmAdaptOptions} has the options of a model.
 */
@NullMarked
package dev.llmadapt.flink;

import org.jspecify.annotations.NullMarked;
