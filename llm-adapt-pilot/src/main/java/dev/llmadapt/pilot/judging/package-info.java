/**
 * Free text judged by a language model: {@link dev.llmadapt.pilot.judging.Judge} grades an answer by a rubric, or says
 * which of two is better. {@link dev.llmadapt.pilot.judging.GradeAgreement} tells how far its grades are those of
 * people, which {@code dev.llmadapt.pilot.judging.HumanGrades} reads.
 */
@NullMarked
package dev.llmadapt.pilot.judging;

import org.jspecify.annotations.NullMarked;
