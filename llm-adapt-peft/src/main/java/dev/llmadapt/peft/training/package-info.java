/**
 * Training as one graph: differentiation, loss and optimiser are more nodes of the graph that computes the model.
 *
 * <p>Start with {@link dev.llmadapt.peft.training.TrainingGraph}: it puts the decoder of {@code .architecture}, the
 * loss, its gradient ({@code Gradients}, one rule an operator in {@code GradientRules}) and the optimiser into one
 * graph. What learns is a {@link dev.llmadapt.peft.training.Trainable}, one for each method; its numbers lie one after
 * the other in one vector ({@link dev.llmadapt.peft.training.Parameters}), so that clipping, optimiser and snapshots
 * are short.
 *
 * <p>{@link dev.llmadapt.peft.training.TrainingRun} is the course of it: a {@code TrainingPlan} puts texts into steps,
 * {@link dev.llmadapt.peft.training.TrainingSession} makes each, {@link dev.llmadapt.peft.training.LossSession}
 * measures; the best parameters are kept, and a {@code Snapshot} is written now and then, from which a run that was
 * killed goes on as if nothing had happened.
 */
@NullMarked
package dev.llmadapt.peft.training;

import org.jspecify.annotations.NullMarked;
