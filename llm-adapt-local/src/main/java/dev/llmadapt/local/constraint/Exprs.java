package dev.llmadapt.local.constraint;

import dev.llmadapt.local.constraint.Expr.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The expressions of one schema: builds them in a normal form and negates them. Not thread-safe. */
final class Exprs {
    private static final int MAX_EXPRESSIONS = 300_000;

    private final Map<Expr.Key, Expr> known = new HashMap<>();
    private final Map<Expr, Expr> negations = new HashMap<>();

    final Expr yes = make(Kind.TRUE, List.of(), 0, "");
    final Expr no = make(Kind.FALSE, List.of(), 0, "");

    private Expr make(Expr.Key key) {
        Expr found = known.get(key);
        if (found == null) {
            if (known.size() >= MAX_EXPRESSIONS) {
                throw ConstraintException.unplaced(
                        "",
                        "the schema combines its parts in more than " + MAX_EXPRESSIONS
                                + " ways; leave some combinations out and check the answer");
            }
            found = new Expr(known.size(), key);
            known.put(key, found);
        }
        return found;
    }

    private Expr make(Kind kind, List<Expr> parts, int number, String name) {
        return make(new Expr.Key(kind, parts, number, name, null, null, null, false));
    }

    Expr types(int bits) {
        return bits == Expr.ANY ? yes : bits == 0 ? no : make(Kind.TYPE, List.of(), bits, "");
    }

    /** Returns a rule about numbers: the texts of those that keep it, and of those that do not. */
    Expr number(Regex keep, Regex others) {
        return make(new Expr.Key(Kind.NUMBER, List.of(), 0, "", keep, others, null, false));
    }

    /** Returns a rule about strings, by what stands within the quotation marks. */
    Expr string(Regex keep, Regex others) {
        return make(new Expr.Key(Kind.STRING, List.of(), 0, "", keep, others, null, false));
    }

    /** Returns what a reference names, which is looked up when it is needed. */
    Expr ref(String target) {
        return make(new Expr.Key(Kind.REF, List.of(), 0, target, null, null, null, false));
    }

    /** Returns a rule about some types that cannot be kept. */
    Expr refused(int types, String keyword, String why) {
        return make(new Expr.Key(Kind.REFUSED, List.of(), types, keyword + "\n" + why, null, null, null, false));
    }

    /** Returns a rule with a number and maybe an expression. */
    Expr rule(Kind kind, int number, Expr... part) {
        return make(kind, List.of(part), number, "");
    }

    Expr property(String name, Expr value) {
        return make(Kind.PROPERTY, List.of(value), 0, name); // kept where it allows all, for its place in the order
    }

    Expr has(String name, Expr value) {
        if (value == no) {
            return types(Expr.ANY & ~Expr.OBJECT);
        }
        return make(Kind.HAS, List.of(value), 0, name);
    }

    Expr properties(NameSet names, Expr value) {
        return value == yes
                ? yes
                : make(new Expr.Key(Kind.PROPERTIES, List.of(value), 0, "", null, null, names, false));
    }

    private Expr someProperty(NameSet names, Expr value) {
        return value == no
                ? types(Expr.ANY & ~Expr.OBJECT)
                : make(new Expr.Key(Kind.SOME_PROPERTY, List.of(value), 0, "", null, null, names, false));
    }

    Expr and(Expr... parts) {
        return and(List.of(parts));
    }

    Expr and(Collection<Expr> parts) {
        Set<Expr> flat = new LinkedHashSet<>();
        int[] types = {Expr.ANY};
        parts.forEach(part -> flattenAnd(part, flat, types));
        if (types[0] == 0 || flat.contains(no)) {
            return no;
        }
        List<Expr> result = new ArrayList<>();
        if (types[0] != Expr.ANY) {
            result.add(types(types[0]));
        }
        for (Expr part : flat) {
            if ((part.about() & types[0]) != 0) {
                result.add(part);
            }
        }
        return result.isEmpty() ? yes : result.size() == 1 ? result.get(0) : make(Kind.AND, result, 0, "");
    }

    private void flattenAnd(Expr part, Set<Expr> flat, int[] types) {
        switch (part.kind()) {
            case AND -> part.parts().forEach(each -> flattenAnd(each, flat, types));
            case TYPE -> types[0] &= part.key.number();
            case TRUE -> {}
            default -> flat.add(part);
        }
    }

    Expr or(Expr... parts) {
        return or(List.of(parts));
    }

    Expr or(Collection<Expr> parts) {
        Set<Expr> flat = new LinkedHashSet<>();
        int types = 0;
        for (Expr part : parts) {
            for (Expr each : part.kind() == Kind.OR ? part.parts() : List.of(part)) {
                if (each.kind() == Kind.TYPE) {
                    types |= each.key.number();
                } else {
                    flat.add(each);
                }
            }
        }
        flat.remove(no);
        if (types == Expr.ANY || flat.contains(yes)) {
            return yes;
        }
        List<Expr> result = new ArrayList<>();
        if (types != 0) {
            result.add(types(types));
        }
        int given = types;
        flat.stream().filter(part -> (typesOf(part) & ~given) != 0).forEach(result::add);
        return result.isEmpty() ? no : result.size() == 1 ? result.get(0) : make(Kind.OR, result, 0, "");
    }

    /** The types that a conjunction names, any if it names none. */
    private static int typesOf(Expr part) {
        if (part.kind() == Kind.TYPE) {
            return part.key.number();
        }
        if (part.kind() == Kind.AND && part.part().kind() == Kind.TYPE) {
            return part.part().key.number();
        }
        return Expr.ANY;
    }

    Expr oneOf(List<Expr> parts) {
        List<Expr> possible = parts.stream().filter(part -> part != no).toList();
        return possible.isEmpty() ? no : possible.size() == 1 ? possible.get(0) : make(Kind.ONE_OF, possible, 0, "");
    }

    Expr not(Expr expr) {
        Expr found = negations.get(expr);
        if (found == null) {
            found = negate(expr);
            negations.put(expr, found);
        }
        return found;
    }

    private Expr negate(Expr expr) {
        Expr.Key key = expr.key;
        return switch (key.kind()) {
            case TRUE -> no;
            case FALSE -> yes;
            case AND -> or(key.parts().stream().map(this::not).toList());
            case OR -> and(key.parts().stream().map(this::not).toList());
            case ONE_OF -> make(Kind.NOT_ONE_OF, key.parts(), 0, "");
            case NOT_ONE_OF -> make(Kind.ONE_OF, key.parts(), 0, "");
            case REF -> make(new Expr.Key(Kind.REF, List.of(), 0, key.name(), null, null, null, !key.negated()));
            case TYPE -> types(Expr.ANY & ~key.number());
            case NUMBER -> and(types(Expr.NUMBER), number(nonNull(key.no()), nonNull(key.yes())));
            case STRING -> and(types(Expr.STRING), string(nonNull(key.no()), nonNull(key.yes())));
            case ITEM ->
                and(
                        types(Expr.ARRAY),
                        rule(Kind.MIN_ITEMS, key.number() + 1),
                        rule(Kind.ITEM, key.number(), not(expr.part())));
            case ITEMS -> and(types(Expr.ARRAY), contains(key.number(), 1, not(expr.part())));
            case MIN_ITEMS -> key.number() == 0 ? no : and(types(Expr.ARRAY), rule(Kind.MAX_ITEMS, key.number() - 1));
            case MAX_ITEMS -> and(types(Expr.ARRAY), rule(Kind.MIN_ITEMS, key.number() + 1));
            case CONTAINS -> {
                int from = Integer.parseInt(key.name());
                Expr at = key.number() == 1
                        ? rule(Kind.ITEMS, from, not(expr.part()))
                        : containsAtMost(from, key.number() - 1, expr.part());
                yield key.number() == 0 ? no : and(types(Expr.ARRAY), at);
            }
            case CONTAINS_AT_MOST ->
                and(types(Expr.ARRAY), contains(Integer.parseInt(key.name()), key.number() + 1, expr.part()));
            case PROPERTY -> and(types(Expr.OBJECT), has(key.name(), not(expr.part())));
            case HAS -> and(types(Expr.OBJECT), property(key.name(), not(expr.part())));
            case PROPERTIES -> and(types(Expr.OBJECT), someProperty(nonNull(key.names()), not(expr.part())));
            case SOME_PROPERTY -> and(types(Expr.OBJECT), properties(nonNull(key.names()), not(expr.part())));
            case NAMES -> and(types(Expr.OBJECT), rule(Kind.SOME_NAME, 0, not(expr.part())));
            case SOME_NAME -> and(types(Expr.OBJECT), rule(Kind.NAMES, 0, not(expr.part())));
            case MIN_PROPERTIES ->
                key.number() == 0 ? no : and(types(Expr.OBJECT), rule(Kind.MAX_PROPERTIES, key.number() - 1));
            case MAX_PROPERTIES -> and(types(Expr.OBJECT), rule(Kind.MIN_PROPERTIES, key.number() + 1));
            case REFUSED -> and(types(key.number()), expr);
        };
    }

    /** Returns the rule that at least so many items from a place on fit. */
    Expr contains(int from, int count, Expr item) {
        return make(Kind.CONTAINS, List.of(item), count, String.valueOf(from));
    }

    /** Returns the rule that at most so many items from a place on fit. */
    Expr containsAtMost(int from, int count, Expr item) {
        return make(Kind.CONTAINS_AT_MOST, List.of(item), count, String.valueOf(from));
    }

    private static <T> T nonNull(@Nullable T value) {
        return Objects.requireNonNull(value);
    }
}
