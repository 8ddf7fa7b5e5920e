package dev.llmadapt.prompting.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** The methods that templates can call on values, one row each, by the type they belong to. */
final class Methods {
    private static final Map<String, Map<String, Builtin>> BY_TYPE = Map.of(
            "str", strMethods(),
            "dict", dictMethods(),
            "list", sequenceMethods(),
            "tuple", sequenceMethods(),
            "loop", loopMethods(),
            "cycler", cyclerMethods());

    private Methods() {}

    /** Finds the methods of a name, by type; empty if no type has one. */
    static Map<String, Builtin> named(String name) {
        Map<String, Builtin> found = new java.util.TreeMap<>();
        BY_TYPE.forEach((type, rows) -> {
            Builtin row = rows.get(name);
            if (row != null) {
                found.put(type, row);
            }
        });
        return found;
    }

    private static Map<String, Builtin> strMethods() {
        return new Builtin.Table(true)
                .row("strip", "chars?", (r, v, a) -> Strings.strip(r, (Text) v, a.optionalText(0), true, true))
                .row("lstrip", "chars?", (r, v, a) -> Strings.strip(r, (Text) v, a.optionalText(0), true, false))
                .row("rstrip", "chars?", (r, v, a) -> Strings.strip(r, (Text) v, a.optionalText(0), false, true))
                .row("upper", "", (r, v, a) -> Strings.upper(r, (Text) v))
                .row("lower", "", (r, v, a) -> Strings.lower(r, (Text) v))
                .row("title", "", (r, v, a) -> Strings.title(r, (Text) v))
                .row("capitalize", "", (r, v, a) -> Strings.capitalize(r, (Text) v))
                .row(
                        "replace",
                        "old new count?",
                        (r, v, a) -> Strings.replace(
                                r,
                                (Text) v,
                                a.text(0),
                                Strings.fitting(r, (Text) v, a.text(1)),
                                a.has(2) ? a.integer(2) : -1))
                .row(
                        "split",
                        "sep? maxsplit?",
                        (r, v, a) -> Seq.list(Splitting.split(r, (Text) v, a.optionalText(0), limit(a, 1))))
                .row(
                        "rsplit",
                        "sep? maxsplit?",
                        (r, v, a) -> Seq.list(Splitting.splitFromRight(r, (Text) v, a.optionalText(0), limit(a, 1))))
                .row(
                        "splitlines",
                        "keepends?",
                        (r, v, a) -> Seq.list(new ArrayList<>(Strings.lines(r, (Text) v, a.flag(0)))))
                .row("partition", "sep", (r, v, a) -> Splitting.partition(r, (Text) v, a.text(0), false))
                .row("rpartition", "sep", (r, v, a) -> Splitting.partition(r, (Text) v, a.text(0), true))
                .row("startswith", "prefix start? end?", (r, v, a) -> affix(r, (Text) v, a, true))
                .row("endswith", "suffix start? end?", (r, v, a) -> affix(r, (Text) v, a, false))
                .row("removeprefix", "prefix", (r, v, a) -> {
                    Text text = (Text) v;
                    return text.chars().startsWith(a.text(0).chars())
                            ? Strings.part(r, text, a.text(0).length(), text.length())
                            : text;
                })
                .row("removesuffix", "suffix", (r, v, a) -> {
                    Text text = (Text) v;
                    return text.chars().endsWith(a.text(0).chars())
                            ? Strings.part(r, text, 0, text.length() - a.text(0).length())
                            : text;
                })
                .row("find", "sub", (r, v, a) -> position(r, (Text) v, a.text(0), false))
                .row("rfind", "sub", (r, v, a) -> position(r, (Text) v, a.text(0), true))
                .row("index", "sub", (r, v, a) -> {
                    long position = position(r, (Text) v, a.text(0), false);
                    if (position < 0) {
                        throw r.fail("substring not found");
                    }
                    return position;
                })
                .row("count", "sub", (r, v, a) -> Splitting.count(r, (Text) v, a.text(0)))
                .row("join", "iterable", (r, v, a) -> join(r, (Text) v, a.get(0)))
                .row("isspace", "", (r, v, a) -> all((Text) v, Characters::isSpace))
                .row("isalpha", "", (r, v, a) -> all((Text) v, Character::isLetter))
                .row("isdecimal", "", (r, v, a) -> all((Text) v, Character::isDigit))
                .row("isdigit", "", (r, v, a) -> isDigit(r, (Text) v))
                .row("isalnum", "", (r, v, a) -> all((Text) v, Methods::isAlphanumeric))
                .row("isupper", "", (r, v, a) -> isCase((Text) v, true))
                .row("islower", "", (r, v, a) -> isCase((Text) v, false))
                .rows();
    }

    private static Map<String, Builtin> dictMethods() {
        return new Builtin.Table()
                .row("get", "key default?", (r, v, a) -> {
                    Object value = ((Dict) v).find(r, Values.requireKey(r, a.get(0)));
                    return value == null ? a.get(1, None.NONE) : value;
                })
                .row("items", "", (r, v, a) -> new Seq(Seq.Kind.ITEMS, entries(r, (Dict) v)))
                .row("keys", "", (r, v, a) -> new Seq(Seq.Kind.KEYS, Values.elements(r, v)))
                .row("values", "", (r, v, a) -> {
                    r.work(Rendering.ALLOCATION + ((Dict) v).size());
                    return new Seq(
                            Seq.Kind.VALUES,
                            new ArrayList<>(((Dict) v).entries().values()));
                })
                .row("copy", "", (r, v, a) -> v)
                .rows();
    }

    private static Map<String, Builtin> sequenceMethods() {
        return new Builtin.Table()
                .row("index", "value", (r, v, a) -> {
                    List<Object> items = ((Seq) v).items();
                    for (int i = 0; i < items.size(); i++) {
                        if (Values.areEqual(r, items.get(i), a.get(0))) {
                            return (long) i;
                        }
                    }
                    throw r.fail("the value is not in the " + Values.typeName(v));
                })
                .row("count", "value", (r, v, a) -> {
                    long count = 0;
                    for (Object item : ((Seq) v).items()) {
                        count += Values.areEqual(r, item, a.get(0)) ? 1 : 0;
                    }
                    return count;
                })
                .rows();
    }

    private static Map<String, Builtin> loopMethods() {
        return new Builtin.Table()
                .row("cycle", "*", (r, v, a) -> ((Loop) v).cycle(r, a.values()))
                .row("changed", "*", (r, v, a) -> ((Loop) v).changed(r, a.values()))
                .rows();
    }

    private static Map<String, Builtin> cyclerMethods() {
        return new Builtin.Table()
                .row("next", "", (r, v, a) -> ((Cycler) v).next())
                .row("reset", "", (r, v, a) -> {
                    ((Cycler) v).reset();
                    return None.NONE;
                })
                .rows();
    }

    /** The entries of a dictionary as pairs. */
    static List<Object> entries(Rendering r, Dict dict) {
        r.work(Rendering.ALLOCATION * (1L + dict.size()));
        List<Object> pairs = new ArrayList<>(dict.size());
        dict.entries().forEach((key, value) -> pairs.add(Seq.tuple(key, value)));
        return Collections.unmodifiableList(pairs);
    }

    private static long limit(Args args, int index) {
        return args.has(index) ? args.integer(index) : -1;
    }

    private static Object affix(Rendering r, Text text, Args args, boolean prefix) {
        Text part = text;
        if (args.has(1)) {
            part = (Text) Access.slice(r, text, args.get(1), args.get(2, None.NONE), None.NONE);
            if (Values.toNumber(args.get(1)) instanceof Long start && start > Strings.length(r, text)) {
                return false;
            }
        }
        List<Object> options =
                args.get(0) instanceof Seq seq && seq.kind() == Seq.Kind.TUPLE ? seq.items() : List.of(args.text(0));
        for (Object option : options) {
            if (!(option instanceof Text affix)) {
                throw r.fail("expected strs to begin or end with, got '" + Values.typeName(option) + "'");
            }
            r.workOnText(affix.length());
            if (prefix ? part.chars().startsWith(affix.chars()) : part.chars().endsWith(affix.chars())) {
                return true;
            }
        }
        return false;
    }

    private static long position(Rendering r, Text text, Text part, boolean last) {
        int found = last
                ? SubstringSearch.lastIndexOf(r, text.chars(), part.chars(), text.length())
                : SubstringSearch.indexOf(r, text.chars(), part.chars(), 0);
        return found < 0 ? -1 : text.chars().codePointCount(0, found);
    }

    private static Object join(Rendering r, Text separator, Object iterable) {
        List<Text> parts = new ArrayList<>();
        for (Object item : Values.elements(r, iterable)) {
            if (!(item instanceof Text text)) {
                throw r.fail("join takes strs, got '" + Values.typeName(item) + "'");
            }
            parts.add(Strings.fitting(r, separator, text));
        }
        return Strings.join(r, separator, parts);
    }

    private static boolean all(Text text, java.util.function.IntPredicate predicate) {
        return text.length() > 0 && text.chars().codePoints().allMatch(predicate);
    }

    private static boolean isAlphanumeric(int c) {
        int type = Character.getType(c);
        return Character.isLetterOrDigit(c) || type == Character.LETTER_NUMBER || type == Character.OTHER_NUMBER;
    }

    private static boolean isDigit(Rendering r, Text text) {
        if (text.chars().codePoints().anyMatch(c -> Character.getType(c) == Character.OTHER_NUMBER)) {
            throw r.fail("isdigit is not supported for digits such as superscripts");
        }
        return all(text, Character::isDigit);
    }

    /** Whether a text has cased characters and all of them are of one case. */
    static boolean isCase(Text text, boolean upper) {
        return text.chars().codePoints().anyMatch(Characters::isCased)
                && text.chars()
                        .codePoints()
                        .filter(Characters::isCased)
                        .allMatch(upper ? Character::isUpperCase : Character::isLowerCase);
    }
}
