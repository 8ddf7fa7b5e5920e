package dev.llmadapt.cli.prompts;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Schema that answers are checked by: the vocabularies of draft 2020-12 for structure and values, in the
 * spellings of draft 7, too. References are to the schema's own parts. A keyword that is not known is refused when the
 * schema is read, so that nothing passes by a rule that is not looked at. What keeps an answer to a schema while it is
 * written is another thing, in the module {@code local}, and takes the properties in one order alone.
 */
final class SchemaCheck {
    private static final int DEEPEST = 200;

    private final SchemaRules schema;

    private SchemaCheck(SchemaRules schema) {
        this.schema = schema;
    }

    /**
     * Reads a schema.
     *
     * @throws IllegalArgumentException if it is malformed, or has what is not supported; names the place
     */
    static SchemaCheck of(JsonElement schema) {
        return new SchemaCheck(SchemaRules.of(schema));
    }

    /** The first rule that a value does not keep, with its place; empty if it keeps all. */
    Optional<String> violation(JsonElement value) {
        return Optional.ofNullable(check(value, schema.root(), "answer", 0));
    }

    private @Nullable String check(JsonElement value, JsonElement part, String place, int depth) {
        if (depth > DEEPEST) {
            return place + " is nested too deeply to be checked";
        }
        if (part instanceof JsonPrimitive flag) {
            return flag.getAsBoolean() ? null : place + " must not be there";
        }
        JsonObject rules = part.getAsJsonObject();
        if (rules.has("$ref")) {
            String found = check(value, schema.referred(rules.get("$ref").getAsString(), place), place, depth + 1);
            if (found != null) {
                return found;
            }
        }
        String found = general(value, rules, place);
        if (found == null && value instanceof JsonObject object) {
            found = object(object, rules, place, depth);
        } else if (found == null && value instanceof JsonArray array) {
            found = array(array, rules, place, depth);
        } else if (found == null && value instanceof JsonPrimitive primitive) {
            found = primitive.isString()
                    ? text(primitive.getAsString(), rules, place)
                    : primitive.isNumber() ? number(primitive.getAsBigDecimal(), rules, place) : null;
        }
        return found != null ? found : combined(value, rules, place, depth);
    }

    private static @Nullable String general(JsonElement value, JsonObject rules, String place) {
        if (rules.has("type")) {
            List<String> types = SchemaRules.types(rules.get("type"), place);
            if (types.stream().noneMatch(type -> is(value, type))) {
                return place + " must be of type " + String.join(" or ", types) + ", got " + brief(value);
            }
        }
        if (rules.has("const") && !same(value, rules.get("const"))) {
            return place + " must be " + rules.get("const") + ", got " + brief(value);
        }
        if (rules.has("enum")) {
            for (JsonElement each : rules.getAsJsonArray("enum")) {
                if (same(value, each)) {
                    return null;
                }
            }
            return place + " must be one of " + rules.get("enum") + ", got " + brief(value);
        }
        return null;
    }

    private static boolean is(JsonElement value, String type) {
        return switch (type) {
            case "object" -> value instanceof JsonObject;
            case "array" -> value instanceof JsonArray;
            case "null" -> value instanceof JsonNull;
            case "string" -> value instanceof JsonPrimitive primitive && primitive.isString();
            case "boolean" -> value instanceof JsonPrimitive primitive && primitive.isBoolean();
            case "number" -> SchemaRules.isNumber(value);
            default ->
                SchemaRules.isNumber(value)
                        && value.getAsBigDecimal().stripTrailingZeros().scale() <= 0;
        };
    }

    /** Whether two values are equal; 1 and 1.0 are. */
    static boolean same(JsonElement a, JsonElement b) {
        if (SchemaRules.isNumber(a) && SchemaRules.isNumber(b)) {
            return a.getAsBigDecimal().compareTo(b.getAsBigDecimal()) == 0;
        } else if (a instanceof JsonArray left && b instanceof JsonArray right) {
            boolean equal = left.size() == right.size();
            for (int i = 0; equal && i < left.size(); i++) {
                equal = same(left.get(i), right.get(i));
            }
            return equal;
        } else if (a instanceof JsonObject left && b instanceof JsonObject right) {
            return left.keySet().equals(right.keySet())
                    && left.keySet().stream().allMatch(key -> same(left.get(key), right.get(key)));
        }
        return !SchemaRules.isNumber(a) && !SchemaRules.isNumber(b) && a.equals(b);
    }

    private @Nullable String object(JsonObject object, JsonObject rules, String place, int depth) {
        String found = count(object.size(), rules, "Properties", place);
        if (found == null && rules.has("required")) {
            for (JsonElement name : rules.getAsJsonArray("required")) {
                if (!object.has(name.getAsString())) {
                    return place + " must have '" + name.getAsString() + "'";
                }
            }
        }
        JsonObject dependent =
                rules.has("dependentRequired") ? rules.getAsJsonObject("dependentRequired") : new JsonObject();
        for (String key : dependent.keySet()) {
            for (JsonElement name : dependent.getAsJsonArray(key)) {
                if (object.has(key) && !object.has(name.getAsString())) {
                    return place + " must have '" + name.getAsString() + "', since it has '" + key + "'";
                }
            }
        }
        JsonObject schemas =
                rules.has("dependentSchemas") ? rules.getAsJsonObject("dependentSchemas") : new JsonObject();
        for (String key : schemas.keySet()) {
            if (found == null && object.has(key)) {
                found = check(object, schemas.get(key), place, depth + 1);
            }
        }
        for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
            if (found == null) {
                found = property(entry.getKey(), entry.getValue(), rules, place + "." + entry.getKey(), depth + 1);
            }
        }
        return found;
    }

    private @Nullable String property(String name, JsonElement value, JsonObject rules, String place, int depth) {
        String found = null;
        boolean known = false;
        if (rules.has("properties") && rules.getAsJsonObject("properties").has(name)) {
            known = true;
            found = check(value, rules.getAsJsonObject("properties").get(name), place, depth);
        }
        if (rules.has("patternProperties")) {
            for (Map.Entry<String, JsonElement> entry :
                    rules.getAsJsonObject("patternProperties").entrySet()) {
                if (schema.pattern(entry.getKey(), place).matcher(name).find()) {
                    known = true;
                    found = found != null ? found : check(value, entry.getValue(), place, depth);
                }
            }
        }
        if (found == null && !known && rules.has("additionalProperties")) {
            found = check(value, rules.get("additionalProperties"), place, depth);
        }
        if (found == null && rules.has("propertyNames")) {
            found = check(new JsonPrimitive(name), rules.get("propertyNames"), place + " (its name)", depth);
        }
        return found;
    }

    private @Nullable String array(JsonArray array, JsonObject rules, String place, int depth) {
        String found = count(array.size(), rules, "Items", place);
        boolean old = rules.get("items") instanceof JsonArray;
        JsonElement first = old ? rules.get("items") : rules.get("prefixItems");
        JsonElement rest = old ? rules.get("additionalItems") : rules.get("items");
        int named = first instanceof JsonArray list ? list.size() : 0;
        for (int i = 0; found == null && i < array.size(); i++) {
            JsonElement item = i < named && first instanceof JsonArray list ? list.get(i) : rest;
            found = item == null ? null : check(array.get(i), item, place + "[" + i + "]", depth + 1);
        }
        if (found == null && rules.has("contains")) {
            int matching = 0;
            for (JsonElement each : array) {
                matching += check(each, rules.get("contains"), place, depth + 1) == null ? 1 : 0;
            }
            int least = rules.has("minContains") ? rules.get("minContains").getAsInt() : 1;
            int most = rules.has("maxContains") ? rules.get("maxContains").getAsInt() : Integer.MAX_VALUE;
            if (matching < least || matching > most) {
                return place + " has " + matching + " elements of those it must contain";
            }
        }
        if (found == null
                && rules.has("uniqueItems")
                && rules.get("uniqueItems").getAsBoolean()) {
            for (int i = 0; i < array.size(); i++) {
                for (int j = 0; j < i; j++) {
                    if (same(array.get(i), array.get(j))) {
                        return place + " has " + brief(array.get(i)) + " twice";
                    }
                }
            }
        }
        return found;
    }

    private static @Nullable String count(int size, JsonObject rules, String of, String place) {
        JsonElement least = rules.get("min" + of);
        JsonElement most = rules.get("max" + of);
        String what = of.equals("Length") ? "characters" : of.equals("Items") ? "elements" : "properties";
        if (least != null && size < least.getAsDouble()) {
            return place + " must have at least " + least + " " + what + ", got " + size;
        }
        return most != null && size > most.getAsDouble()
                ? place + " must have at most " + most + " " + what + ", got " + size
                : null;
    }

    private @Nullable String text(String text, JsonObject rules, String place) {
        String found = count(text.codePointCount(0, text.length()), rules, "Length", place);
        if (found == null && rules.has("pattern")) {
            String pattern = rules.get("pattern").getAsString();
            found = schema.pattern(pattern, place).matcher(text).find()
                    ? null
                    : place + " must match " + pattern + ", got " + brief(new JsonPrimitive(text));
        }
        if (found == null && rules.has("format")) {
            String format = rules.get("format").getAsString();
            found = JsonFormats.is(text, format)
                    ? null
                    : place + " must be a " + format + ", got " + brief(new JsonPrimitive(text));
        }
        return found;
    }

    private static @Nullable String number(BigDecimal number, JsonObject rules, String place) {
        for (String bound : SchemaRules.BOUNDS) {
            if (rules.has(bound)) {
                BigDecimal limit = rules.get(bound).getAsBigDecimal();
                int order = number.compareTo(limit);
                boolean kept = switch (bound) {
                    case "minimum" -> order >= 0;
                    case "maximum" -> order <= 0;
                    case "exclusiveMinimum" -> order > 0;
                    case "exclusiveMaximum" -> order < 0;
                    default -> number.remainder(limit).signum() == 0;
                };
                if (!kept) {
                    return place + " does not keep " + bound + " " + limit + ", got " + number;
                }
            }
        }
        return null;
    }

    private @Nullable String combined(JsonElement value, JsonObject rules, String place, int depth) {
        for (String key : List.of("allOf", "anyOf", "oneOf")) {
            if (!rules.has(key)) {
                continue;
            }
            int passing = 0;
            String first = null;
            for (JsonElement each : rules.getAsJsonArray(key)) {
                String found = check(value, each, place, depth + 1);
                passing += found == null ? 1 : 0;
                first = first == null ? found : first;
            }
            int all = rules.getAsJsonArray(key).size();
            boolean kept = key.equals("allOf") ? passing == all : key.equals("anyOf") ? passing > 0 : passing == 1;
            if (!kept) {
                return passing > 0 && !key.equals("allOf")
                        ? place + " keeps " + passing + " schemas of oneOf, not one"
                        : String.valueOf(first);
            }
        }
        if (rules.has("not") && check(value, rules.get("not"), place, depth + 1) == null) {
            return place + " keeps the schema that it must not, got " + brief(value);
        }
        if (rules.has("if")) {
            String branch = check(value, rules.get("if"), place, depth + 1) == null ? "then" : "else";
            return rules.has(branch) ? check(value, rules.get(branch), place, depth + 1) : null;
        }
        return null;
    }

    private static String brief(JsonElement value) {
        String text = value.toString();
        return text.length() > 60 ? text.substring(0, 60) + "..." : text;
    }
}
