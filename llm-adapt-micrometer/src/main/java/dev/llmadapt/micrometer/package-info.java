/**
 * Metrics of models in Micrometer, by OpenTelemetry's names for generative AI.
 *
 * <p>{@link dev.llmadapt.micrometer.MetricsListener} counts and times what models, searches and trainings tell their
 * listener; {@code GenAiMeter} is its table of the convention's instruments.
 * {@link dev.llmadapt.micrometer.ModelMetrics} and {@link dev.llmadapt.micrometer.AdapterPoolMetrics} are gauges of a
 * local model and of a pool of adapters.
 */
@NullMarked
package dev.llmadapt.micrometer;

import org.jspecify.annotations.NullMarked;
