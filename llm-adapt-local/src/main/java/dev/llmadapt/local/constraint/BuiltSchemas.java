package dev.llmadapt.local.constraint;

import dev.llmadapt.JsonSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Compiles a schema that was built, rather than parsed, to the texts of its one form: on one line, a blank after each
 * comma and colon, all properties in their order, numbers of at most 15 digits, which is what a double holds. Not
 * thread-safe.
 */
final class BuiltSchemas {
    private static final int MAX_DIGITS = 15;

    private final Regexes regexes;
    private final JsonText form;
    private final Grammar grammar;
    private final int rule;

    private BuiltSchemas(Regexes regexes, Grammar grammar) {
        this.grammar = grammar;
        this.regexes = regexes;
        this.form = new JsonText(regexes, false);
        this.rule = grammar.rule("the schema");
    }

    /** Compiles a schema. */
    static Grammar compile(JsonSchema schema, Regexes regexes) {
        Grammar grammar = new Grammar();
        add(schema, regexes, grammar);
        return grammar;
    }

    /** Adds the rule of a schema to a grammar; returns its number. */
    static int add(JsonSchema schema, Regexes regexes, Grammar grammar) {
        BuiltSchemas schemas = new BuiltSchemas(regexes, grammar);
        int last = grammar.state(schemas.rule);
        grammar.last(last);
        schemas.value(schema, grammar.start(schemas.rule), last);
        return schemas.rule;
    }

    private void value(JsonSchema schema, int from, int to) {
        if (schema instanceof JsonSchema.Nullable nullable) {
            grammar.read(from, regexes.literal("null"), to);
            value(nullable.value(), from, to);
        } else if (schema instanceof JsonSchema.ObjectOf object) {
            int at = from;
            String before = "{";
            for (Map.Entry<String, JsonSchema> each : object.properties().entrySet()) {
                int key = grammar.state(rule);
                int value = grammar.state(rule);
                grammar.read(at, regexes.literal(before + JsonSchema.quoted(each.getKey()) + ": "), key);
                value(each.getValue(), key, value);
                at = value;
                before = ", ";
            }
            grammar.read(at, regexes.literal("}"), to);
        } else if (schema instanceof JsonSchema.ListOf list) {
            int at = grammar.state(rule);
            grammar.read(from, regexes.literal("["), at);
            for (int items = 0; items < list.maxItems(); items++) {
                grammar.read(at, regexes.literal("]"), to);
                int item = at;
                if (items > 0) {
                    item = grammar.state(rule);
                    grammar.read(at, regexes.literal(", "), item);
                }
                at = grammar.state(rule);
                value(list.items(), item, at);
            }
            grammar.read(at, regexes.literal("]"), to);
        } else {
            grammar.read(from, scalar(schema), to);
        }
    }

    private Regex scalar(JsonSchema schema) {
        if (schema instanceof JsonSchema.Text text) {
            return form.quoted(regexes.repeat(form.anyCharacter, 0, text.maxLength()));
        } else if (schema instanceof JsonSchema.OneOf oneOf) {
            List<Regex> values = new ArrayList<>();
            oneOf.values().forEach(value -> values.add(regexes.literal(JsonSchema.quoted(value))));
            return regexes.or(values);
        } else if (schema instanceof JsonSchema.Plain plain) {
            return switch (plain) {
                case NUMBER -> number(true);
                case INTEGER -> number(false);
                case BOOLEAN -> regexes.or(regexes.literal("true"), regexes.literal("false"));
            };
        }
        throw new IllegalStateException("a parsed schema within a built one: " + schema);
    }

    private Regex number(boolean fraction) {
        Regex digit = regexes.bytes(ByteSet.range('0', '9'));
        Regex head = regexes.bytes(ByteSet.range('1', '9'));
        List<Regex> forms = new ArrayList<>();
        for (int whole = 1; whole <= MAX_DIGITS; whole++) {
            Regex digits = regexes.concat(head, regexes.repeat(digit, whole - 1, whole - 1));
            Regex number = whole == 1 ? regexes.or(digits, regexes.literal("0")) : digits;
            int places = MAX_DIGITS - whole;
            Regex rest = fraction && places > 0
                    ? regexes.optional(regexes.concat(regexes.literal("."), regexes.repeat(digit, 1, places)))
                    : regexes.epsilon;
            forms.add(regexes.concat(number, rest));
        }
        return regexes.concat(regexes.optional(regexes.literal("-")), regexes.or(forms));
    }
}
