package dev.llmadapt.prompting.file;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A variable that a prompt declares.
 *
 * @param type what its values are
 * @param description what it is for; may be empty
 * @param defaultValue the value where none is given; empty if one has to be given. A String, Long, Double or Boolean
 */
public record PromptInput(Type type, String description, Optional<Object> defaultValue) {
    /** Refuses a default of another type. */
    public PromptInput {
        defaultValue.ifPresent(value -> type.require("default", value));
    }

    /** The types of JSON but for null. */
    public enum Type {
        /** A {@link String}. */
        STRING,
        /** An {@link Integer} or {@link Long}. */
        INTEGER,
        /** An {@link Integer}, {@link Long} or {@link Double}. */
        NUMBER,
        /** A {@link Boolean}. */
        BOOLEAN,
        /** A {@link List} of values that templates take. */
        ARRAY,
        /** A {@link Map} of values that templates take, with String keys. */
        OBJECT;

        /** The type's name in files: {@code string} and so on. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Refuses a value of another type, by the name of the variable. */
        void require(String name, Object value) {
            boolean fits = switch (this) {
                case STRING -> value instanceof String;
                case INTEGER -> value instanceof Integer || value instanceof Long;
                case NUMBER -> value instanceof Integer || value instanceof Long || value instanceof Double;
                case BOOLEAN -> value instanceof Boolean;
                case ARRAY -> value instanceof List;
                case OBJECT -> value instanceof Map;
            };
            if (!fits) {
                throw new IllegalArgumentException("'" + name + "' must be of type " + key() + ", got "
                        + value.getClass().getSimpleName() + " " + shortened(String.valueOf(value)));
            }
        }

        private static String shortened(String text) {
            return text.length() > 60 ? text.substring(0, 60) + "..." : text;
        }
    }

    /** This variable in words, such as {@code string, default "friendly": the tone of the answer}. */
    public String text() {
        return type.key()
                + defaultValue
                        .map(value -> ", default " + (value instanceof String ? "\"" + value + "\"" : value))
                        .orElse("")
                + (description.isEmpty() ? "" : ": " + description);
    }
}
