/**
 * The API of llm-adapt: an adapted model is a model.
 *
 * <p>Start with {@link dev.llmadapt.Model}, which answers a {@link dev.llmadapt.Request}; then
 * {@link dev.llmadapt.Strategy}, which takes a model and a {@link dev.llmadapt.Task} and returns a model adapted to it.
 * Layering is nesting: whatever takes a model takes an adapted one.
 */
@NullMarked
package dev.llmadapt;

import org.jspecify.annotations.NullMarked;
