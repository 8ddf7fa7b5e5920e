package dev.llmadapt.local.constraint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The states of an object in a grammar: its named properties in their order, then the others, in classes of names that
 * the same rules are about. Not thread-safe.
 */
final class ObjectStates {
    private static final int MAX_CLASSES = 200;

    private final SchemaCompiler compiler;
    private final JsonText form;
    private final Regexes regexes;
    private final SchemaSolver solver;
    private final Exprs exprs;
    private final Grammar grammar;
    private final ObjectCase object;
    private final int rule;
    private final List<String> names;
    private final List<NameClass> others = new ArrayList<>();
    private final Map<Place, Integer> states = new HashMap<>();
    private final List<Place> work = new ArrayList<>();
    private final boolean arguments; // of Python, rather than an object of JSON
    private boolean counts;

    /**
     * A place in an object.
     *
     * @param next the named property that may come next
     * @param any whether one has come
     * @param found the rules that ask for some property that are satisfied, as bits
     * @param count the properties so far, as far as they are counted
     */
    private record Place(int next, boolean any, int found, int count) {}

    /** Names that the same rules are about. */
    private record NameClass(Regex names, Expr value, int some) {}

    /**
     * States to be added.
     *
     * @param rule the rule of the grammar that they belong to
     * @param arguments whether the object is the arguments of a call in Python, rather than JSON
     */
    ObjectStates(SchemaCompiler compiler, ObjectCase object, int rule, boolean arguments) {
        this.compiler = compiler;
        this.form = compiler.form;
        this.regexes = compiler.regexes;
        this.solver = compiler.solver;
        this.exprs = compiler.exprs;
        this.grammar = compiler.grammar;
        this.arguments = arguments;
        this.object = object;
        this.rule = rule;
        this.names = List.copyOf(object.named().keySet());
    }

    /** Adds the object between two states of the grammar. */
    void add(int from, int to) {
        if (object.max() < object.required().size() || object.max() < object.min()) {
            return;
        }
        if (object.some().size() > SchemaCompiler.MAX_TRACKED + 3) {
            throw SchemaCompiler.tooLarge(
                    "not",
                    "more than " + (SchemaCompiler.MAX_TRACKED + 3) + " rules that ask for some property at once are"
                            + " not kept");
        }
        for (String name : object.required()) {
            if (!object.allowed(name, solver)) {
                return;
            }
        }
        findOthers();
        boolean most = object.max() != Integer.MAX_VALUE && (object.max() < names.size() || !others.isEmpty());
        counts = most || object.min() > object.required().size();
        if (counts && (object.min() > SchemaCompiler.MAX_COUNT || (most && object.max() > SchemaCompiler.MAX_COUNT))) {
            throw SchemaCompiler.tooLarge(
                    most ? "maxProperties" : "minProperties",
                    "a bound above " + SchemaCompiler.MAX_COUNT + " is not kept");
        }
        int begin = grammar.state(rule);
        if (arguments) {
            grammar.skip(from, begin);
        } else {
            grammar.read(from, regexes.concat(regexes.literal("{"), form.open), begin);
        }
        Place start = new Place(0, false, 0, 0);
        states.put(start, begin);
        work.add(start);
        for (int i = 0; i < work.size(); i++) {
            place(work.get(i), to);
        }
    }

    private int state(Place place) {
        Integer state = states.get(place);
        if (state == null) {
            state = grammar.state(rule);
            states.put(place, state);
            work.add(place);
        }
        return state;
    }

    private Place after(Place place, int next, int found) {
        int cap = object.max() == Integer.MAX_VALUE ? object.min() : object.max();
        int count = counts ? Math.min(place.count() + 1, cap) : 0;
        return new Place(next, true, place.found() | found, count);
    }

    private void place(Place place, int to) {
        int state = Objects.requireNonNull(states.get(place));
        boolean full = counts && object.max() != Integer.MAX_VALUE && place.count() >= object.max();
        if (place.next() < names.size()) {
            String name = names.get(place.next());
            boolean required = object.required().contains(name);
            if (!full && object.allowed(name, solver)) {
                named(place, state, name);
            }
            if (!required) {
                grammar.skip(state, state(new Place(place.next() + 1, place.any(), place.found(), place.count())));
            }
            return;
        }
        if (!full) {
            for (NameClass other : others) {
                int wanted = other.some() & ~place.found();
                for (int chosen = wanted; ; chosen = chosen - 1 & wanted) {
                    other(place, state, other, chosen);
                    if (chosen == 0) {
                        break;
                    }
                }
            }
        }
        boolean found = place.found() == (1 << object.some().size()) - 1;
        if (found && (!counts || place.count() >= object.min())) {
            if (arguments) {
                grammar.skip(state, to);
                return;
            }
            Regex close = regexes.literal("}");
            grammar.read(state, place.any() ? regexes.concat(form.close, close) : close, to);
        }
    }

    private void named(Place place, int state, String name) {
        List<Expr> base = object.values(name);
        int wanted = 0;
        for (int k = 0; k < object.some().size(); k++) {
            if ((place.found() >> k & 1) == 0 && isAbout(object.some().get(k), name)) {
                wanted |= 1 << k;
            }
        }
        if (arguments && !name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            return; // no name of an argument
        }
        Regex key = arguments
                ? regexes.literal((place.any() ? ", " : "") + name + "=")
                : key(regexes.literal(form.characters.bytes(name)), place.any());
        for (int chosen = wanted; ; chosen = chosen - 1 & wanted) {
            Expr value = value(base, chosen);
            if (value != exprs.no) {
                int before = grammar.state(rule);
                grammar.read(state, key, before);
                compiler.value(before, value, state(after(place, place.next() + 1, chosen)));
            }
            if (chosen == 0) {
                break;
            }
        }
    }

    private Expr value(List<Expr> base, int chosen) {
        List<Expr> all = new ArrayList<>(base);
        for (int k = 0; k < object.some().size(); k++) {
            Expr some = object.some().get(k);
            if ((chosen >> k & 1) != 0 && some.kind() == Expr.Kind.SOME_PROPERTY) {
                all.add(some.part());
            }
        }
        return exprs.and(all);
    }

    private boolean isAbout(Expr some, String name) {
        if (some.kind() == Expr.Kind.SOME_PROPERTY) {
            return Objects.requireNonNull(some.key.names()).has(name, form.characters);
        }
        return regexes.matches(solver.string(some.part()), form.characters.bytes(name));
    }

    private void other(Place place, int state, NameClass other, int chosen) {
        Expr value = value(List.of(other.value()), chosen);
        if (value == exprs.no) {
            return;
        }
        int before = grammar.state(rule);
        grammar.read(state, key(other.names(), place.any()), before);
        compiler.value(before, value, state(after(place, place.next(), chosen)));
    }

    private Regex key(Regex inside, boolean any) {
        Regex key = regexes.concat(form.quoted(inside), form.colon);
        return any ? regexes.concat(form.comma, key) : key;
    }

    /** Sorts the names that are not named into classes, each of names that the same rules are about. */
    private void findOthers() {
        if (arguments) {
            return; // only those that are listed
        }
        NameSet rest = new NameSet(null, false, Set.copyOf(names));
        for (Expr rule : object.sets()) { // such as additionalProperties: false, with all names listed
            NameSet set = Objects.requireNonNull(rule.key.names());
            if (rule.part() == exprs.no
                    && set.pattern() == null
                    && rest.without().containsAll(set.without())) {
                return;
            }
        }
        List<NameClass> classes = new ArrayList<>();
        classes.add(new NameClass(rest.regex(form.characters), exprs.yes, 0));
        Regex any = regexes.star(form.characters.any());
        for (Expr rule : object.names()) {
            Regex names = regexes.and(any, solver.string(rule.part()));
            classes.replaceAll(each -> new NameClass(meet(each.names(), names), each.value(), each.some()));
        }
        for (Expr rule : object.sets()) {
            Regex names = regex(Objects.requireNonNull(rule.key.names()));
            split(
                    classes,
                    names,
                    each -> new NameClass(
                            meet(each.names(), names), exprs.and(each.value(), rule.part()), each.some()));
        }
        for (int k = 0; k < object.some().size(); k++) {
            Expr some = object.some().get(k);
            int bit = 1 << k;
            Regex names = some.kind() == Expr.Kind.SOME_PROPERTY
                    ? regex(Objects.requireNonNull(some.key.names()))
                    : regexes.and(any, solver.string(some.part()));
            split(classes, names, each -> new NameClass(meet(each.names(), names), each.value(), each.some() | bit));
        }
        classes.removeIf(each -> each.value() == exprs.no || regexes.isEmpty(each.names()));
        others.addAll(classes);
    }

    /** What matches the names of a set, those that are named left out where that needs no expression. */
    private Regex regex(NameSet set) {
        if (set.pattern() == null && names.containsAll(set.without())) {
            return regexes.all;
        }
        Set<String> without = new LinkedHashSet<>(set.without());
        without.removeAll(names);
        return new NameSet(set.pattern(), set.negated(), without).regex(form.characters);
    }

    private Regex meet(Regex a, Regex b) {
        return regexes.and(a, b);
    }

    private void split(List<NameClass> classes, Regex names, UnaryOperator<NameClass> inside) {
        List<NameClass> result = new ArrayList<>();
        for (NameClass each : classes) {
            NameClass in = inside.apply(each);
            if (in.value() != exprs.no && !regexes.isEmpty(in.names())) {
                result.add(in);
            }
            NameClass out = new NameClass(regexes.minus(each.names(), names), each.value(), each.some());
            if (names != regexes.all && !regexes.isEmpty(out.names())) {
                result.add(out);
            }
        }
        if (result.size() > MAX_CLASSES) {
            throw SchemaCompiler.tooLarge(
                    "patternProperties", "patterns that overlap in more than " + MAX_CLASSES + " ways are not kept");
        }
        classes.clear();
        classes.addAll(result);
    }
}
