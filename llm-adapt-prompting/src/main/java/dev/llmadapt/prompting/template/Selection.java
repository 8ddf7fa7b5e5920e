package dev.llmadapt.prompting.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A filter that applies a filter or a test to each element: {@code map}, {@code select}, {@code reject},
 * {@code selectattr}, {@code rejectattr}. The function is named by a constant, so that it is checked on loading.
 *
 * @param kind whether elements are replaced or chosen
 * @param attribute the attribute to use instead of the element itself
 * @param attributeDefault for {@code map}, the value of a missing attribute
 * @param function the filter or the test; without one, the attribute itself or its truth
 * @param arguments the arguments of the function
 */
record Selection(
        Kind kind,
        @Nullable Expression attribute,
        @Nullable Expression attributeDefault,
        @Nullable Builtin function,
        List<Expression> arguments) {
    enum Kind {
        MAP,
        SELECT,
        REJECT
    }

    static boolean isSelection(String filter) {
        return switch (filter) {
            case "map", "select", "reject", "selectattr", "rejectattr" -> true;
            default -> false;
        };
    }

    /** Interprets the arguments of such a filter. */
    static Selection of(String filter, Signature.Given given, int line) {
        if (filter.equals("map") && given.positional().isEmpty()) {
            List<Expression> bound = Signature.of("attribute default?").bind(given, "filter 'map'", line);
            return new Selection(Kind.MAP, bound.get(0), given.named().get("default"), null, List.of());
        }
        Kind kind = filter.equals("map") ? Kind.MAP : filter.startsWith("select") ? Kind.SELECT : Kind.REJECT;
        List<Expression> rest = new ArrayList<>(given.positional());
        Expression attribute = null;
        if (filter.endsWith("attr")) {
            if (rest.isEmpty()) {
                throw new UnknownConstruct("filter '" + filter + "' needs an attribute's name");
            }
            attribute = rest.remove(0);
        }
        if (rest.isEmpty()) {
            if (!given.named().isEmpty()) {
                throw new UnknownConstruct("filter '" + filter + "' takes no such named arguments");
            }
            return new Selection(kind, attribute, null, null, List.of());
        }
        if (!(rest.remove(0) instanceof Expression.Literal literal && literal.value() instanceof Text name)) {
            throw new UnknownConstruct("filter '" + filter + "' must name what it applies by a constant");
        }
        Builtin function = kind == Kind.MAP ? Filters.named(name.chars()) : Tests.named(name.chars());
        String what = (kind == Kind.MAP ? "filter '" : "test '") + name + "'";
        return new Selection(
                kind,
                attribute,
                null,
                function,
                function.signature().bind(new Signature.Given(rest, given.named()), what, line));
    }

    Object apply(Rendering r, Object items, int line) {
        List<Object> result = new ArrayList<>();
        r.work(Rendering.ALLOCATION);
        Attributes path = attribute == null ? null : Attributes.of(r, r.evaluate(attribute));
        Object missing = attributeDefault == null ? null : r.evaluate(attributeDefault);
        Args args = new Args(r, Expression.evaluateAll(r, arguments));
        r.at(line);
        if (!Values.isTrue(items)) {
            return new Stream(result.iterator());
        }
        for (Iterator<Object> each = Values.iterate(r, items); each.hasNext(); ) {
            r.work(1);
            Object item = each.next();
            Object seen = path == null ? item : path.of(r, item, missing);
            Object value = function == null ? seen : function.apply(r, seen, args);
            if (kind == Kind.MAP) {
                result.add(value);
            } else if (r.isTrue(value) == (kind == Kind.SELECT)) {
                result.add(item);
            }
        }
        return new Stream(result.iterator());
    }

    /**
     * An attribute's path, {@code a.b.0}.
     *
     * @param parts its names and integers
     */
    record Attributes(List<Object> parts) {
        static Attributes of(Rendering r, Object attribute) {
            if (!(attribute instanceof Text path)) {
                return new Attributes(List.of(attribute));
            }
            List<Object> parts = new ArrayList<>();
            r.work(path.length());
            for (String part : path.chars().split("\\.", -1)) {
                boolean index =
                        !part.isEmpty() && part.length() < 10 && part.chars().allMatch(c -> c >= '0' && c <= '9');
                parts.add(index ? (Object) Long.valueOf(part) : Text.literal(part));
            }
            return new Attributes(parts);
        }

        /** The attribute of an element; undefined or the default where it is missing. */
        Object of(Rendering r, Object item, @Nullable Object missing) {
            Object value = item;
            for (Object part : parts) {
                value = Access.item(r, value, part);
                if (missing != null && !(missing instanceof None) && value instanceof Undefined) {
                    value = missing;
                }
            }
            return value;
        }
    }
}
