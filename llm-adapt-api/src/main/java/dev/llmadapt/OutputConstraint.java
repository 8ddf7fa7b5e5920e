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

    /**
     * Exactly one of several texts, such as the labels of a task; the beginning of one if the limit of tokens in the
     * options cuts it off.
     */
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

    /**
     * Free text until a trigger is written, then one of several tags: a text that begins with the trigger, JSON of the
     * tag's schema, and the tag's end, with which the answer ends. An answer without the trigger is free throughout.
     *
     * <p>Tools of a {@linkplain Request#withTools request} are kept so; this is for other uses of the idea, such as
     * {@code triggered("<person>", Tag.json("<person>", schema, "</person>"))}.
     */
    static Triggered triggered(String trigger, Triggered.Tag... tags) {
        return new Triggered(List.of(trigger), false, false, List.of(""), List.of(tags), "", false, "");
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

    /**
     * Free text up to a trigger, then a block of tags with values of schemas. Special tokens of a tokenizer are no part
     * of such a text, except for the markers of tool calls in answers to requests with tools.
     *
     * @param triggers texts one of which begins every block, and which the free text before never has; at least one,
     *     none empty
     * @param atStart whether a block is only at the start of an answer, after at most white space: free text then only
     *     never begins with a trigger
     * @param required whether the answer is a block, without free text before it
     * @param opens what may stand before all tags of a block; at least one, which may be empty
     * @param tags what a block has, at least one; with any of the opens before it a tag begins with a trigger
     * @param separator what stands between two tags, if there are several
     * @param repeated whether a block may have several tags
     * @param close what stands after the last tag; the answer ends with it
     */
    record Triggered(
            List<String> triggers,
            boolean atStart,
            boolean required,
            List<String> opens,
            List<Tag> tags,
            String separator,
            boolean repeated,
            String close)
            implements OutputConstraint {
        /** Copies the lists, and refuses blocks that begin with no trigger. */
        public Triggered {
            triggers = List.copyOf(triggers);
            opens = List.copyOf(opens);
            tags = List.copyOf(tags);
            Objects.requireNonNull(separator, "separator must not be null");
            Objects.requireNonNull(close, "close must not be null");
            if (triggers.isEmpty() || triggers.stream().anyMatch(String::isEmpty)) {
                throw new IllegalArgumentException(
                        "triggers must be non-empty texts, at least one, triggers: " + triggers);
            }
            if (opens.isEmpty() || tags.isEmpty()) {
                throw new IllegalArgumentException(
                        "a block needs at least one open, which may be empty, and one tag, opens: " + opens + ", tags: "
                                + tags);
            }
            for (String open : opens) {
                for (Tag tag : tags) {
                    String begin = open + tag.begin();
                    if (triggers.stream().noneMatch(begin::startsWith)) {
                        throw new IllegalArgumentException(
                                "a block must begin with a trigger, got '" + begin + "', triggers: " + triggers);
                    }
                }
            }
        }

        /** The way in which the value of a tag is written. */
        public enum Notation {
            /** JSON on one line, with a blank after each comma and colon. */
            JSON,
            /**
             * The members of an object as keyword arguments of Python, such as {@code city="Bern", days=3}; of its
             * properties those whose names are names in Python.
             */
            PYTHON_ARGUMENTS
        }

        /**
         * A value between two texts.
         *
         * @param begin what stands before it
         * @param schema the schema of the value
         * @param end what stands after it
         * @param notation how the value is written
         */
        public record Tag(String begin, JsonSchema schema, String end, Notation notation) {
            /** Refuses null. */
            public Tag {
                Objects.requireNonNull(begin, "begin must not be null");
                Objects.requireNonNull(schema, "schema must not be null");
                Objects.requireNonNull(end, "end must not be null");
                Objects.requireNonNull(notation, "notation must not be null");
            }

            /** JSON between two texts. */
            public static Tag json(String begin, JsonSchema schema, String end) {
                return new Tag(begin, schema, end, Notation.JSON);
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
        } else if (this instanceof Triggered) {
            return "tagged values";
        }
        return this instanceof Regex ? "a regular expression" : "a grammar";
    }
}
