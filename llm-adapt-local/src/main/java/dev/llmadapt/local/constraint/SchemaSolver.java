package dev.llmadapt.local.constraint;

import dev.llmadapt.local.constraint.Expr.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Solves the expressions of a schema, type by type: a number or a string is a regular expression; an array or an object
 * is one of several cases, each a set of rules that hold together. References are looked up on the way. Not
 * thread-safe.
 */
final class SchemaSolver {
    /** The most cases of a value. */
    private static final int MAX_CASES = 3_000;
    /** Cases beyond which those that cannot be are looked for. */
    private static final int MANY_CASES = 24;
    /** How many levels within a value are looked at to find out whether it can be. */
    private static final int MAX_LOOK = 12;

    private final SchemaReader reader;
    final Exprs exprs;
    final JsonText form;
    private final Regexes regexes;
    private final Map<Expr, Integer> types = new HashMap<>();
    private final Map<Expr, Regex> strings = new HashMap<>();
    private final Map<Expr, Regex> numbers = new HashMap<>();
    private final Map<Expr, List<Set<Expr>>> arrays = new HashMap<>();
    private final Map<Expr, List<Set<Expr>>> objects = new HashMap<>();
    private final Map<Expr, Boolean> possible = new HashMap<>();
    private final Map<Expr, Expr> choices = new HashMap<>();
    private final Set<Expr> underWay = new HashSet<>();
    private int look;
    private long work;

    SchemaSolver(SchemaReader reader) {
        this.reader = reader;
        this.exprs = reader.exprs;
        this.form = reader.form;
        this.regexes = form.regexes;
    }

    private void work() {
        if (++work > 2_000_000) {
            throw ConstraintException.unplaced(
                    "",
                    "the schema combines its parts in too many ways to be kept; leave some"
                            + " combinations of anyOf, oneOf, allOf, not and if out and check the answer");
        }
    }

    /** Follows a reference; it must not lead to itself without a value in between. */
    private <T> T follow(Expr reference, java.util.function.Function<Expr, T> rest) {
        if (!underWay.add(reference)) {
            throw SchemaReader.refusal("$ref", reference.key.name(), "leads to itself");
        }
        try {
            return rest.apply(reader.resolve(reference));
        } finally {
            underWay.remove(reference);
        }
    }

    /** Returns one of several as a choice with all that excludes the others. */
    private Expr choice(Expr expr) {
        Expr known = choices.get(expr);
        if (known == null) {
            List<Expr> parts = expr.parts();
            boolean[][] apart = new boolean[parts.size()][parts.size()];
            for (int i = 0; i < parts.size(); i++) {
                for (int j = 0; j < i; j++) {
                    apart[i][j] = (types(parts.get(i)) & types(parts.get(j))) == 0
                            || !isPossible(exprs.and(parts.get(i), parts.get(j)));
                    apart[j][i] = apart[i][j];
                }
            }
            List<Expr> cases = new ArrayList<>();
            if (expr.kind() == Kind.ONE_OF) {
                for (int i = 0; i < parts.size(); i++) {
                    List<Expr> one = new ArrayList<>(List.of(parts.get(i)));
                    for (int j = 0; j < parts.size(); j++) {
                        if (j != i && !apart[i][j]) {
                            one.add(exprs.not(parts.get(j)));
                        }
                    }
                    cases.add(exprs.and(one));
                }
            } else {
                cases.add(exprs.and(parts.stream().map(exprs::not).toList()));
                for (int i = 0; i < parts.size(); i++) {
                    for (int j = 0; j < i; j++) {
                        if (!apart[i][j]) {
                            cases.add(exprs.and(parts.get(j), parts.get(i)));
                        }
                    }
                }
            }
            known = exprs.or(cases);
            choices.put(expr, known);
        }
        return known;
    }

    /** Returns the types that a value may have at most, as bits; exact for null, true and false. */
    int types(Expr expr) {
        Integer known = types.get(expr);
        if (known == null) {
            work();
            known = switch (expr.kind()) {
                case FALSE -> 0;
                case TYPE -> expr.key.number();
                case AND -> {
                    int all = Expr.ANY;
                    for (Expr part : expr.parts()) {
                        all &= types(part);
                    }
                    yield all;
                }
                case OR -> {
                    int any = 0;
                    for (Expr part : expr.parts()) {
                        any |= types(part);
                    }
                    yield any;
                }
                case ONE_OF, NOT_ONE_OF -> types(choice(expr));
                case REF -> follow(expr, this::types);
                default -> Expr.ANY;
            };
            types.put(expr, known);
        }
        return known;
    }

    /** Returns what matches the numbers that fit, as JSON writes them. */
    Regex number(Expr expr) {
        Regex found = scalar(expr, Kind.NUMBER, Expr.NUMBER, numbers);
        return found == null ? form.decimals.number : found;
    }

    /** Returns what matches the inside of the strings that fit. */
    Regex string(Expr expr) {
        Regex found = scalar(expr, Kind.STRING, Expr.STRING, strings);
        return found == null ? form.anyText : found;
    }

    /** Null where all fit. */
    private @Nullable Regex scalar(Expr expr, Kind kind, int type, Map<Expr, Regex> known) {
        if (known.containsKey(expr)) {
            return known.get(expr);
        }
        work();
        Regex result;
        switch (expr.kind()) {
            case FALSE -> result = regexes.empty;
            case TYPE -> result = (expr.key.number() & type) == 0 ? regexes.empty : null;
            case NUMBER, STRING -> result = expr.kind() == kind ? Objects.requireNonNull(expr.key.yes()) : null;
            case AND -> {
                List<Regex> parts = new ArrayList<>();
                for (Expr part : expr.parts()) {
                    Regex each = scalar(part, kind, type, known);
                    if (each != null) {
                        parts.add(each);
                    }
                    if (each == regexes.empty) {
                        break;
                    }
                }
                result = parts.isEmpty() ? null : both(parts);
            }
            case OR -> {
                List<Regex> parts = new ArrayList<>();
                boolean all = false;
                for (Expr part : expr.parts()) {
                    Regex each = scalar(part, kind, type, known);
                    all |= each == null;
                    if (each != null) {
                        parts.add(each);
                    }
                }
                result = all ? null : regexes.or(parts);
            }
            case ONE_OF, NOT_ONE_OF -> result = scalar(choice(expr), kind, type, known);
            case REF -> result = this.<@Nullable Regex>follow(expr, target -> scalar(target, kind, type, known));
            case REFUSED -> {
                if (expr.about() == type) {
                    throw refuse(expr);
                }
                result = null;
            }
            default -> result = null;
        }
        known.put(expr, result);
        return result;
    }

    /** Matches all; bounds of the length become one. */
    private Regex both(List<Regex> parts) {
        int min = 0;
        int max = Regex.UNBOUNDED;
        List<Regex> rest = new ArrayList<>();
        for (Regex part : parts) {
            if (part.kind == Regex.Kind.REPEAT && part.parts.get(0) == form.anyCharacter) {
                min = Math.max(min, part.min);
                max = Math.min(max, part.max);
            } else {
                rest.add(part);
            }
        }
        if (max < min) {
            return regexes.empty;
        }
        if (rest.size() < parts.size()) {
            rest.add(regexes.repeat(form.anyCharacter, min, max));
        }
        return regexes.and(rest);
    }

    static ConstraintException refuse(Expr expr) {
        String[] parts = expr.key.name().split("\n", 2);
        return new ConstraintException(parts[0], parts[1]);
    }

    /** Returns the cases of an array: sets of rules about arrays. */
    List<Set<Expr>> arrays(Expr expr) {
        return cases(expr, Expr.ARRAY, arrays);
    }

    /** Returns the cases of an object: sets of rules about objects. */
    List<Set<Expr>> objects(Expr expr) {
        return cases(expr, Expr.OBJECT, objects);
    }

    private List<Set<Expr>> cases(Expr expr, int type, Map<Expr, List<Set<Expr>>> known) {
        List<Set<Expr>> found = known.get(expr);
        if (found == null) {
            work();
            found = switch (expr.kind()) {
                case FALSE -> List.of();
                case TRUE -> List.of(Set.of());
                case TYPE -> (expr.key.number() & type) == 0 ? List.of() : List.of(Set.of());
                case AND -> product(expr.parts(), type, known);
                case OR -> {
                    List<Set<Expr>> all = new ArrayList<>();
                    expr.parts().forEach(part -> all.addAll(cases(part, type, known)));
                    yield minimal(all, type);
                }
                case ONE_OF, NOT_ONE_OF -> cases(choice(expr), type, known);
                case REF -> follow(expr, target -> cases(target, type, known));
                default -> List.of(expr.about() == type ? Set.of(expr) : Set.of());
            };
            known.put(expr, found);
        }
        return found;
    }

    private List<Set<Expr>> product(List<Expr> parts, int type, Map<Expr, List<Set<Expr>>> known) {
        List<Set<Expr>> result = List.of(Set.of());
        List<List<Set<Expr>>> factors = new ArrayList<>();
        for (Expr part : parts) {
            if ((part.about() & type) != 0) {
                factors.add(cases(part, type, known));
            }
        }
        for (List<Set<Expr>> factor : factors) {
            if (factor.size() == 1 && factor.get(0).isEmpty()) {
                continue;
            }
            List<Set<Expr>> next = new ArrayList<>();
            for (Set<Expr> left : result) {
                for (Set<Expr> right : factor) {
                    work();
                    Set<Expr> both = new LinkedHashSet<>(left);
                    both.addAll(right);
                    next.add(both);
                }
                if (next.size() > 8 * MAX_CASES) {
                    throw tooMany();
                }
            }
            result = minimal(next, type);
        }
        return result;
    }

    private static ConstraintException tooMany() {
        return ConstraintException.unplaced(
                "",
                "the schema's combinations of anyOf, oneOf, allOf, not and if give a value more" + " than " + MAX_CASES
                        + " cases; leave some out and check the answer");
    }

    /** Drops cases that others cover or that cannot be. */
    @SuppressWarnings("ReferenceEquality") // a case does not cover itself
    private List<Set<Expr>> minimal(List<Set<Expr>> all, int type) {
        List<Set<Expr>> kept = new ArrayList<>(new LinkedHashSet<>(all));
        if (kept.size() > 1) {
            List<Set<Expr>> cases = kept;
            if (cases.size() <= 400) {
                kept = new ArrayList<>();
                for (Set<Expr> each : cases) {
                    boolean covered = false;
                    for (Set<Expr> other : cases) {
                        covered |= other != each && other.size() < each.size() && each.containsAll(other);
                    }
                    if (!covered) {
                        kept.add(each);
                    }
                }
            }
        }
        if (kept.size() > MANY_CASES) {
            kept.removeIf(each -> !isPossible(each, type));
        }
        if (kept.size() > MAX_CASES) {
            throw tooMany();
        }
        return kept;
    }

    /** Whether a value may fit; true where that is not found out. */
    boolean isPossible(Expr expr) {
        Boolean known = possible.get(expr);
        if (known != null) {
            return known;
        }
        if (look >= MAX_LOOK) {
            return true;
        }
        possible.put(expr, true); // while it is looked at
        look++;
        boolean found;
        try {
            int bits = types(expr);
            found = (bits & (Expr.NULL | Expr.TRUE | Expr.FALSE)) != 0
                    || ((bits & Expr.STRING) != 0 && !regexes.isEmpty(string(expr)))
                    || ((bits & Expr.NUMBER) != 0 && !regexes.isEmpty(number(expr)))
                    || ((bits & Expr.ARRAY) != 0
                            && arrays(expr).stream().anyMatch(each -> isPossible(each, Expr.ARRAY)))
                    || ((bits & Expr.OBJECT) != 0
                            && objects(expr).stream().anyMatch(each -> isPossible(each, Expr.OBJECT)));
        } finally {
            look--;
        }
        if (found && look > 0) {
            possible.remove(expr); // may have rested on what is under way
        } else {
            possible.put(expr, found);
        }
        return found;
    }

    private boolean isPossible(Collection<Expr> rules, int type) {
        work();
        if (type == Expr.ARRAY) {
            ArrayCase array = ArrayCase.of(rules);
            for (int i = 0; i < Math.min(array.min(), 50); i++) {
                if (!isPossible(exprs.and(array.items(i)))) {
                    return false;
                }
            }
            return array.max() >= array.min();
        }
        ObjectCase object = ObjectCase.of(rules, form);
        for (String name : object.required()) {
            if (!object.allowed(name, this) || !isPossible(exprs.and(object.values(name)))) {
                return false;
            }
        }
        return object.max() >= Math.max(object.min(), object.required().size());
    }

    /** Groups the rules of a case by kind. */
    static Map<Kind, List<Expr>> byKind(Collection<Expr> rules) {
        Map<Kind, List<Expr>> result = new LinkedHashMap<>();
        for (Expr rule : rules) {
            if (rule.kind() == Kind.REFUSED) {
                throw refuse(rule);
            }
            result.computeIfAbsent(rule.kind(), key -> new ArrayList<>()).add(rule);
        }
        return result;
    }
}
