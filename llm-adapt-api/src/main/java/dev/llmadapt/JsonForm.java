package dev.llmadapt;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one form in which a value of a {@link JsonSchema} is written. */
final class JsonForm {
    private static final int MOST_SHOWN = 100;

    private JsonForm() {}

    /** See {@link JsonSchema#canonical}; the place is for messages. */
    static String of(@Nullable Object value, JsonSchema schema, String place) {
        if (schema instanceof JsonSchema.Nullable nullable) {
            return value == null ? "null" : of(value, nullable.value(), place);
        } else if (schema instanceof JsonSchema.ObjectOf object && value instanceof Map<?, ?> given) {
            return object(given, object, place);
        } else if (schema instanceof JsonSchema.ListOf list
                && value instanceof List<?> given
                && given.size() <= list.maxItems()) {
            List<String> parts = new ArrayList<>();
            given.forEach(each -> parts.add(of(each, list.items(), place + "[" + parts.size() + "]")));
            return "[" + String.join(", ", parts) + "]";
        } else if (schema instanceof JsonSchema.Text text
                && value instanceof String given
                && given.codePointCount(0, given.length()) <= text.maxLength()) {
            return JsonSchema.quoted(given);
        } else if (schema instanceof JsonSchema.OneOf oneOf
                && value instanceof String given
                && oneOf.values().contains(given)) {
            return JsonSchema.quoted(given);
        } else if (schema instanceof JsonSchema.Plain plain && fits(value, plain)) {
            return String.valueOf(value);
        }
        throw new IllegalArgumentException(place + " must be " + schema.describe() + ", got " + shown(value));
    }

    private static String object(Map<?, ?> given, JsonSchema.ObjectOf object, String place) {
        for (Object key : given.keySet()) {
            if (!object.properties().containsKey(String.valueOf(key))) {
                throw new IllegalArgumentException(place + " has '" + key + "', which the schema does not have; known: "
                        + object.properties().keySet());
            }
        }
        List<String> parts = new ArrayList<>();
        object.properties()
                .forEach((name, each) ->
                        parts.add(JsonSchema.quoted(name) + ": " + of(given.get(name), each, place + "." + name)));
        return "{" + String.join(", ", parts) + "}";
    }

    private static boolean fits(@Nullable Object value, JsonSchema.Plain plain) {
        return switch (plain) {
            case NUMBER -> value instanceof Number && value.toString().matches("-?[0-9]{1,15}(\\.[0-9]{1,15})?");
            case INTEGER -> value instanceof Number && value.toString().matches("-?[0-9]{1,15}");
            case BOOLEAN -> value instanceof Boolean;
        };
    }

    private static String shown(@Nullable Object value) {
        String text = value instanceof String given ? JsonSchema.quoted(given) : String.valueOf(value);
        return text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "..." : text;
    }
}
