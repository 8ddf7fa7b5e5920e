package dev.llmadapt.prompting.template;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The filters, one row each, as Jinja 3.1 and Hugging Face define them. */
final class Filters {
    private static final Map<String, Builtin> ROWS = new Builtin.Table()
            .keepingRow("trim", "chars?", (r, v, a) -> Strings.strip(r, text(r, v), a.optionalText(0), true, true))
            .keepingRow("upper", "", (r, v, a) -> Strings.upper(r, text(r, v)))
            .keepingRow("lower", "", (r, v, a) -> Strings.lower(r, text(r, v)))
            .row("title", "", (r, v, a) -> Strings.titleWords(r, text(r, v).asPlain()))
            .keepingRow("capitalize", "", (r, v, a) -> Strings.capitalize(r, text(r, v)))
            .keepingRow("string", "", (r, v, a) -> text(r, v))
            .row(
                    "replace",
                    "old new count?",
                    (r, v, a) -> Strings.replace(
                            r,
                            text(r, v).asPlain(),
                            text(r, a.get(0)),
                            text(r, a.get(1)).asPlain(),
                            a.integer(2, -1)))
            .keepingRow("indent", "width? first? blank?", Filters::indent)
            .row("safe", "", (r, v, a) -> text(r, v).asMarkup())
            .row("escape e", "", (r, v, a) -> Strings.escape(r, text(r, v)))
            .row("tojson", "ensure_ascii? indent? separators? sort_keys?", Filters::toJson)
            .row(
                    "default d",
                    "default_value? boolean?",
                    (r, v, a) -> v instanceof Undefined || (a.flag(1) && !Values.isTrue(v)) ? a.get(0, Text.EMPTY) : v)
            .row("length count", "", (r, v, a) -> Values.length(r, v))
            .row("first", "", (r, v, a) -> {
                Iterator<Object> items = Values.iterate(r, v);
                return items.hasNext() ? items.next() : new Undefined("an empty sequence has no first item");
            })
            .keepingRow("last", "", Filters::last)
            .row("list", "", (r, v, a) -> list(r, v))
            .row("items", "", Filters::items)
            .row("join", "d? attribute?", Filters::join)
            .keepingRow("reverse", "", Filters::reverse)
            .row("sort", "reverse? case_sensitive? attribute?", (r, v, a) -> {
                Key key = key(r, a, 1, 2);
                return Seq.list(sorted(r, Values.elements(r, v), key, a.flag(0)));
            })
            .row("dictsort", "case_sensitive? by? reverse?", Filters::dictSort)
            .row("unique", "case_sensitive? attribute?", Filters::unique)
            .row("min", "case_sensitive? attribute?", (r, v, a) -> extreme(r, v, key(r, a, 0, 1), -1))
            .row("max", "case_sensitive? attribute?", (r, v, a) -> extreme(r, v, key(r, a, 0, 1), 1))
            .row("sum", "attribute? start?", Filters::sum)
            .row("int", "default? base?", Filters::toInteger)
            .row("float", "default?", Filters::toReal)
            .row("abs", "", (r, v, a) -> {
                Object number = Arithmetic.requireNumber(r, v);
                boolean negative = number instanceof Double real ? Math.copySign(1, real) < 0 : (Long) number < 0;
                return negative ? Arithmetic.negate(r, number) : number;
            })
            .row("round", "precision? method?", Filters::round)
            .rows();

    private Filters() {}

    /** Finds a filter by name; the error for an unknown one lists them all. */
    static Builtin named(String name) {
        Builtin row = ROWS.get(name);
        if (row == null) {
            throw new UnknownConstruct("unknown filter '" + name + "', known are " + sortedNames(ROWS));
        }
        return row;
    }

    static String sortedNames(Map<String, Builtin> rows) {
        return rows.keySet().stream().sorted().collect(Collectors.joining(", "));
    }

    /** The text of a value: text filters take any value and print it first. */
    private static Text text(Rendering r, Object value) {
        return Printer.toText(r, value);
    }

    /** A new list of a value's elements, whose steps are counted. */
    private static Seq list(Rendering r, Object value) {
        r.work(Rendering.ALLOCATION);
        return Seq.list(new ArrayList<>(Values.elements(r, value)));
    }

    private static Object indent(Rendering r, Object value, Args args) {
        if (!(value instanceof Text text)) {
            throw r.fail(
                    Values.undefinedOr(value, value, "'indent' takes a str, got '" + Values.typeName(value) + "'"));
        }
        Text indentation = args.has(0) && args.get(0) instanceof Text given
                ? given
                : Strings.repeat(r, Text.literal(" "), args.integer(0, 4));
        TextBuilder out = r.text();
        List<Text> lines = Strings.lines(r, Strings.concat(r, text, Text.literal("\n")), false);
        for (int i = 0; i < lines.size(); i++) {
            boolean indented =
                    i == 0 ? args.flag(1) : args.flag(2) || lines.get(i).length() > 0;
            out.append(i == 0 ? "" : "\n")
                    .append(indented ? indentation : Text.EMPTY)
                    .append(lines.get(i));
        }
        return out.toText();
    }

    private static Object toJson(Rendering r, Object value, Args args) {
        Object indent = args.get(1, None.NONE);
        Text indentation = indent instanceof None
                ? null
                : indent instanceof Text given ? given : Strings.repeat(r, Text.literal(" "), args.integer(1));
        Text itemSeparator = Text.literal(indentation == null ? ", " : ",");
        Text keySeparator = Text.literal(": ");
        if (args.has(2) && !(args.get(2) instanceof None)) {
            List<Object> separators = Values.elements(r, args.get(2));
            if (separators.size() != 2
                    || !(separators.get(0) instanceof Text item)
                    || !(separators.get(1) instanceof Text key)) {
                throw r.fail("'separators' must be two strs, (item, key)");
            }
            itemSeparator = item;
            keySeparator = key;
        }
        return ToJson.write(
                r, value, new ToJson.Options(args.flag(0), indentation, itemSeparator, keySeparator, args.flag(3)));
    }

    private static Object last(Rendering r, Object value, Args args) {
        if (value instanceof Stream) {
            throw r.fail("a 'generator' has no last item, make it a list first");
        }
        List<Object> items = Values.elements(r, value);
        return items.isEmpty() ? new Undefined("an empty sequence has no last item") : items.get(items.size() - 1);
    }

    private static Object items(Rendering r, Object value, Args args) {
        if (value instanceof Undefined) {
            return new Stream(Collections.emptyIterator());
        } else if (value instanceof Dict dict) {
            return new Stream(Methods.entries(r, dict).iterator());
        }
        throw r.fail("'items' takes a dictionary, got '" + Values.typeName(value) + "'");
    }

    private static Object join(Rendering r, Object value, Args args) {
        Selection.Attributes path = attribute(r, args, 1);
        List<Text> parts = new ArrayList<>();
        for (Object item : Values.elements(r, value)) {
            parts.add(text(r, path == null ? item : path.of(r, item, null)));
        }
        return Strings.join(r, text(r, args.get(0, Text.EMPTY)), parts).asPlain();
    }

    private static Object reverse(Rendering r, Object value, Args args) {
        if (value instanceof Text) {
            return Access.slice(r, value, None.NONE, None.NONE, -1L);
        }
        r.work(Rendering.ALLOCATION);
        List<Object> items = new ArrayList<>(Values.elements(r, value));
        Collections.reverse(items);
        return value instanceof Stream ? Seq.list(items) : new Stream(items.iterator());
    }

    /** The key by which elements are compared. */
    @FunctionalInterface
    private interface Key {
        Object of(Object item);
    }

    /** The key that is an attribute, or the element itself; texts in lower case unless case matters. */
    private static Key key(Rendering r, Args args, int caseSensitive, int attribute) {
        Selection.Attributes path = attribute(r, args, attribute);
        boolean exact = args.flag(caseSensitive);
        return item -> {
            Object value = path == null ? item : path.of(r, item, null);
            return !exact && value instanceof Text text ? Strings.lower(r, text) : value;
        };
    }

    private static Selection.@Nullable Attributes attribute(Rendering r, Args args, int index) {
        if (!args.has(index) || args.get(index) instanceof None) {
            return null;
        }
        if (args.get(index) instanceof Text name && name.chars().indexOf(',') >= 0) {
            throw r.fail("only one attribute is supported, got '" + name + "'");
        }
        return Selection.Attributes.of(r, args.get(index));
    }

    private record Keyed(Object key, Object item) {}

    private static List<Object> sorted(Rendering r, List<Object> items, Key key, boolean reverse) {
        r.work(Rendering.ALLOCATION * (1L + items.size()));
        List<Keyed> keyed = new ArrayList<>(items.size());
        items.forEach(item -> keyed.add(new Keyed(key.of(item), item)));
        keyed.sort((a, b) -> reverse ? Values.compare(r, b.key, a.key) : Values.compare(r, a.key, b.key));
        List<Object> sorted = new ArrayList<>(items.size());
        keyed.forEach(k -> sorted.add(k.item));
        return sorted;
    }

    private static Object dictSort(Rendering r, Object value, Args args) {
        if (!(value instanceof Dict dict)) {
            throw r.fail(Values.undefinedOr(
                    value, value, "'dictsort' takes a dictionary, got '" + Values.typeName(value) + "'"));
        }
        String by = args.has(1) ? args.text(1).chars() : "key";
        if (!by.equals("key") && !by.equals("value")) {
            throw r.fail("'by' must be 'key' or 'value'");
        }
        boolean exact = args.flag(0);
        Key key = entry -> {
            Object part = ((Seq) entry).items().get(by.equals("key") ? 0 : 1);
            return !exact && part instanceof Text text ? Strings.lower(r, text) : part;
        };
        return Seq.list(sorted(r, Methods.entries(r, dict), key, args.flag(2)));
    }

    private static Object unique(Rendering r, Object value, Args args) {
        Key key = key(r, args, 0, 1);
        Set<Object> seen = new HashSet<>();
        List<Object> unique = new ArrayList<>();
        for (Object item : Values.elements(r, value)) {
            Object by = Values.requireKey(r, Values.toNumber(key.of(item)));
            r.work(Rendering.ALLOCATION);
            boolean whole = by instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1L << 53;
            if (seen.add(whole ? (Object) ((Double) by).longValue() : by)) {
                unique.add(item);
            }
        }
        return new Stream(unique.iterator());
    }

    private static Object extreme(Rendering r, Object value, Key key, int sign) {
        List<Object> items = Values.elements(r, value);
        if (items.isEmpty()) {
            return new Undefined("an empty sequence has no smallest or largest item");
        }
        Object best = items.get(0);
        Object bestKey = key.of(best);
        for (Object item : items.subList(1, items.size())) {
            Object by = key.of(item);
            if (Values.compare(r, by, bestKey) * sign > 0) {
                best = item;
                bestKey = by;
            }
        }
        return best;
    }

    private static Object sum(Rendering r, Object value, Args args) {
        Selection.Attributes path = attribute(r, args, 0);
        Object sum = args.get(1, 0L);
        if (sum instanceof Text) {
            throw r.fail("'sum' does not add texts, use 'join'");
        }
        for (Object item : Values.elements(r, value)) {
            sum = Arithmetic.apply(r, Arithmetic.Operator.ADD, sum, path == null ? item : path.of(r, item, null));
        }
        return sum;
    }

    private static Object toInteger(Rendering r, Object value, Args args) {
        Object otherwise = args.get(0, 0L);
        if (value instanceof Text text) {
            int base = (int) Math.max(0, Math.min(99, args.integer(1, 10)));
            if (base != 2 && base != 8 && base != 10 && base != 16) {
                throw r.fail("'base' must be 2, 8, 10 or 16");
            }
            Long integer = Numbers.parseInteger(r, text, base);
            Double real = integer == null ? Numbers.parseReal(r, text) : null;
            return integer != null ? integer : real != null ? truncated(r, real, otherwise) : otherwise;
        } else if (Values.toNumber(value) instanceof Long integer) {
            return integer;
        } else if (value instanceof Double real) {
            return truncated(r, real, otherwise);
        } else if (value instanceof Undefined undefined) {
            throw r.fail(undefined.reason());
        }
        return otherwise;
    }

    private static Object truncated(Rendering r, double real, Object otherwise) {
        if (Double.isNaN(real) || Double.isInfinite(real)) {
            return otherwise;
        }
        if (Math.abs(real) >= 0x1p63) {
            throw r.fail("an integer does not fit into 64 bits: " + real);
        }
        return (long) real;
    }

    private static Object toReal(Rendering r, Object value, Args args) {
        if (value instanceof Undefined undefined) {
            throw r.fail(undefined.reason());
        } else if (value instanceof Text text) {
            Double real = Numbers.parseReal(r, text);
            return real == null ? args.get(0, 0.0) : real;
        }
        return Values.isNumber(value) ? (Object) ((Number) Values.toNumber(value)).doubleValue() : args.get(0, 0.0);
    }

    /** Rounds as Python does: the exact value of a float, half to even; an integer stays one. */
    private static Object round(Rendering r, Object value, Args args) {
        Object number = Arithmetic.requireNumber(r, value);
        long precision = args.integer(0, 0);
        String method = args.has(1) ? args.text(1).chars() : "common";
        if (Math.abs(precision) > 300) {
            throw r.fail("'precision' must be between -300 and 300");
        }
        if (method.equals("common")) {
            if (number instanceof Long integer && precision >= 0) {
                return integer;
            }
            BigDecimal exact = number instanceof Long integer
                    ? BigDecimal.valueOf(integer)
                    : new BigDecimal(finite(r, (Double) number));
            BigDecimal rounded = exact.setScale((int) precision, RoundingMode.HALF_EVEN);
            return number instanceof Long
                    ? (Object) rounded.longValue()
                    : (Object) Math.copySign(rounded.doubleValue(), (Double) number);
        }
        if (!method.equals("ceil") && !method.equals("floor")) {
            throw r.fail("'method' must be 'common', 'ceil' or 'floor'");
        }
        if (precision != 0) {
            throw r.fail("'" + method + "' is supported for whole numbers only");
        }
        double real = finite(r, ((Number) number).doubleValue());
        return (method.equals("ceil") ? Math.ceil(real) : Math.floor(real)) + 0.0;
    }

    private static double finite(Rendering r, double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw r.fail("cannot round " + Numbers.repr(value));
        }
        return value;
    }
}
