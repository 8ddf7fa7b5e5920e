/**
 * Distillation: a teacher answers inputs without answers, and a student strategy learns from what it said.
 *
 * <p>Begin at {@link dev.llmadapt.distillation.Distillation}, the strategy, with its
 * {@link dev.llmadapt.distillation.DistillationOptions}; {@link dev.llmadapt.distillation.DistillationReport} says what
 * was kept and what it cost. Behind them {@code Labelling} is the walk: it sorts out inputs, {@code Asking} asks the
 * teachers and keeps their answers in an {@code AnswerFile}, {@code AnswerCheck} refuses what is no answer of the task,
 * and {@code Judging} makes one answer of several, or none.
 */
@NullMarked
package dev.llmadapt.distillation;

import org.jspecify.annotations.NullMarked;
