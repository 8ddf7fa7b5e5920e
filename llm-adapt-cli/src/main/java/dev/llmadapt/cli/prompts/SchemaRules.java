package dev.llmadapt.cli.prompts;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A JSON Schema that has been read: each of its keywords is known and well formed, and its references lead somewhere.
 */
final class SchemaRules {
    private static final Set<String> WORDS = Set.of(
            "$id", "$comment", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly");
    private static final Set<String> SCHEMAS = Set.of(
            "additionalProperties",
            "items",
            "additionalItems",
            "not",
            "if",
            "then",
            "else",
            "contains",
            "propertyNames");
    private static final Set<String> LISTS = Set.of("allOf", "anyOf", "oneOf", "prefixItems");
    private static final Set<String> MAPS =
            Set.of("properties", "patternProperties", "$defs", "definitions", "dependentSchemas");
    private static final Set<String> COUNTS = Set.of(
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "minProperties",
            "maxProperties",
            "minContains",
            "maxContains");
    static final Set<String> BOUNDS =
            Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf");
    private static final Set<String> TYPES =
            Set.of("object", "array", "string", "number", "integer", "boolean", "null");

    private final JsonElement root;
    private final Map<String, Pattern> patterns = new HashMap<>();

    private SchemaRules(JsonElement root) {
        this.root = root;
    }

    /**
     * Reads a schema.
     *
     * @throws IllegalArgumentException if it is malformed, or has what is not supported; names the place
     */
    static SchemaRules of(JsonElement schema) {
        SchemaRules rules = new SchemaRules(schema);
        rules.require(schema, "schema");
        return rules;
    }

    /** The whole schema. */
    JsonElement root() {
        return root;
    }

    private static IllegalArgumentException wrong(String place, String trouble) {
        return new IllegalArgumentException(place + " " + trouble);
    }

    private void require(JsonElement schema, String place) {
        if (schema instanceof JsonPrimitive flag && flag.isBoolean()) {
            return;
        }
        if (!(schema instanceof JsonObject object)) {
            throw wrong(place, "must be a schema, an object or true or false, got " + schema);
        }
        for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
            keyword(entry.getKey(), entry.getValue(), place + "." + entry.getKey());
        }
    }

    private void keyword(String name, JsonElement value, String place) {
        if (WORDS.contains(name)) {
            return;
        } else if (name.equals("$schema") && text(value, place).matches("https?://json-schema\\.org/.*")) {
            return;
        } else if (name.equals("items") && value instanceof JsonArray array) {
            array.forEach(each -> require(each, place));
        } else if (SCHEMAS.contains(name)) {
            require(value, place);
        } else if (LISTS.contains(name) && value instanceof JsonArray array) {
            array.forEach(each -> require(each, place));
        } else if (MAPS.contains(name) && value instanceof JsonObject object) {
            object.entrySet().forEach(entry -> {
                if (name.equals("patternProperties")) {
                    pattern(entry.getKey(), place);
                }
                require(entry.getValue(), place + "." + entry.getKey());
            });
        } else if (COUNTS.contains(name) && isNumber(value) && value.getAsDouble() >= 0) {
            return;
        } else if (BOUNDS.contains(name) && isNumber(value)) {
            if (name.equals("multipleOf") && value.getAsBigDecimal().signum() <= 0) {
                throw wrong(place, "must be above 0, got " + value);
            }
        } else if (name.equals("type")) {
            types(value, place).forEach(type -> {
                if (!TYPES.contains(type)) {
                    throw wrong(place, "has the unknown type '" + type + "'");
                }
            });
        } else if (name.equals("required") && value instanceof JsonArray names) {
            names.forEach(each -> text(each, place));
        } else if (name.equals("dependentRequired") && value instanceof JsonObject object) {
            object.entrySet().forEach(entry -> keyword("required", entry.getValue(), place));
        } else if (name.equals("pattern")) {
            pattern(text(value, place), place);
        } else if (name.equals("format")) {
            JsonFormats.require(text(value, place), place);
        } else if (name.equals("$ref")) {
            referred(text(value, place), place);
        } else if (!((name.equals("enum") && value instanceof JsonArray)
                || name.equals("const")
                || (name.equals("uniqueItems") && value instanceof JsonPrimitive flag && flag.isBoolean()))) {
            throw wrong(place, "is not supported" + (value.toString().length() < 60 ? ", got " + value : ""));
        }
    }

    static boolean isNumber(JsonElement value) {
        return value instanceof JsonPrimitive primitive && primitive.isNumber();
    }

    private static String text(JsonElement value, String place) {
        if (value instanceof JsonPrimitive primitive && primitive.isString()) {
            return primitive.getAsString();
        }
        throw wrong(place, "must be a text, got " + value);
    }

    /** The names in the value of {@code type}. */
    static List<String> types(JsonElement value, String place) {
        if (value instanceof JsonArray array) {
            List<String> types = new ArrayList<>();
            array.forEach(each -> types.add(text(each, place)));
            return types;
        }
        return List.of(text(value, place));
    }

    /** A regular expression of the schema. */
    Pattern pattern(String pattern, String place) {
        try {
            return patterns.computeIfAbsent(pattern, Pattern::compile);
        } catch (PatternSyntaxException e) {
            throw wrong(place, "has the pattern '" + pattern + "', which is none: " + e.getDescription());
        }
    }

    /** The part that a reference {@code #/$defs/name} leads to. */
    JsonElement referred(String reference, String place) {
        if (!reference.equals("#") && !reference.startsWith("#/")) {
            throw wrong(place, "must refer to a part of the schema, such as #/$defs/name, got '" + reference + "'");
        }
        JsonElement at = root;
        List<String> parts = reference.equals("#")
                ? List.of()
                : List.of(reference.substring(2).split("/", -1));
        for (String part : parts) {
            String name = part.replace("%25", "%").replace("~1", "/").replace("~0", "~");
            if (at instanceof JsonObject object && object.has(name)) {
                at = object.get(name);
            } else if (at instanceof JsonArray array
                    && name.matches("[0-9]{1,6}")
                    && Integer.parseInt(name) < array.size()) {
                at = array.get(Integer.parseInt(name));
            } else {
                throw wrong(place, "refers to '" + reference + "', which is not there");
            }
        }
        return at;
    }
}
