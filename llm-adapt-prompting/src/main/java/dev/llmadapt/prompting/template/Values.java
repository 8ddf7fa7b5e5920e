package dev.llmadapt.prompting.template;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Python's operations on any value: truth, equality, order, membership, iteration.
 *
 * <p>A value is a {@link Text}, {@link Long}, {@link Double}, {@link Boolean}, {@link None}, {@link Undefined},
 * {@link Seq}, {@link Dict}, {@link Stream}, {@link Namespace}, {@link BoundMethod} or something a template can call:
 * {@link Macro}, {@link Loop}, {@link Joiner}, {@link Cycler}.
 */
final class Values {
    private Values() {}

    /** The type of a value as Python's error messages name it. */
    static String typeName(Object value) {
        if (value instanceof Text) {
            return "str";
        } else if (value instanceof Long) {
            return "int";
        } else if (value instanceof Double) {
            return "float";
        } else if (value instanceof Boolean) {
            return "bool";
        } else if (value instanceof None) {
            return "NoneType";
        } else if (value instanceof Seq seq) {
            return seq.kind().pythonName();
        } else if (value instanceof Dict) {
            return "dict";
        } else if (value instanceof Stream) {
            return "generator";
        } else if (value instanceof BoundMethod method) {
            return "method " + method.type() + "." + method.name();
        }
        return value.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
    }

    static boolean isTrue(Object value) {
        if (value instanceof Boolean bool) {
            return bool;
        } else if (value instanceof Text text) {
            return text.length() > 0;
        } else if (value instanceof Long number) {
            return number != 0;
        } else if (value instanceof Double number) {
            return number != 0;
        } else if (value instanceof Seq seq) {
            return seq.size() > 0;
        } else if (value instanceof Dict dict) {
            return dict.size() > 0;
        }
        return !(value instanceof None) && !(value instanceof Undefined);
    }

    static boolean isNumber(Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    /** A boolean as the integer it is in Python. */
    static Object toNumber(Object value) {
        return value instanceof Boolean bool ? (Object) (bool ? 1L : 0L) : value;
    }

    @SuppressWarnings("ReferenceEquality") // what is left at the end has identity and nothing else
    static boolean areEqual(Rendering r, Object a, Object b) {
        r.work(1);
        if (a instanceof Text text) {
            return b instanceof Text other && text.length() == other.length() && sameText(r, text, other);
        } else if (isNumber(a) && isNumber(b)) {
            return sameNumber(toNumber(a), toNumber(b));
        } else if (a instanceof Seq left && b instanceof Seq right) {
            return left.kind() == right.kind() && sameItems(r, left, right);
        } else if (a instanceof Dict left && b instanceof Dict right) {
            return left.size() == right.size() && sameEntries(r, left, right);
        } else if (a instanceof Undefined || a instanceof None) {
            return a.equals(b);
        } else if (a instanceof BoundMethod && b instanceof BoundMethod) {
            throw r.fail("methods cannot be compared");
        }
        return a == b;
    }

    private static boolean sameText(Rendering r, Text a, Text b) {
        r.workOnText(a.length());
        return a.equals(b);
    }

    private static boolean sameNumber(Object a, Object b) {
        if (a instanceof Long left && b instanceof Long right) {
            return left.longValue() == right.longValue();
        }
        double left = ((Number) a).doubleValue();
        double right = ((Number) b).doubleValue();
        return left == right && (a instanceof Double == b instanceof Double || compareNumbers(a, b) == 0);
    }

    private static boolean sameItems(Rendering r, Seq a, Seq b) {
        if (!a.kind().isIndexed()) {
            throw r.fail("views of dictionaries cannot be compared here, make them lists first");
        }
        if (a.size() != b.size()) {
            return false;
        }
        r.enter();
        boolean same = true;
        for (int i = 0; same && i < a.size(); i++) {
            same = areEqual(r, a.items().get(i), b.items().get(i));
        }
        r.leave();
        return same;
    }

    private static boolean sameEntries(Rendering r, Dict a, Dict b) {
        r.enter();
        boolean same = true;
        for (Map.Entry<Object, Object> entry : a.entries().entrySet()) {
            Object other = b.find(r, entry.getKey());
            if (other == null || !areEqual(r, entry.getValue(), other)) {
                same = false;
                break;
            }
        }
        r.leave();
        return same;
    }

    /** Compares two values: below, at or above zero; an error for values without an order. */
    static int compare(Rendering r, Object a, Object b) {
        r.work(1);
        if (isNumber(a) && isNumber(b)) {
            Object left = toNumber(a);
            Object right = toNumber(b);
            if (isNaN(left) || isNaN(right)) {
                throw r.fail("'nan' has no order");
            }
            return compareNumbers(left, right);
        } else if (a instanceof Text left && b instanceof Text right) {
            r.workOnText(Math.min(left.length(), right.length()));
            return left.compareTo(right);
        } else if (a instanceof Seq left
                && b instanceof Seq right
                && left.kind() == right.kind()
                && (left.kind() == Seq.Kind.LIST || left.kind() == Seq.Kind.TUPLE)) {
            return compareItems(r, left, right);
        }
        throw r.fail(undefinedOr(a, b, "'" + typeName(a) + "' and '" + typeName(b) + "' have no order"));
    }

    private static boolean isNaN(Object number) {
        return number instanceof Double value && value.isNaN();
    }

    private static int compareNumbers(Object a, Object b) {
        if (a instanceof Long left && b instanceof Long right) {
            return left.compareTo(right);
        }
        double left = ((Number) a).doubleValue();
        double right = ((Number) b).doubleValue();
        if (left != right || Double.isInfinite(left)) {
            return left == right ? 0 : left < right ? -1 : 1;
        }
        return exact(a).compareTo(exact(b));
    }

    private static BigDecimal exact(Object number) {
        return number instanceof Long value ? BigDecimal.valueOf(value) : new BigDecimal((Double) number);
    }

    private static int compareItems(Rendering r, Seq a, Seq b) {
        r.enter();
        int n = Math.min(a.size(), b.size());
        int order = Integer.compare(a.size(), b.size());
        for (int i = 0; i < n; i++) {
            if (!areEqual(r, a.items().get(i), b.items().get(i))) {
                order = compare(r, a.items().get(i), b.items().get(i));
                break;
            }
        }
        r.leave();
        return order;
    }

    /** Evaluates Python's {@code in}. */
    static boolean contains(Rendering r, Object container, Object value) {
        if (container instanceof Text text) {
            if (value instanceof Text part) {
                return SubstringSearch.indexOf(r, text.chars(), part.chars(), 0) >= 0;
            }
            throw r.fail(undefinedOr(value, value, "a str contains only a str, not '" + typeName(value) + "'"));
        } else if (container instanceof Dict dict) {
            return dict.find(r, requireKey(r, value)) != null;
        }
        for (Iterator<Object> items = iterate(r, container); items.hasNext(); ) {
            if (areEqual(r, items.next(), value)) {
                return true;
            }
        }
        return false;
    }

    /** Returns a value that can be a key of a dictionary; refuses any other. */
    static Object requireKey(Rendering r, Object value) {
        if (isHashable(value)) {
            return value;
        }
        throw r.fail("'" + typeName(value) + "' cannot be a key of a dictionary");
    }

    static boolean isHashable(Object value) {
        return value instanceof Text || isNumber(value) || value instanceof None || value instanceof Undefined;
    }

    /** Iterates over the elements of a value. */
    static Iterator<Object> iterate(Rendering r, Object value) {
        if (value instanceof Stream stream) {
            return stream.rest();
        }
        return elements(r, value).iterator();
    }

    /** The list of all elements; reads a stream to its end. Costs a step for each. */
    static List<Object> elements(Rendering r, Object value) {
        if (value instanceof Seq seq) {
            r.work(seq.size());
            return seq.items();
        } else if (value instanceof Dict dict) {
            r.work(dict.size() + Rendering.ALLOCATION);
            return List.copyOf(dict.entries().keySet());
        } else if (value instanceof Text text) {
            return Collections.unmodifiableList(Strings.characters(r, text));
        } else if (value instanceof Undefined) {
            return Collections.emptyList();
        } else if (value instanceof Stream stream) {
            List<Object> rest = new ArrayList<>();
            r.work(Rendering.ALLOCATION);
            while (stream.rest().hasNext()) {
                r.work(1);
                rest.add(stream.rest().next());
            }
            return Collections.unmodifiableList(rest);
        }
        throw r.fail("'" + typeName(value) + "' has no elements to go through");
    }

    /** Evaluates Python's {@code len}. */
    static long length(Rendering r, Object value) {
        if (value instanceof Text text) {
            return Strings.length(r, text);
        } else if (value instanceof Seq seq) {
            return seq.size();
        } else if (value instanceof Dict dict) {
            return dict.size();
        } else if (value instanceof Undefined) {
            return 0;
        } else if (value instanceof Loop loop) {
            return loop.length();
        }
        throw r.fail("'" + typeName(value) + "' has no length");
    }

    /** The message for an operation that failed: that an operand is undefined, if that is the cause. */
    static String undefinedOr(Object a, Object b, String otherwise) {
        return a instanceof Undefined missing
                ? missing.reason()
                : b instanceof Undefined missing ? missing.reason() : otherwise;
    }
}
