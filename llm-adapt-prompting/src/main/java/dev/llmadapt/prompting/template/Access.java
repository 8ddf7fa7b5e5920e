package dev.llmadapt.prompting.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Access to attributes, elements and slices, with the detours of Jinja's sandbox: {@code d.x} looks for Python's
 * attribute first and the key second, {@code d['x']} the other way round. Only maps, lists, texts and loops have
 * elements.
 */
final class Access {
    /** The methods of Python's types, so that a method's name is defined where it is in Python. */
    private static final Map<String, Set<String>> METHODS = Map.of(
            "str", names("""
                    capitalize casefold center count encode endswith expandtabs find format format_map index isalnum \
                    isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle \
                    isupper join ljust lower lstrip maketrans partition removeprefix removesuffix replace rfind rindex \
                    rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate \
                    upper zfill"""),
            "dict", names("copy fromkeys get items keys values"),
            "list", names("copy count index"),
            "tuple", names("count index"),
            "range", names("count index"));

    /** The methods that change their receiver: the sandbox hides them, and a key of the same name with them. */
    private static final Set<String> CHANGING_A_DICT = names("clear pop popitem setdefault update");

    private static final Set<String> REFUSED_ON_NUMBERS = names("""
            real imag numerator denominator conjugate bit_length bit_count to_bytes from_bytes as_integer_ratio \
            is_integer hex fromhex""");

    /** The largest step that makes a difference, as no sequence is longer. */
    private static final long MAX_STEP = 1L << 32;

    private Access() {}

    private static Set<String> names(String names) {
        return Set.of(names.split(" "));
    }

    /** Evaluates {@code target.name}. */
    static Object attribute(Rendering r, Object target, Text name) {
        if (target instanceof Dict dict) {
            Object own = ownAttribute(r, dict, name.chars());
            Object value = own == null ? dict.find(r, name) : own;
            return value == null ? missing(target, name) : value;
        }
        Object own = ownAttribute(r, target, name.chars());
        return own == null ? missing(target, name) : own;
    }

    /** Evaluates {@code target[key]}. */
    static Object item(Rendering r, Object target, Object key) {
        Object found = null;
        if (target instanceof Dict dict) {
            found = Values.isHashable(key) ? dict.find(r, key) : null;
        } else if (target instanceof Seq seq && seq.kind().isIndexed() && isInteger(key)) {
            int index = index(((Number) Values.toNumber(key)).longValue(), seq.size());
            found = index < 0 ? null : seq.items().get(index);
        } else if (target instanceof Text text && isInteger(key)) {
            Text character = Strings.characterAt(r, text, ((Number) Values.toNumber(key)).longValue());
            found = character != null && text.isMarkup() ? character.asMarkup() : character;
        }
        if (found == null && key instanceof Text name) {
            found = ownAttribute(r, target, name.chars());
        }
        if (found == null && target instanceof Undefined undefined) {
            throw r.fail(undefined.reason());
        }
        return found == null ? missing(target, key) : found;
    }

    private static boolean isInteger(Object key) {
        return key instanceof Long || key instanceof Boolean;
    }

    /** Resolves an index that may count from the end; -1 where there is no such element. */
    static int index(long index, int size) {
        long resolved = index < 0 ? index + size : index;
        return resolved < 0 || resolved >= size ? -1 : (int) resolved;
    }

    /** The member of Python's type, not of its content, with a name; null if there is none. */
    private static @Nullable Object ownAttribute(Rendering r, Object target, String name) {
        if (target instanceof Undefined undefined) {
            throw r.fail(undefined.reason());
        } else if (target instanceof Namespace namespace) {
            return namespace.attributes().get(name);
        } else if (target instanceof Loop loop) {
            return loop.attribute(name);
        } else if (target instanceof Cycler cycler && name.equals("current")) {
            return cycler.current();
        } else if (target instanceof Dict && CHANGING_A_DICT.contains(name)) {
            return new Undefined("'" + name + "' would change the dictionary, which a template must not");
        } else if (Values.isNumber(target) && REFUSED_ON_NUMBERS.contains(name)) {
            throw r.fail("attributes of numbers are not supported, got '" + name + "'");
        } else if (target instanceof Macro || target instanceof Joiner || target instanceof BoundMethod) {
            throw r.fail("'" + Values.typeName(target) + "' has no attributes here, got '" + name + "'");
        }
        String type = Values.typeName(target);
        Set<String> methods = METHODS.get(type);
        return methods != null && methods.contains(name) ? new BoundMethod(type, name) : null;
    }

    private static Undefined missing(Object target, Object key) {
        return new Undefined("'" + Values.typeName(target) + "' has no "
                + (key instanceof Text text ? "'" + shorten(text.chars()) + "'" : "such element"));
    }

    /** Shortens a text so that it fits into an error. */
    static String shorten(String text) {
        return text.length() > 300 ? text.substring(0, 300) + "..." : text;
    }

    /** Evaluates {@code target[from:to:step]}; a bound is an integer or None. */
    static Object slice(Rendering r, Object target, Object from, Object to, Object step) {
        long by = step instanceof None ? 1 : Math.max(-MAX_STEP, Math.min(MAX_STEP, bound(r, step)));
        if (by == 0) {
            throw r.fail("the step of a slice must not be 0");
        }
        if (target instanceof Text text) {
            Text slice = Strings.slice(r, text, Slice.of(r, from, to, by, Strings.length(r, text)));
            return text.isMarkup() ? slice.asMarkup() : slice;
        } else if (target instanceof Seq seq && seq.kind().isIndexed()) {
            if (seq.kind() == Seq.Kind.RANGE) {
                throw r.fail("a range cannot be sliced here, make it a list first");
            }
            Slice slice = Slice.of(r, from, to, by, seq.size());
            r.work(Rendering.ALLOCATION + slice.count());
            List<Object> items = new ArrayList<>(slice.count());
            for (int i = 0; i < slice.count(); i++) {
                items.add(seq.items().get(slice.at(i)));
            }
            return new Seq(seq.kind(), items);
        }
        throw r.fail(Values.undefinedOr(target, target, "'" + Values.typeName(target) + "' cannot be sliced"));
    }

    private static long bound(Rendering r, Object value) {
        if (isInteger(value)) {
            return ((Number) Values.toNumber(value)).longValue();
        }
        throw r.fail(Values.undefinedOr(value, value, "a slice takes integers, got '" + Values.typeName(value) + "'"));
    }

    /** The indices of a slice: {@code count} of them from {@code start} on, {@code step} apart. */
    record Slice(long start, long step, int count) {
        static Slice of(Rendering r, Object from, Object to, long step, int size) {
            long start = from instanceof None ? (step > 0 ? 0 : size - 1L) : clip(bound(r, from), step, size);
            long end = to instanceof None ? (step > 0 ? size : -1L) : clip(bound(r, to), step, size);
            long distance = step > 0 ? end - start : start - end;
            return new Slice(start, step, distance <= 0 ? 0 : (int) ((distance - 1) / Math.abs(step) + 1));
        }

        private static long clip(long bound, long step, int size) {
            long resolved = bound < 0 ? bound + size : bound;
            return step > 0 ? Math.min(Math.max(resolved, 0), size) : Math.min(Math.max(resolved, -1), size - 1L);
        }

        int at(int index) {
            return (int) (start + index * step);
        }
    }
}
