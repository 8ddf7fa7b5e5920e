package dev.llmadapt.distillation;

import dev.llmadapt.Decision;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.distillation.DistillationReport.Cost;
import java.time.Duration;
import java.util.Optional;

/**
 * An answer of a teacher, as it is kept.
 *
 * @param text the answer
 * @param cutOff whether it ended by its limit of tokens
 * @param decision the probabilities of the labels, where the teacher gave them
 * @param cost the cost of this one answer
 */
record TeacherAnswer(String text, boolean cutOff, Optional<Decision> decision, Cost cost) {
    static TeacherAnswer of(Generation generation, Duration time) {
        return new TeacherAnswer(
                generation.text(),
                generation.finishReason() == FinishReason.LENGTH,
                generation.decision(),
                new Cost(
                        1, generation.usage().promptTokens(), generation.usage().completionTokens(), time));
    }
}
