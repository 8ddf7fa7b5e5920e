package dev.llmadapt.local.constraint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.local.constraint.Expr.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keywords about objects. */
final class ObjectKeywords {
    private final SchemaReader reader;
    private final Exprs exprs;

    ObjectKeywords(SchemaReader reader) {
        this.reader = reader;
        this.exprs = reader.exprs;
    }

    /** Reads a keyword; returns whether it is one about objects. */
    boolean read(JsonObject object, String keyword, String pointer, List<Expr> parts) {
        JsonElement value = object.get(keyword);
        String place = pointer + "/" + keyword;
        switch (keyword) {
            case "properties" ->
                SchemaReader.object(value, keyword, pointer)
                        .entrySet()
                        .forEach(entry -> parts.add(exprs.property(
                                name(entry.getKey(), keyword, pointer),
                                reader.schema(
                                        entry.getValue(), place + "/" + SchemaDocument.escaped(entry.getKey())))));
            case "patternProperties" ->
                SchemaReader.object(value, keyword, pointer)
                        .entrySet()
                        .forEach(entry -> parts.add(exprs.properties(
                                new NameSet(pattern(entry.getKey(), keyword, pointer), false, Set.of()),
                                reader.schema(
                                        entry.getValue(), place + "/" + SchemaDocument.escaped(entry.getKey())))));
            case "additionalProperties" ->
                parts.add(exprs.properties(others(object, pointer), reader.schema(value, place)));
            case "propertyNames" -> {
                Expr name = reader.schema(value, place);
                if (name != exprs.yes) {
                    parts.add(exprs.rule(Kind.NAMES, 0, name));
                }
            }
            case "minProperties" ->
                parts.add(exprs.rule(Kind.MIN_PROPERTIES, SchemaReader.count(value, keyword, pointer)));
            case "maxProperties" ->
                parts.add(exprs.rule(Kind.MAX_PROPERTIES, SchemaReader.count(value, keyword, pointer)));
            case "required" -> {} // read after all others
            case "dependentRequired", "dependentSchemas", "dependencies" ->
                SchemaReader.object(value, keyword, pointer).entrySet().forEach(entry -> {
                    String at = place + "/" + SchemaDocument.escaped(entry.getKey());
                    Expr then = entry.getValue() instanceof JsonArray names
                            ? exprs.and(has(names, keyword, at))
                            : reader.schema(entry.getValue(), at);
                    String name = name(entry.getKey(), keyword, pointer);
                    // the name again, for its place in the order
                    parts.add(exprs.or(exprs.property(name, exprs.no), exprs.and(exprs.has(name, exprs.yes), then)));
                });
            case "unevaluatedProperties" -> unevaluated(object, value, pointer, parts);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static String name(String name, String keyword, String pointer) {
        return SchemaReader.text(new com.google.gson.JsonPrimitive(name), keyword, pointer);
    }

    private Regex pattern(String pattern, String keyword, String pointer) {
        try {
            return PatternParser.found(pattern, reader.form.characters);
        } catch (ConstraintException e) {
            throw SchemaReader.refusal(keyword, pointer, e.getMessage());
        }
    }

    void required(JsonObject object, String pointer, List<Expr> parts) {
        JsonElement value = object.get("required");
        if (!(value instanceof JsonArray names)) {
            throw SchemaReader.refusal(
                    "required",
                    pointer,
                    "must be an array of names, got " + SchemaDocument.shortened(value.toString()));
        }
        parts.addAll(has(names, "required", pointer));
    }

    private List<Expr> has(JsonArray names, String keyword, String pointer) {
        List<Expr> result = new ArrayList<>();
        names.forEach(each -> result.add(exprs.has(SchemaReader.text(each, keyword, pointer), exprs.yes)));
        return result;
    }

    /** The names that neither properties nor patternProperties of a schema are about. */
    private NameSet others(JsonObject object, String pointer) {
        Set<String> names = new LinkedHashSet<>();
        List<Regex> patterns = new ArrayList<>();
        collect(object, pointer, names, patterns);
        return set(names, patterns);
    }

    private NameSet set(Set<String> names, List<Regex> patterns) {
        Regex pattern = patterns.isEmpty() ? null : reader.form.regexes.or(patterns);
        return new NameSet(pattern, pattern != null, Set.copyOf(names));
    }

    private void collect(JsonObject object, String pointer, Set<String> names, List<Regex> patterns) {
        if (object.get("properties") instanceof JsonObject properties) {
            names.addAll(properties.keySet());
        }
        if (object.get("patternProperties") instanceof JsonObject properties) {
            properties.keySet().forEach(each -> patterns.add(pattern(each, "patternProperties", pointer)));
        }
    }

    private void unevaluated(JsonObject object, JsonElement value, String pointer, List<Expr> parts) {
        Expr rest = reader.schema(value, pointer + "/unevaluatedProperties");
        if (rest == exprs.yes) {
            return;
        }
        Set<String> names = new LinkedHashSet<>();
        List<Regex> patterns = new ArrayList<>();
        String unknown = evaluated(object, pointer, names, patterns, 0);
        if (unknown == null) {
            parts.add(exprs.properties(set(names, patterns), rest));
        } else if (!unknown.isEmpty()) {
            throw SchemaReader.refusal(
                    "unevaluatedProperties",
                    pointer,
                    "is not kept beside '" + unknown
                            + "', which may or may not look at a property; write additionalProperties");
        }
    }

    /**
     * Collects the names that a schema looks at, whatever the value.
     *
     * @return the keyword that says otherwise, empty if all names are looked at, null if those collected are
     */
    private @Nullable String evaluated(
            JsonObject object, String pointer, Set<String> names, List<Regex> patterns, int depth) {
        if (object.has("additionalProperties") || (depth > 0 && object.has("unevaluatedProperties"))) {
            return "";
        }
        collect(object, pointer, names, patterns);
        for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
            String keyword = entry.getKey();
            List<JsonElement> inside = List.of();
            if (keyword.equals("allOf")) {
                inside = SchemaReader.array(entry.getValue(), keyword, pointer).asList();
            } else if (keyword.equals("$ref")) {
                SchemaDocument.Target target =
                        reader.document.find(object, SchemaReader.text(entry.getValue(), keyword, pointer));
                inside = target == null ? List.of() : List.of(target.schema());
            } else if (ArrayKeywords.APPLICATORS.contains(keyword) && !keyword.equals("not")) {
                return keyword;
            }
            for (JsonElement each : inside) {
                if (depth > 20) {
                    return keyword;
                }
                String unknown = each instanceof JsonObject schema
                        ? evaluated(schema, pointer, names, patterns, depth + 1)
                        : null;
                if (unknown != null) {
                    return unknown;
                }
            }
        }
        return null;
    }
}
