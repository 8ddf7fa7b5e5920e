package dev.llmadapt.distillation;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Task;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
                return canonical(StrictJson.object(text), schema.get());
            } catch (BrokenRecord e) {
                return Optional.empty(); // what is not JSON is no answer
            }
        }
        return Optional.of(text).filter(each -> labels.isEmpty() ? !each.isEmpty() : labels.contains(each));
    }

    /**
     * The value on one line, with a space after each comma and colon, as examples have it; empty if it does not fit.
     */
    private static Optional<String> canonical(JsonElement value, JsonSchema schema) {
        if (schema instanceof JsonSchema.Nullable nullable) {
            return value.isJsonNull() ? Optional.of("null") : canonical(value, nullable.value());
        } else if (schema instanceof JsonSchema.ObjectOf object && value instanceof JsonObject given) {
            if (!object.properties().keySet().containsAll(given.keySet())) {
                return Optional.empty();
            }
            List<Optional<String>> parts = new ArrayList<>();
            object.properties().forEach((name, each) -> {
                JsonElement found = given.get(name);
                parts.add(canonical(found == null ? JsonNull.INSTANCE : found, each)
                        .map(text -> JsonSchema.quoted(name) + ": " + text));
            });
            return joined("{", parts, "}");
        } else if (schema instanceof JsonSchema.ListOf list
                && value instanceof JsonArray given
                && given.size() <= list.maxItems()) {
            List<Optional<String>> parts = new ArrayList<>();
            given.forEach(each -> parts.add(canonical(each, list.items())));
            return joined("[", parts, "]");
        } else if (value instanceof JsonPrimitive primitive && fits(primitive, schema)) {
            return Optional.of(
                    primitive.isString() ? JsonSchema.quoted(primitive.getAsString()) : primitive.getAsString());
        }
        return Optional.empty();
    }

    private static Optional<String> joined(String open, List<Optional<String>> parts, String close) {
        return parts.stream().anyMatch(Optional::isEmpty)
                ? Optional.empty()
                : Optional.of(open
                        + String.join(
                                ", ", parts.stream().flatMap(Optional::stream).toList())
                        + close);
    }

    private static boolean fits(JsonPrimitive value, JsonSchema schema) {
        if (schema instanceof JsonSchema.Text text) {
            return value.isString() && value.getAsString().codePoints().count() <= text.maxLength();
        } else if (schema instanceof JsonSchema.OneOf oneOf) {
            return value.isString() && oneOf.values().contains(value.getAsString());
        } else if (schema instanceof JsonSchema.Plain plain) {
            return switch (plain) {
                case NUMBER -> value.isNumber() && value.getAsString().matches("-?[0-9]{1,15}(\\.[0-9]{1,15})?");
                case INTEGER -> value.isNumber() && value.getAsString().matches("-?[0-9]{1,15}");
                case BOOLEAN -> value.isBoolean();
            };
        }
        return false;
    }
}
