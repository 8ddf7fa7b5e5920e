/**
 * Listening to models: what becomes of each request, search and training step, without its content.
 *
 * <p>Start at {@link dev.llmadapt.observation.ModelListener}, which applications implement and give to the options of a
 * model. Models tell it through a {@link dev.llmadapt.observation.RequestTrace}, which also records the event
 * {@code dev.llmadapt.Request} of the JDK's Flight Recorder; who writes a model of their own does the same.
 */
@NullMarked
package dev.llmadapt.observation;

import org.jspecify.annotations.NullMarked;
