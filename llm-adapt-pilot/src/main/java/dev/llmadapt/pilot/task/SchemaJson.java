package dev.llmadapt.pilot.task;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.text.StrictJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A {@link JsonSchema} from and to JSON Schema: {@code type} (one name, or one and {@code "null"}), {@code properties},
 * {@code items}, {@code maxItems}, {@code maxLength}, {@code enum} and {@code const} of texts, {@code $ref} to the
 * schema's own definitions, {@code anyOf} of one schema and null. {@code required} must name all properties but those
 * that may be null or have a default, where it is there, and {@code additionalProperties} be false. Anything else is
 * refused, so that no rule is silently not kept.
 */
public final class SchemaJson {
    private static final Set<String> SILENT = Set.of(
            "title",
            "description",
            "$schema",
            "$id",
            "$comment",
            "$defs",
            "definitions",
            "default",
            "examples",
            "deprecated");
    private static final int MAX_DEPTH = 16;

    private SchemaJson() {}

    /**
     * Reads a schema.
     *
     * @throws IllegalArgumentException if it says what is not supported or is broken; names the place
     * @throws com.google.gson.JsonParseException if it is not JSON
     */
    public static JsonSchema.ObjectOf read(String json) {
        return read(JsonParser.parseString(json));
    }

    /** Reads a schema that is parsed already. */
    static JsonSchema.ObjectOf read(JsonElement json) {
        JsonSchema schema = read(json, json, "schema", 0);
        if (schema instanceof JsonSchema.ObjectOf object) {
            return object;
        }
        throw new IllegalArgumentException("schema must be of type object, got " + json);
    }

    private static JsonSchema read(JsonElement json, JsonElement root, String place, int depth) {
        if (!(json instanceof JsonObject object) || depth > MAX_DEPTH) {
            throw new IllegalArgumentException(place + " must be an object, at most " + MAX_DEPTH
                    + " within each other, got " + abbreviated(json));
        }
        for (String several : List.of("anyOf", "oneOf", "allOf")) {
            if (object.has(several)) {
                return oneOf(object, several, root, place, depth);
            }
        }
        if (object.has("$ref")) {
            requireKeys(object, place, Set.of("$ref"));
            return read(referred(object, root, place), root, place, depth + 1);
        }
        JsonElement types = object.get("type");
        List<String> names = new ArrayList<>();
        if (types instanceof JsonArray several) {
            several.forEach(each -> names.add(text(each, place + ".type")));
        } else if (types != null) {
            names.add(text(types, place + ".type"));
        } else if (object.has("enum") || object.has("const")) {
            names.add("string");
        }
        boolean nullable = names.remove("null");
        if (names.size() != 1) {
            throw new IllegalArgumentException(
                    place + ".type must be one type, maybe with \"null\", got " + abbreviated(json));
        }
        JsonSchema value = value(object, root, names.get(0), place, depth);
        return nullable ? value.orNull() : value;
    }

    /** A reference into the schema's own definitions, as Pydantic writes nested types. */
    private static JsonElement referred(JsonObject object, JsonElement root, String place) {
        String reference = text(object.get("$ref"), place + ".$ref");
        for (String definitions : List.of("$defs", "definitions")) {
            String before = "#/" + definitions + "/";
            if (reference.startsWith(before)
                    && root.getAsJsonObject().get(definitions) instanceof JsonObject known
                    && known.has(reference.substring(before.length()))) {
                return known.get(reference.substring(before.length()));
            }
        }
        throw new IllegalArgumentException(
                place + ".$ref must name a definition of this schema, such as #/$defs/Name, got '" + reference + "'");
    }

    /** One schema and maybe null, as Pydantic writes what is optional. */
    private static JsonSchema oneOf(JsonObject object, String key, JsonElement root, String place, int depth) {
        requireKeys(object, place, Set.of(key));
        List<JsonElement> values = new ArrayList<>();
        boolean nullable = false;
        for (JsonElement each : object.get(key) instanceof JsonArray all ? all : new JsonArray()) {
            boolean isNull = each instanceof JsonObject type && new JsonPrimitive("null").equals(type.get("type"));
            nullable |= isNull;
            if (!isNull) {
                values.add(each);
            }
        }
        if (values.size() != 1 || (nullable && key.equals("allOf"))) {
            throw new IllegalArgumentException(
                    place + "." + key + " must be one schema, maybe with null, got " + abbreviated(object.get(key)));
        }
        JsonSchema value = read(values.get(0), root, place, depth + 1);
        return nullable && !(value instanceof JsonSchema.Nullable) ? value.orNull() : value;
    }

    private static JsonSchema value(JsonObject object, JsonElement root, String type, String place, int depth) {
        switch (type) {
            case "object" -> {
                requireKeys(object, place, Set.of("type", "properties", "required", "additionalProperties"));
                return properties(object, root, place, depth);
            }
            case "array" -> {
                requireKeys(object, place, Set.of("type", "items", "maxItems"));
                JsonElement items = object.get("items");
                if (items == null) {
                    throw new IllegalArgumentException(place + ".items is missing");
                }
                JsonSchema.ListOf list = JsonSchema.list(read(items, root, place + ".items", depth + 1));
                return object.has("maxItems")
                        ? new JsonSchema.ListOf(list.items(), number(object, "maxItems", place))
                        : list;
            }
            case "string" -> {
                requireKeys(object, place, Set.of("type", "enum", "const", "maxLength"));
                if (object.has("const")) {
                    return JsonSchema.oneOf(text(object.get("const"), place + ".const"));
                }
                if (object.get("enum") instanceof JsonArray values) {
                    List<String> texts = new ArrayList<>();
                    values.forEach(each -> texts.add(text(each, place + ".enum")));
                    return new JsonSchema.OneOf(texts);
                }
                return object.has("maxLength")
                        ? new JsonSchema.Text(number(object, "maxLength", place))
                        : JsonSchema.text();
            }
            case "number", "integer", "boolean" -> {
                requireKeys(object, place, Set.of("type"));
                return switch (type) {
                    case "number" -> JsonSchema.Plain.NUMBER;
                    case "integer" -> JsonSchema.Plain.INTEGER;
                    default -> JsonSchema.Plain.BOOLEAN;
                };
            }
            default ->
                throw new IllegalArgumentException(place + ".type must be object, array, string, number, integer or"
                        + " boolean, got '" + type + "'");
        }
    }

    private static JsonSchema properties(JsonObject object, JsonElement root, String place, int depth) {
        if (!(object.get("properties") instanceof JsonObject properties) || properties.isEmpty()) {
            throw new IllegalArgumentException(place + ".properties must be an object that is not empty, got "
                    + abbreviated(object.get("properties")));
        }
        JsonElement additional = object.get("additionalProperties");
        if (additional != null && !additional.equals(new JsonPrimitive(false))) {
            throw new IllegalArgumentException(place + ".additionalProperties must be false, got " + additional);
        }
        Map<String, JsonSchema> read = new LinkedHashMap<>();
        properties
                .entrySet()
                .forEach(entry -> read.put(
                        entry.getKey(), read(entry.getValue(), root, place + "." + entry.getKey(), depth + 1)));
        if (object.get("required") instanceof JsonArray required) {
            Set<String> left = new TreeSet<>(properties.keySet());
            required.forEach(name -> left.remove(text(name, place + ".required")));
            // What may be missing is null instead, or has a default; it is always written.
            left.removeIf(name -> read.get(name) instanceof JsonSchema.Nullable
                    || (properties.get(name) instanceof JsonObject said && said.has("default")));
            if (!left.isEmpty()) {
                throw new IllegalArgumentException(place + ".required leaves out " + left
                        + ": every property is there, and one that may be missing is of type [..., \"null\"]");
            }
        }
        return JsonSchema.object(read);
    }

    private static void requireKeys(JsonObject object, String place, Set<String> known) {
        for (String key : object.keySet()) {
            if (!known.contains(key) && !SILENT.contains(key)) {
                throw new IllegalArgumentException(
                        place + " says '" + key + "', which is not supported there; known are " + new TreeSet<>(known));
            }
        }
    }

    private static int number(JsonObject object, String key, String place) {
        try {
            return object.get(key).getAsInt();
        } catch (NumberFormatException | UnsupportedOperationException | IllegalStateException e) {
            throw new IllegalArgumentException(place + "." + key + " must be a number, got " + object.get(key), e);
        }
    }

    private static String text(JsonElement json, String place) {
        if (json instanceof JsonPrimitive primitive && primitive.isString()) {
            return primitive.getAsString();
        }
        throw new IllegalArgumentException(place + " must be a text, got " + json);
    }

    private static String abbreviated(@org.jspecify.annotations.Nullable JsonElement json) {
        String text = String.valueOf(json);
        return text.length() > 100 ? text.substring(0, 100) + "..." : text;
    }

    /** The schema as JSON, which {@link #read(String)} gives back. */
    public static String write(JsonSchema schema) {
        return json(schema).toString();
    }

    private static JsonObject json(JsonSchema schema) {
        JsonObject json = new JsonObject();
        if (schema instanceof JsonSchema.Nullable nullable) {
            JsonObject value = json(nullable.value());
            JsonArray types = new JsonArray();
            types.add(value.get("type"));
            types.add("null");
            json.add("type", types);
            value.entrySet().stream()
                    .filter(entry -> !entry.getKey().equals("type"))
                    .forEach(entry -> json.add(entry.getKey(), entry.getValue()));
        } else if (schema instanceof JsonSchema.ObjectOf object) {
            json.addProperty("type", "object");
            JsonObject properties = new JsonObject();
            object.properties().forEach((name, value) -> properties.add(name, json(value)));
            json.add("properties", properties);
        } else if (schema instanceof JsonSchema.ListOf list) {
            json.addProperty("type", "array");
            json.add("items", json(list.items()));
            json.addProperty("maxItems", list.maxItems());
        } else if (schema instanceof JsonSchema.OneOf oneOf) {
            json.addProperty("type", "string");
            JsonArray values = new JsonArray();
            oneOf.values().forEach(values::add);
            json.add("enum", values);
        } else if (schema instanceof JsonSchema.Text text) {
            json.addProperty("type", "string");
            json.addProperty("maxLength", text.maxLength());
        } else {
            json.addProperty(
                    "type",
                    switch ((JsonSchema.Plain) schema) {
                        case NUMBER -> "number";
                        case INTEGER -> "integer";
                        case BOOLEAN -> "boolean";
                    });
        }
        return json;
    }

    /**
     * A value as {@link JsonSchema#canonical} writes it.
     *
     * @throws IllegalArgumentException if it does not fit the schema; names the place
     */
    static String canonical(JsonElement value, JsonSchema schema) {
        return schema.canonical(StrictJson.plain(value));
    }
}
