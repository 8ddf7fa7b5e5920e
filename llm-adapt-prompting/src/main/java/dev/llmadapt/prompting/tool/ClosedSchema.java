package dev.llmadapt.prompting.tool;

import dev.llmadapt.JsonSchema;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The schema of arguments as it is written to. JSON Schema allows properties that a schema does not list, and a model
 * that may write some goes on inventing them; so objects that list their properties and say nothing of others get no
 * others. What is written fits the schema as it was given, too.
 */
final class ClosedSchema {
    /** Keywords beside which other properties may be listed elsewhere. */
    private static final Set<String> OPEN = Set.of(
            "additionalProperties",
            "patternProperties",
            "unevaluatedProperties",
            "$ref",
            "allOf",
            "anyOf",
            "oneOf",
            "not",
            "if",
            "dependentSchemas",
            "dependencies");

    private ClosedSchema() {}

    static String of(ToolSpec tool) {
        Map<String, @Nullable Object> schema;
        try {
            schema = StrictJson.map(tool.parameters().jsonSchema());
        } catch (BrokenRecord e) {
            throw new IllegalArgumentException(
                    "the parameters of tool '" + tool.name() + "' cannot be read: " + e.getMessage(), e);
        }
        if (!"object".equals(schema.get("type"))) {
            throw new IllegalArgumentException("the parameters of tool '" + tool.name()
                    + "' must be the schema of an object, with \"type\": \"object\", got the type "
                    + schema.get("type"));
        }
        return text(closed(schema));
    }

    private static @Nullable Object closed(@Nullable Object schema) {
        if (!(schema instanceof Map<?, ?> map)) {
            return schema;
        }
        Map<String, @Nullable Object> closed = new LinkedHashMap<>();
        map.forEach((key, value) -> closed.put(
                (String) key,
                key.equals("properties") && value instanceof Map<?, ?> properties
                        ? properties(properties)
                        : key.equals("items") ? closed(value) : value));
        boolean lists = map.get("properties") instanceof Map<?, ?> properties
                && !(map.get("required") instanceof List<?> required
                        && !properties.keySet().containsAll(required));
        if (lists && OPEN.stream().noneMatch(map::containsKey)) {
            closed.put("additionalProperties", false);
        }
        return closed;
    }

    private static Map<String, @Nullable Object> properties(Map<?, ?> properties) {
        Map<String, @Nullable Object> closed = new LinkedHashMap<>();
        properties.forEach((name, schema) -> closed.put((String) name, closed(schema)));
        return closed;
    }

    private static String text(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            List<String> parts = map.entrySet().stream()
                    .map(entry -> JsonSchema.quoted((String) entry.getKey()) + ": " + text(entry.getValue()))
                    .toList();
            return "{" + String.join(", ", parts) + "}";
        } else if (value instanceof List<?> list) {
            return "[" + String.join(", ", list.stream().map(ClosedSchema::text).toList()) + "]";
        }
        return value instanceof String text ? JsonSchema.quoted(text) : String.valueOf(value);
    }
}
