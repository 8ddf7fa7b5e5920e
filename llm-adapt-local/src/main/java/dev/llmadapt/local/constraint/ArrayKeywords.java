package dev.llmadapt.local.constraint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.local.constraint.Expr.Kind;
import java.util.List;
import java.util.Set;

/** The keywords about arrays. */
final class ArrayKeywords {
    /** Keywords that say something of a value's parts beside those of the schema itself. */
    static final Set<String> APPLICATORS =
            Set.of("$ref", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies");

    private final SchemaReader reader;
    private final Exprs exprs;

    ArrayKeywords(SchemaReader reader) {
        this.reader = reader;
        this.exprs = reader.exprs;
    }

    /** Reads a keyword; returns whether it is one about arrays. */
    boolean read(JsonObject object, String keyword, String pointer, List<Expr> parts) {
        JsonElement value = object.get(keyword);
        String place = pointer + "/" + keyword;
        switch (keyword) {
            case "prefixItems" -> prefix(SchemaReader.array(value, keyword, pointer), place, parts);
            case "items" -> {
                if (value instanceof JsonArray array) { // as before 2020-12
                    prefix(array, place, parts);
                } else {
                    int from = object.get("prefixItems") instanceof JsonArray prefix ? prefix.size() : 0;
                    parts.add(items(from, reader.schema(value, place)));
                }
            }
            case "additionalItems" -> {
                if (object.get("items") instanceof JsonArray prefix) { // else it says nothing
                    parts.add(items(prefix.size(), reader.schema(value, place)));
                }
            }
            case "minItems" -> parts.add(exprs.rule(Kind.MIN_ITEMS, SchemaReader.count(value, keyword, pointer)));
            case "maxItems" -> parts.add(exprs.rule(Kind.MAX_ITEMS, SchemaReader.count(value, keyword, pointer)));
            case "contains" -> contains(object, pointer, parts);
            case "minContains", "maxContains" -> {
                if (object.has("contains")) {
                    SchemaReader.count(value, keyword, pointer); // read with it
                }
            }
            case "uniqueItems" -> {
                if (!(value instanceof JsonPrimitive unique) || !unique.isBoolean()) {
                    throw SchemaReader.refusal(keyword, pointer, "must be true or false, got " + value);
                }
                if (unique.getAsBoolean()) {
                    parts.add(exprs.or(
                            exprs.rule(Kind.MAX_ITEMS, 1),
                            exprs.refused(
                                    Expr.ARRAY,
                                    keyword,
                                    SchemaReader.refusal(
                                                    keyword,
                                                    pointer,
                                                    "is only kept where there is at most one item; leave it out and"
                                                            + " check the answer")
                                            .getMessage())));
                }
            }
            case "unevaluatedItems" -> {
                if (object.keySet().stream().anyMatch(APPLICATORS::contains) || object.has("contains")) {
                    if (reader.schema(value, place) != exprs.yes) {
                        throw SchemaReader.refusal(
                                keyword, pointer, "is not kept beside keywords such as allOf or contains; write items");
                    }
                } else if (!(object.has("items") && !object.get("items").isJsonArray())
                        && !object.has("additionalItems")) {
                    JsonElement before = object.has("prefixItems") ? object.get("prefixItems") : object.get("items");
                    parts.add(items(before instanceof JsonArray array ? array.size() : 0, reader.schema(value, place)));
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void prefix(JsonArray schemas, String place, List<Expr> parts) {
        for (int i = 0; i < schemas.size(); i++) {
            Expr item = reader.schema(schemas.get(i), place + "/" + i);
            if (item == exprs.no) {
                parts.add(exprs.rule(Kind.MAX_ITEMS, i));
            } else if (item != exprs.yes) {
                parts.add(exprs.rule(Kind.ITEM, i, item));
            }
        }
    }

    private Expr items(int from, Expr item) {
        return item == exprs.no
                ? exprs.rule(Kind.MAX_ITEMS, from)
                : item == exprs.yes ? exprs.yes : exprs.rule(Kind.ITEMS, from, item);
    }

    private void contains(JsonObject object, String pointer, List<Expr> parts) {
        Expr item = reader.schema(object.get("contains"), pointer + "/contains");
        int min = object.has("minContains") ? SchemaReader.count(object.get("minContains"), "minContains", pointer) : 1;
        if (min > 0) {
            parts.add(exprs.contains(0, min, item));
        }
        if (object.has("maxContains")) {
            int max = SchemaReader.count(object.get("maxContains"), "maxContains", pointer);
            parts.add(exprs.containsAtMost(0, max, item));
        }
    }
}
