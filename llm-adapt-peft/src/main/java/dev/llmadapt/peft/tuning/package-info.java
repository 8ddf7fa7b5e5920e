/**
 * The course of training: from examples to texts, from texts to steps, from steps to the numbers that were best.
 *
 * <p>Start with {@link dev.llmadapt.peft.tuning.TrainingRun}: it goes through the steps of a
 * {@link dev.llmadapt.peft.tuning.TrainingPlan}, measures, keeps the best, and writes a
 * {@link dev.llmadapt.peft.tuning.Snapshot} now and then, from which a run that was killed goes on as if nothing had
 * happened.
 */
@NullMarked
package dev.llmadapt.peft.tuning;

import org.jspecify.annotations.NullMarked;
