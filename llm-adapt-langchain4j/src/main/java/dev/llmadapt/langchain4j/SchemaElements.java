package dev.llmadapt.langchain4j;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonBooleanSchema;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonNullSchema;
import dev.langchain4j.model.chat.request.json.JsonNumberSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonReferenceSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import dev.llmadapt.JsonSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Schemas of this library as LangChain4j's elements. What the elements cannot say stands in raw ones, which the models
 * of LangChain4j send as they are or refuse. The lengths of built schemas are left out: whoever asks checks them in the
 * answer.
 */
final class SchemaElements {
    private static final String DEFINITIONS = "#/$defs/";

    private final boolean built;

    private SchemaElements(boolean built) {
        this.built = built;
    }

    /** The element of any schema. */
    static JsonSchemaElement of(JsonSchema schema) {
        return new SchemaElements(!(schema instanceof JsonSchema.Document))
                .element(JsonParser.parseString(schema.jsonSchema()), true);
    }

    /**
     * The element of a tool's parameters.
     *
     * @throws IllegalArgumentException if the object has keywords that LangChain4j's tools cannot have
     */
    static JsonObjectSchema parameters(String tool, JsonSchema schema) {
        if (of(schema) instanceof JsonObjectSchema object) {
            return object;
        }
        throw new IllegalArgumentException("the parameters of the tool '" + tool + "' must be an object with the"
                + " keywords type, description, properties, required, additionalProperties (true or false) and $defs,"
                + " which are what tools of LangChain4j have, got " + schema.jsonSchema());
    }

    private JsonSchemaElement element(JsonElement schema, boolean root) {
        return schema instanceof JsonObject object
                ? known(object, root).orElseGet(() -> JsonRawSchema.from(schema.toString()))
                : JsonRawSchema.from(schema.toString());
    }

    private Optional<JsonSchemaElement> known(JsonObject schema, boolean root) {
        String description = text(schema.get("description"));
        if (has(schema, "anyOf") && schema.get("anyOf") instanceof JsonArray choices) {
            List<JsonSchemaElement> any = new ArrayList<>();
            choices.forEach(each -> any.add(element(each, false)));
            return Optional.of(JsonAnyOfSchema.builder()
                    .description(description)
                    .anyOf(any)
                    .build());
        } else if (has(schema, "$ref")) {
            String reference = ChatMessages.orEmpty(text(schema.get("$ref")));
            return reference.startsWith(DEFINITIONS) && description == null
                    ? Optional.of(JsonReferenceSchema.builder()
                            .reference(reference.substring(DEFINITIONS.length()))
                            .build())
                    : Optional.empty();
        }
        String type = text(schema.get("type"));
        return type == null ? Optional.empty() : typed(schema, type, description, root);
    }

    private Optional<JsonSchemaElement> typed(
            JsonObject schema, String type, @Nullable String description, boolean root) {
        boolean plain = has(schema, "type");
        return switch (type) {
            case "object" -> object(schema, description, root);
            case "array" ->
                (has(schema, "type", "items") || (built && has(schema, "type", "items", "maxItems")))
                                && schema.get("items") instanceof JsonObject items
                        ? Optional.of(JsonArraySchema.builder()
                                .description(description)
                                .items(element(items, false))
                                .build())
                        : Optional.empty();
            case "string" -> string(schema, description);
            case "integer" ->
                plain
                        ? Optional.of(JsonIntegerSchema.builder()
                                .description(description)
                                .build())
                        : Optional.empty();
            case "number" ->
                plain
                        ? Optional.of(JsonNumberSchema.builder()
                                .description(description)
                                .build())
                        : Optional.empty();
            case "boolean" ->
                plain
                        ? Optional.of(JsonBooleanSchema.builder()
                                .description(description)
                                .build())
                        : Optional.empty();
            case "null" -> plain && description == null ? Optional.of(new JsonNullSchema()) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<JsonSchemaElement> nothing() {
        return Optional.empty();
    }

    private Optional<JsonSchemaElement> string(JsonObject schema, @Nullable String description) {
        if (has(schema, "type") || (built && has(schema, "type", "maxLength"))) {
            return Optional.of(
                    JsonStringSchema.builder().description(description).build());
        }
        if (has(schema, "type", "enum") && schema.get("enum") instanceof JsonArray values) {
            List<String> texts = new ArrayList<>();
            for (JsonElement value : values) {
                String text = text(value);
                if (text == null) {
                    return nothing();
                }
                texts.add(text);
            }
            return Optional.of(JsonEnumSchema.builder()
                    .description(description)
                    .enumValues(texts)
                    .build());
        }
        return nothing();
    }

    private Optional<JsonSchemaElement> object(JsonObject schema, @Nullable String description, boolean root) {
        Set<String> allowed = root
                ? Set.of("type", "description", "properties", "required", "additionalProperties", "$defs")
                : Set.of("type", "description", "properties", "required", "additionalProperties");
        if (!allowed.containsAll(schema.keySet())) {
            return nothing();
        }
        JsonElement others = schema.get("additionalProperties");
        boolean closes = others != null
                && others.isJsonPrimitive()
                && others.getAsJsonPrimitive().isBoolean();
        if (others != null && !closes) {
            return nothing();
        }
        List<String> required = new ArrayList<>();
        if (schema.get("required") instanceof JsonArray names) {
            for (JsonElement name : names) {
                required.add(ChatMessages.orEmpty(text(name)));
            }
        }
        JsonObjectSchema.Builder object = JsonObjectSchema.builder()
                .description(description)
                .addProperties(elements(schema.get("properties")))
                .required(required);
        if (closes) {
            object.additionalProperties(others.getAsBoolean());
        }
        if (schema.has("$defs")) {
            object.definitions(elements(schema.get("$defs")));
        }
        return Optional.of(object.build());
    }

    private Map<String, JsonSchemaElement> elements(@Nullable JsonElement schemas) {
        Map<String, JsonSchemaElement> elements = new LinkedHashMap<>();
        if (schemas instanceof JsonObject object) {
            object.entrySet().forEach(each -> elements.put(each.getKey(), element(each.getValue(), false)));
        }
        return elements;
    }

    /** Whether a schema has all of these keywords and beside them at most a description. */
    private static boolean has(JsonObject schema, String... keywords) {
        Set<String> given = schema.keySet();
        return given.containsAll(Set.of(keywords))
                && given.size() == keywords.length + (given.contains("description") ? 1 : 0);
    }

    private static @Nullable String text(@Nullable JsonElement value) {
        return value != null
                        && value.isJsonPrimitive()
                        && value.getAsJsonPrimitive().isString()
                ? value.getAsString()
                : null;
    }
}
