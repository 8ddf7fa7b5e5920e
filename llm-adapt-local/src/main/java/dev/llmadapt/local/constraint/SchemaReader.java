package dev.llmadapt.local.constraint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.local.constraint.Expr.Kind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A reader of a JSON Schema of draft 2020-12, with the spellings of the drafts 4 to 7: turns each keyword into an
 * expression. A keyword that cannot be kept is refused by its name and place. Keywords that no draft knows are
 * annotations, as the specification has it. Not thread-safe.
 */
final class SchemaReader {
    private static final int MAX_DEPTH = 200;

    final Exprs exprs;
    final JsonText form;
    final SchemaDocument document;
    private final StringKeywords strings;
    private final NumberKeywords numbers;
    private final ArrayKeywords arrays;
    private final ObjectKeywords objects;
    private final Map<String, Expr> read = new HashMap<>();
    private final Map<Expr, String> places = new HashMap<>();
    private final Map<String, SchemaDocument.Target> targets = new HashMap<>();
    private int depth;

    SchemaReader(JsonElement root, JsonText form) {
        this.exprs = new Exprs();
        this.form = form;
        this.document = new SchemaDocument(root);
        this.strings = new StringKeywords(this);
        this.numbers = new NumberKeywords(this);
        this.arrays = new ArrayKeywords(this);
        this.objects = new ObjectKeywords(this);
        if (document.dialect().contains("draft-03")) {
            throw refusal("$schema", "#", "is draft 3; write the schema in draft 4 or later");
        }
    }

    /** Returns the expression of the whole document. */
    Expr root() {
        return target(new SchemaDocument.Target(document.root, "#"));
    }

    /** Returns what a reference names. */
    Expr resolve(Expr reference) {
        Expr found = target(Objects.requireNonNull(targets.get(reference.key.name())));
        return reference.key.negated() ? exprs.not(found) : found;
    }

    private Expr target(SchemaDocument.Target target) {
        Expr known = read.get(target.pointer());
        if (known == null) {
            known = schema(target.schema(), target.pointer());
            read.put(target.pointer(), known);
        }
        return known;
    }

    static ConstraintException refusal(String keyword, String pointer, String why) {
        return ConstraintException.at(keyword, pointer, why);
    }

    /** Reads a schema. */
    Expr schema(JsonElement json, String pointer) {
        if (json instanceof JsonPrimitive value && value.isBoolean()) {
            return value.getAsBoolean() ? exprs.yes : exprs.no;
        }
        if (!(json instanceof JsonObject object)) {
            throw new ConstraintException("a schema must be an object, true or false, got "
                    + SchemaDocument.shortened(String.valueOf(json)) + " at " + SchemaDocument.shortened(pointer));
        }
        if (++depth > MAX_DEPTH) {
            throw new ConstraintException("the schema has more than " + MAX_DEPTH + " levels within each other at "
                    + SchemaDocument.shortened(pointer));
        }
        List<Expr> parts = new ArrayList<>();
        for (String first : List.of("properties", "patternProperties")) { // their order counts before others'
            if (object.has(first)) {
                keyword(object, first, pointer, parts);
            }
        }
        for (String keyword : object.keySet()) {
            if (!keyword.equals("properties") && !keyword.equals("patternProperties")) {
                keyword(object, keyword, pointer, parts);
            }
        }
        if (object.has("required")) { // after all else, whose order of properties comes first
            objects.required(object, pointer, parts);
        }
        depth--;
        Expr result = exprs.and(parts);
        places.putIfAbsent(result, pointer);
        return result;
    }

    /** Where an expression is first said as a schema; null where it is a combination of several. */
    @Nullable
    String place(Expr expr) {
        return places.get(expr);
    }

    private void keyword(JsonObject object, String keyword, String pointer, List<Expr> parts) {
        try {
            read(object, keyword, pointer, parts);
        } catch (ConstraintException e) {
            throw e.at(keyword, pointer);
        }
    }

    private void read(JsonObject object, String keyword, String pointer, List<Expr> parts) {
        JsonElement value = object.get(keyword);
        String place = pointer + "/" + SchemaDocument.escaped(keyword);
        switch (keyword) {
            case "$ref" -> parts.add(reference(object, keyword, pointer));
            case "type" -> parts.add(type(value, pointer));
            case "enum" -> parts.add(constants(array(value, keyword, pointer).asList(), pointer));
            case "const" -> parts.add(constants(List.of(value), pointer));
            case "allOf" -> parts.addAll(schemas(value, keyword, pointer));
            case "anyOf" -> parts.add(exprs.or(schemas(value, keyword, pointer)));
            case "oneOf" -> parts.add(exprs.oneOf(schemas(value, keyword, pointer)));
            case "not" -> parts.add(exprs.not(schema(value, place)));
            case "if" -> parts.add(condition(object, pointer));
            case "format" -> {
                numbers.read(object, keyword, pointer, parts);
                strings.read(object, keyword, pointer, parts);
            }
            case "$dynamicRef", "$recursiveRef" -> throw refusal(keyword, pointer, "is not supported; use $ref");
            default -> {
                boolean known = strings.read(object, keyword, pointer, parts)
                        || numbers.read(object, keyword, pointer, parts)
                        || arrays.read(object, keyword, pointer, parts)
                        || objects.read(object, keyword, pointer, parts);
                if (!known && keyword.equals("$vocabulary")) {
                    throw refusal(keyword, pointer, "is for metaschemas, which are not supported");
                }
            }
        }
    }

    private Expr reference(JsonObject object, String keyword, String pointer) {
        String reference = text(object.get(keyword), keyword, pointer);
        SchemaDocument.Target target = document.find(object, reference);
        if (target == null) {
            throw refusal(
                    keyword,
                    pointer,
                    "'" + SchemaDocument.shortened(reference)
                            + "' is not in this document; put the schema it names into $defs");
        }
        targets.put(target.pointer(), target);
        return exprs.ref(target.pointer());
    }

    private Expr type(JsonElement value, String pointer) {
        int types = 0;
        boolean integers = false;
        List<JsonElement> names = value instanceof JsonArray array ? array.asList() : List.of(value);
        for (JsonElement name : names) {
            switch (text(name, "type", pointer)) {
                case "null" -> types |= Expr.NULL;
                case "boolean" -> types |= Expr.TRUE | Expr.FALSE;
                case "number" -> types |= Expr.NUMBER;
                case "integer" -> integers = true;
                case "string" -> types |= Expr.STRING;
                case "array" -> types |= Expr.ARRAY;
                case "object" -> types |= Expr.OBJECT;
                default ->
                    throw refusal(
                            "type",
                            pointer,
                            "must be of null, boolean, integer, number, string, array and" + " object, got " + name);
            }
        }
        if (integers && (types & Expr.NUMBER) == 0) {
            return exprs.and(
                    exprs.types(types | Expr.NUMBER),
                    exprs.number(
                            form.decimals.integer, form.regexes.minus(form.decimals.decimal, form.decimals.whole)));
        }
        return exprs.types(types);
    }

    /** Returns one of several values. */
    private Expr constants(List<JsonElement> values, String pointer) {
        List<Expr> choices = new ArrayList<>();
        List<byte[]> texts = new ArrayList<>();
        for (JsonElement value : values) {
            if (value instanceof JsonPrimitive text && text.isString()) {
                texts.add(form.characters.bytes(text(value, "enum", pointer)));
            } else {
                choices.add(constant(value, pointer));
            }
        }
        if (!texts.isEmpty()) {
            choices.add(exprs.and(exprs.types(Expr.STRING), strings.rule(form.regexes.literals(texts))));
        }
        return exprs.or(choices);
    }

    private Expr constant(JsonElement value, String pointer) {
        if (value instanceof JsonArray array) {
            List<Expr> parts = new ArrayList<>(List.of(
                    exprs.types(Expr.ARRAY),
                    exprs.rule(Kind.MIN_ITEMS, array.size()),
                    exprs.rule(Kind.MAX_ITEMS, array.size())));
            for (int i = 0; i < array.size(); i++) {
                parts.add(exprs.rule(Kind.ITEM, i, constants(List.of(array.get(i)), pointer)));
            }
            return exprs.and(parts);
        }
        if (value instanceof JsonObject object) {
            List<Expr> parts = new ArrayList<>(List.of(exprs.types(Expr.OBJECT)));
            object.entrySet()
                    .forEach(entry ->
                            parts.add(exprs.has(entry.getKey(), constants(List.of(entry.getValue()), pointer))));
            parts.add(exprs.properties(new NameSet(null, false, Set.copyOf(object.keySet())), exprs.no));
            return exprs.and(parts);
        }
        if (value instanceof JsonPrimitive primitive && primitive.isBoolean()) {
            return exprs.types(primitive.getAsBoolean() ? Expr.TRUE : Expr.FALSE);
        }
        if (value instanceof JsonPrimitive primitive && primitive.isNumber()) {
            BigDecimal number = number(value, "enum", pointer);
            Regex forms = form.regexes.literals(Decimals.forms(number, primitive.getAsString()));
            Regex others = form.regexes.minus(form.decimals.decimal, form.decimals.equal(number));
            return exprs.and(exprs.types(Expr.NUMBER), exprs.number(forms, others));
        }
        return exprs.types(Expr.NULL);
    }

    private Expr condition(JsonObject object, String pointer) {
        Expr condition = schema(object.get("if"), pointer + "/if");
        Expr then = object.has("then") ? schema(object.get("then"), pointer + "/then") : exprs.yes;
        Expr otherwise = object.has("else") ? schema(object.get("else"), pointer + "/else") : exprs.yes;
        if (then == exprs.yes) {
            return otherwise == exprs.yes ? exprs.yes : exprs.or(condition, otherwise);
        }
        if (otherwise == exprs.yes) {
            return exprs.or(exprs.not(condition), then);
        }
        return exprs.or(exprs.and(condition, then), exprs.and(exprs.not(condition), otherwise));
    }

    List<Expr> schemas(JsonElement value, String keyword, String pointer) {
        List<Expr> result = new ArrayList<>();
        JsonArray array = array(value, keyword, pointer);
        for (int i = 0; i < array.size(); i++) {
            result.add(schema(array.get(i), pointer + "/" + keyword + "/" + i));
        }
        return result;
    }

    static JsonArray array(JsonElement value, String keyword, String pointer) {
        if (value instanceof JsonArray array) {
            return array;
        }
        throw refusal(keyword, pointer, "must be an array, got " + SchemaDocument.shortened(value.toString()));
    }

    static JsonObject object(JsonElement value, String keyword, String pointer) {
        if (value instanceof JsonObject object) {
            return object;
        }
        throw refusal(keyword, pointer, "must be an object, got " + SchemaDocument.shortened(value.toString()));
    }

    static String text(JsonElement value, String keyword, String pointer) {
        if (value instanceof JsonPrimitive primitive && primitive.isString()) {
            String text = primitive.getAsString();
            for (int i = 0; i < text.length(); i++) {
                if (Character.isSurrogate(text.charAt(i))) {
                    if (Character.isHighSurrogate(text.charAt(i))
                            && i + 1 < text.length()
                            && Character.isLowSurrogate(text.charAt(i + 1))) {
                        i++;
                    } else {
                        throw refusal(keyword, pointer, "has half of a surrogate pair, which is no character");
                    }
                }
            }
            return text;
        }
        throw refusal(keyword, pointer, "must be a text, got " + SchemaDocument.shortened(value.toString()));
    }

    static BigDecimal number(JsonElement value, String keyword, String pointer) {
        if (value instanceof JsonPrimitive primitive && primitive.isNumber()) {
            try {
                BigDecimal number = new BigDecimal(primitive.getAsString());
                if (number.precision() <= 400 && Math.abs((long) number.scale()) <= 400) {
                    return number;
                }
            } catch (NumberFormatException e) {
                throw refusal(keyword, pointer, "must be a number, got " + primitive);
            }
            throw refusal(keyword, pointer, "has more than 400 digits");
        }
        throw refusal(keyword, pointer, "must be a number, got " + SchemaDocument.shortened(value.toString()));
    }

    /** Reads a count, as large as an int at most. */
    static int count(JsonElement value, String keyword, String pointer) {
        BigDecimal number = number(value, keyword, pointer);
        if (number.signum() < 0 || number.stripTrailingZeros().scale() > 0) {
            throw refusal(keyword, pointer, "must be a whole number of at least 0, got " + value);
        }
        return number.min(BigDecimal.valueOf(Integer.MAX_VALUE - 8)).intValue();
    }
}
