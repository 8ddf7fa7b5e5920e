package dev.llmadapt.distillation;

import dev.llmadapt.JsonSchema;
import dev.llmadapt.Task;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The check that an answer is one of the task: a label, JSON of the schema, or some text. A remote teacher may not have
 * kept to the constraint.
 */
final class AnswerCheck {
    private final Set<String> labels;
    private final Optional<JsonSchema.ObjectOf> schema;

    AnswerCheck(Task task) {
        this.labels = new HashSet<>(task.labels());
        this.schema = task.schema();
    }

    /** The answer as an example has it, without white space around it; empty if it is none of the task. */
    Optional<String> accepted(String answer) {
        String text = answer.strip();
        if (schema.isPresent()) {
            try {
                return Optional.of(schema.get().canonical(StrictJson.plain(StrictJson.object(text))));
            } catch (BrokenRecord | IllegalArgumentException e) {
                return Optional.empty(); // what is not JSON of the schema is no answer
            }
        }
        return Optional.of(text).filter(each -> labels.isEmpty() ? !each.isEmpty() : labels.contains(each));
    }
}
