package dev.llmadapt;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;

/** What an answer may be. */
public sealed interface OutputConstraint {
    /** Anything. */
    static OutputConstraint none() {
        return None.INSTANCE;
    }

    /** Exactly one of some texts, such as the labels of a task. */
    static OutputConstraint oneOf(List<String> choices) {
        return new OneOf(choices);
    }

    /**
     * A JSON object of a form, on one line, a blank after each comma and colon. It is whole unless the options' limit of
     * tokens cuts it off.
     */
    static OutputConstraint json(JsonSchema.ObjectOf schema) {
        return new Json(schema);
    }

    /** Anything. */
    enum None implements OutputConstraint {
        /** The only one. */
        INSTANCE
    }

    /**
     * Exactly one of some texts.
     *
     * @param choices at least one, all different, none empty
     */
    record OneOf(List<String> choices) implements OutputConstraint {
        /** Checks and copies. */
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
     * @param schema its form
     */
    record Json(JsonSchema.ObjectOf schema) implements OutputConstraint {
        /** Refuses components that are missing or out of their range. */
        public Json {
            Objects.requireNonNull(schema, "schema must not be null");
        }
    }
}
