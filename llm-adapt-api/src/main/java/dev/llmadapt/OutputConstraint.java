package dev.llmadapt;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;

/** A constraint on the text of an answer. */
public sealed interface OutputConstraint {
    /** No constraint. */
    static OutputConstraint none() {
        return None.INSTANCE;
    }

    /** Exactly one of several texts, such as the labels of a task. */
    static OutputConstraint oneOf(List<String> choices) {
        return new OneOf(choices);
    }

    /**
     * A JSON object of a schema, on one line, with a space after each comma and colon. It is complete unless the limit
     * of tokens in the options cuts it off.
     */
    static OutputConstraint json(JsonSchema.ObjectOf schema) {
        return new Json(schema);
    }

    /** No constraint. */
    enum None implements OutputConstraint {
        /** The only instance. */
        INSTANCE
    }

    /**
     * Exactly one of several texts.
     *
     * @param choices the allowed texts, at least one, all different, none empty
     */
    record OneOf(List<String> choices) implements OutputConstraint {
        /** Refuses an empty list, empty texts and equal texts, and copies the list. */
        public OneOf {
            choices = List.copyOf(Objects.requireNonNull(choices, "choices must not be null"));
            if (choices.isEmpty() || choices.stream().anyMatch(String::isEmpty)) {
                throw new IllegalArgumentException(
                        "choices must be non-empty texts, at least one, choices: " + choices);
            }
            if (new LinkedHashSet<>(choices).size() != choices.size()) {
                throw new IllegalArgumentException("choices must all differ, choices: " + choices);
            }
        }
    }

    /**
     * A JSON object.
     *
     * @param schema its schema
     */
    record Json(JsonSchema.ObjectOf schema) implements OutputConstraint {
        /** Refuses null. */
        public Json {
            Objects.requireNonNull(schema, "schema must not be null");
        }
    }
}
