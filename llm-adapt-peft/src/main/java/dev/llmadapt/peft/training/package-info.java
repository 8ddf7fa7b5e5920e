/**
 * Training as one graph: differentiation, loss and optimiser are more nodes of the graph that computes the model.
 *
 * <p>Start with {@link dev.llmadapt.peft.training.TrainingGraph}: it puts the decoder of {@code .architecture}, the loss,
 * its gradient ({@code Gradients}, one rule an operator in {@code GradientRules}) and the optimiser into one graph. What
 * learns is a {@link dev.llmadapt.peft.training.Learner}, one for each method; its numbers lie one after the other in one
 * vector ({@link dev.llmadapt.peft.training.Parameters}), so that clipping, optimiser and snapshots are short.
 */
@NullMarked
package dev.llmadapt.peft.training;

import org.jspecify.annotations.NullMarked;
