package dev.llmadapt.local.constraint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The reason why no value fits a schema: the keywords at one place that exclude each other, such as a minimum above the
 * maximum. It is found by leaving keywords out, as few as it takes for a value to fit, and in the parts that every
 * value has. Not thread-safe.
 */
final class Contradiction {
    /** The most schemas that are tried, and the most expressions that they may take together. */
    private static final int MAX_TRIALS = 200;

    private static final long MAX_EXPRESSIONS = 2L * Regexes.MAX_EXPRESSIONS;

    private final SchemaDocument document;
    private final Set<String> seen = new HashSet<>();
    private int trials;
    private long expressions;

    /**
     * A schema and where it stands.
     *
     * @param pointer as a URI fragment
     */
    private record Place(JsonElement schema, String pointer) {}

    private Contradiction(SchemaDocument document) {
        this.document = document;
    }

    /** Explains why no value fits a schema. */
    static ConstraintException explain(SchemaDocument document) {
        Contradiction search = new Contradiction(document);
        Place place = new Place(document.root, "#");
        List<String> keywords = List.of();
        while (place != null && place.schema() instanceof JsonObject object && search.seen.add(place.pointer())) {
            keywords = search.excluding(object, place.pointer());
            Place inside = search.inside(object, place.pointer(), keywords);
            if (inside == null) {
                return refusal(object, place.pointer(), keywords);
            }
            place = inside;
        }
        return new ConstraintException("no value fits the schema at " + (place == null ? "#" : place.pointer()));
    }

    private static ConstraintException refusal(JsonObject object, String pointer, List<String> keywords) {
        JsonObject shown = new JsonObject();
        keywords.forEach(each -> shown.add(each, object.get(each)));
        List<String> others = new ArrayList<>(keywords);
        String keyword = keywords.stream()
                .filter(each -> !each.equals("type"))
                .findFirst()
                .orElse(keywords.isEmpty() ? "" : keywords.get(0));
        others.remove(keyword);
        String together = others.isEmpty() ? "" : " together with '" + String.join("' and '", others) + "'";
        return ConstraintException.at(
                keyword,
                pointer,
                "no value fits it" + together + ": " + SchemaDocument.shortened(shown.toString())
                        + "; change one of them");
    }

    /** The keywords that no value fits together, while one fits all but any one of them; in the schema's order. */
    private List<String> excluding(JsonObject object, String pointer) {
        List<String> order = new ArrayList<>(object.keySet());
        order.removeIf(each -> each.equals("type"));
        if (object.has("type")) {
            order.add("type"); // left out last, since others rest on it
        }
        Set<String> left = new HashSet<>(object.keySet());
        for (String keyword : order) {
            left.remove(keyword);
            JsonObject trial = new JsonObject();
            object.entrySet().stream()
                    .filter(entry -> left.contains(entry.getKey()))
                    .forEach(entry -> trial.add(entry.getKey(), entry.getValue()));
            if (mayFit(trial, pointer)) {
                left.add(keyword);
            }
        }
        return object.keySet().stream().filter(left::contains).toList();
    }

    /** A part that every value has and that no value fits by itself; null where there is none. */
    private @Nullable Place inside(JsonObject object, String pointer, List<String> keywords) {
        List<Place> parts = new ArrayList<>();
        for (String keyword : keywords) {
            JsonElement value = object.get(keyword);
            String place = pointer + "/" + keyword;
            switch (keyword) {
                case "items", "contains" -> parts.add(new Place(value, place));
                case "properties" -> required(object, value, place, parts);
                case "allOf", "prefixItems" -> each(value, place, parts);
                case "anyOf", "oneOf" -> {
                    if (value instanceof JsonArray choices && choices.size() == 1) {
                        each(value, place, parts);
                    }
                }
                case "$ref" -> {
                    SchemaDocument.Target target = value instanceof JsonPrimitive text && text.isString()
                            ? document.find(object, text.getAsString())
                            : null;
                    if (target != null) {
                        parts.add(new Place(target.schema(), target.pointer()));
                    }
                }
                default -> {}
            }
        }
        return parts.stream()
                .filter(each -> each.schema() instanceof JsonObject
                        && !seen.contains(each.pointer())
                        && !mayFit(each.schema(), each.pointer()))
                .findFirst()
                .orElse(null);
    }

    private static void required(JsonObject object, JsonElement properties, String place, List<Place> parts) {
        if (properties instanceof JsonObject all && object.get("required") instanceof JsonArray names) {
            for (Map.Entry<String, JsonElement> entry : all.entrySet()) {
                if (names.contains(new JsonPrimitive(entry.getKey()))) {
                    parts.add(new Place(entry.getValue(), place + "/" + SchemaDocument.escaped(entry.getKey())));
                }
            }
        }
    }

    private static void each(JsonElement schemas, String place, List<Place> parts) {
        if (schemas instanceof JsonArray array) {
            for (int i = 0; i < array.size(); i++) {
                parts.add(new Place(array.get(i), place + "/" + i));
            }
        }
    }

    /** Whether a value fits; true also where that is not known. */
    private boolean mayFit(JsonElement schema, String pointer) {
        if (++trials > MAX_TRIALS || expressions > MAX_EXPRESSIONS) {
            return true;
        }
        Regexes regexes = new Regexes();
        try {
            return SchemaCompiler.hasValue(document.root, schema, pointer, regexes);
        } catch (ConstraintException e) {
            return true;
        } finally {
            expressions += regexes.size();
        }
    }
}
