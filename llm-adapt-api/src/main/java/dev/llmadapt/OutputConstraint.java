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
     * JSON of a schema. It is complete unless the limit of tokens in the options cuts it off. Of a built schema it is
     * on one line, with a space after each comma and colon; of a {@linkplain JsonSchema#parse parsed} one it may have
     * whitespace wherever JSON has it, at most 20 characters at a place.
     *
     * <p>Models refuse, by keyword and place, what they cannot keep of a schema.
     */
    static OutputConstraint json(JsonSchema schema) {
        return new Json(schema);
    }

    /**
     * A text that a regular expression matches from the first character to the last.
     *
     * @param pattern in the syntax of ECMA-262, as JSON Schema has it, without look-around, back references and word
     *     boundaries; read by the model, which refuses what it cannot keep
     */
    static OutputConstraint regex(String pattern) {
        return new Regex(pattern);
    }

    /**
     * A text of a grammar.
     *
     * @param text the rules in GBNF, the notation of llama.cpp: {@code name ::= ...}, the first one called
     *     {@code root}; read by the model, which refuses what it cannot keep
     */
    static OutputConstraint grammar(String text) {
        return new Grammar(text);
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
     * JSON.
     *
     * @param schema its schema
     */
    record Json(JsonSchema schema) implements OutputConstraint {
        /** Refuses null. */
        public Json {
            Objects.requireNonNull(schema, "schema must not be null");
        }
    }

    /**
     * A text that a regular expression matches.
     *
     * @param pattern the expression, not empty
     */
    record Regex(String pattern) implements OutputConstraint {
        /** Refuses an empty expression. */
        public Regex {
            if (Objects.requireNonNull(pattern, "pattern must not be null").isEmpty()) {
                throw new IllegalArgumentException("pattern must not be empty");
            }
        }
    }

    /**
     * A text of a grammar.
     *
     * @param text the rules, not blank
     */
    record Grammar(String text) implements OutputConstraint {
        /** Refuses a blank text. */
        public Grammar {
            if (Objects.requireNonNull(text, "text must not be null").isBlank()) {
                throw new IllegalArgumentException("a grammar must not be blank");
            }
        }
    }

    /** Returns what an answer is constrained to, in a word or two, for messages. */
    default String kind() {
        if (this instanceof None) {
            return "nothing";
        } else if (this instanceof OneOf) {
            return "choices";
        } else if (this instanceof Json) {
            return "JSON";
        }
        return this instanceof Regex ? "a regular expression" : "a grammar";
    }
}
