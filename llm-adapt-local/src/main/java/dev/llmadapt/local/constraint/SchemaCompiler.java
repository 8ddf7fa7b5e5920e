package dev.llmadapt.local.constraint;

import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Compiles a JSON Schema to a grammar of the JSON texts that fit: a rule for each expression of a value with arrays or
 * objects, which is read once however often it is used. Properties come in the order of the schema, then others. Not
 * thread-safe.
 */
final class SchemaCompiler {
    private static final int MAX_COUNT = 20_000;
    private static final int MAX_TRACKED = 5;
    private static final int MAX_CLASSES = 200;

    private final JsonText form;
    private final Regexes regexes;
    private final SchemaSolver solver;
    private final Exprs exprs;
    private final Grammar grammar;
    private final Map<Expr, Integer> rules = new LinkedHashMap<>();
    private final List<Expr> open = new ArrayList<>();

    private SchemaCompiler(SchemaReader reader, Grammar grammar) {
        this.grammar = grammar;
        this.form = reader.form;
        this.regexes = form.regexes;
        this.solver = new SchemaSolver(reader);
        this.exprs = reader.exprs;
    }

    /**
     * Compiles a schema.
     *
     * @param flexible whether there may be whitespace wherever JSON has it, else the text is on one line with a blank
     *     after each comma and colon
     * @throws ConstraintException if something cannot be kept exactly, takes too much, or no value fits
     */
    static Grammar compile(JsonElement schema, boolean flexible, Regexes regexes) {
        Grammar grammar = new Grammar();
        add(schema, new JsonText(regexes, flexible), grammar);
        return grammar;
    }

    /** Adds the rules of a schema to a grammar; returns the number of the one for its values. */
    static int add(JsonElement schema, JsonText form, Grammar grammar) {
        SchemaReader reader = new SchemaReader(schema, form);
        SchemaCompiler compiler = new SchemaCompiler(reader, grammar);
        int root = compiler.rule(reader.root());
        compiler.values();
        return root;
    }

    /**
     * Adds the rules of a schema of objects to a grammar, whose members are written as Python's keyword arguments;
     * returns the number of the one for them.
     */
    static int addArguments(JsonElement schema, Regexes regexes, Grammar grammar) {
        SchemaReader reader = new SchemaReader(schema, JsonText.python(regexes));
        SchemaCompiler compiler = new SchemaCompiler(reader, grammar);
        int root = grammar.rule("the arguments");
        int to = grammar.state(root);
        grammar.last(to);
        for (Set<Expr> each : compiler.solver.objects(reader.root())) {
            compiler.new ObjectStates(ObjectCase.of(each, reader.form), root, true).add(grammar.start(root), to);
        }
        compiler.values();
        return root;
    }

    private void values() {
        for (int i = 0; i < open.size(); i++) {
            Expr expr = open.get(i);
            value(expr, Objects.requireNonNull(rules.get(expr)));
        }
    }

    private int rule(Expr expr) {
        Integer known = rules.get(expr);
        if (known == null) {
            known = grammar.rule(rules.isEmpty() ? "the schema" : "a value");
            rules.put(expr, known);
            open.add(expr);
        }
        return known;
    }

    /** Adds a value between two states. */
    private void value(int from, Expr expr, int to) {
        int types = solver.types(expr);
        if ((types & (Expr.ARRAY | Expr.OBJECT)) == 0) {
            grammar.read(from, scalars(expr, types), to);
        } else {
            grammar.call(from, rule(expr), to);
        }
    }

    private Regex scalars(Expr expr, int types) {
        List<Regex> forms = new ArrayList<>();
        if ((types & Expr.NULL) != 0) {
            forms.add(regexes.literal(form.words.get(0)));
        }
        if ((types & Expr.TRUE) != 0) {
            forms.add(regexes.literal(form.words.get(1)));
        }
        if ((types & Expr.FALSE) != 0) {
            forms.add(regexes.literal(form.words.get(2)));
        }
        if ((types & Expr.NUMBER) != 0) {
            Regex number = solver.number(expr);
            forms.add(number == form.decimals.integer ? form.decimals.boundedInteger : number);
        }
        if ((types & Expr.STRING) != 0) {
            forms.add(form.quoted(solver.string(expr)));
        }
        return regexes.or(forms);
    }

    private void value(Expr expr, int rule) {
        int types = solver.types(expr);
        int from = grammar.start(rule);
        int to = grammar.state(rule);
        grammar.last(to);
        grammar.read(from, scalars(expr, types), to);
        if ((types & Expr.ARRAY) != 0) {
            for (Set<Expr> each : solver.arrays(expr)) {
                array(ArrayCase.of(each), rule, from, to);
            }
        }
        if ((types & Expr.OBJECT) != 0) {
            for (Set<Expr> each : solver.objects(expr)) {
                new ObjectStates(ObjectCase.of(each, form), rule, false).add(from, to);
            }
        }
    }

    private static ConstraintException tooLarge(String keyword, String what) {
        return new ConstraintException(
                keyword,
                "keyword '" + keyword + "': " + what + "; make it smaller, or leave it out and check the answer");
    }

    /** A place in an array: how many items there are, and how many of them fit each counted rule. */
    private record Items(int count, List<Integer> fitting) {}

    private void array(ArrayCase array, int rule, int from, int to) {
        if (array.max() < array.min()) {
            return;
        }
        if (array.counted().size() > MAX_TRACKED) {
            throw tooLarge("contains", "more than " + MAX_TRACKED + " rules at once are not kept");
        }
        int uniform = Math.max(array.uniform(), array.min());
        boolean bounded = array.max() != Integer.MAX_VALUE;
        if (uniform > MAX_COUNT || (bounded && array.max() > MAX_COUNT)) {
            throw tooLarge(
                    uniform > MAX_COUNT ? "minItems" : "maxItems", "a bound above " + MAX_COUNT + " is not kept");
        }
        int last = bounded ? array.max() : uniform;
        Map<Items, Integer> states = new HashMap<>();
        List<Items> work = new ArrayList<>();
        List<Integer> none = new ArrayList<>();
        array.counted().forEach(each -> none.add(0));
        Items start = new Items(0, List.copyOf(none));
        int begin = grammar.state(rule);
        grammar.read(from, regexes.concat(regexes.literal("["), form.open), begin);
        states.put(start, begin);
        work.add(start);
        for (int i = 0; i < work.size(); i++) {
            Items items = work.get(i);
            int state = Objects.requireNonNull(states.get(items));
            boolean empty = items.count() == 0;
            boolean enough = items.count() >= array.min();
            for (int k = 0; k < array.counted().size(); k++) {
                Expr counted = array.counted().get(k);
                enough &= counted.kind() == Expr.Kind.CONTAINS_AT_MOST
                        || items.fitting().get(k) >= counted.key.number();
            }
            if (enough) {
                Regex close = regexes.literal("]");
                grammar.read(state, empty ? close : regexes.concat(form.close, close), to);
            }
            if (bounded && items.count() == array.max()) {
                continue;
            }
            int next = items.count() < last || bounded ? items.count() + 1 : items.count();
            if (!bounded && empty && last == 0) {
                next = 1; // a comma comes first from now on
            }
            int before = state;
            if (!empty) {
                before = grammar.state(rule);
                grammar.read(state, form.comma, before);
            }
            items(array, items, next, before, rule, states, work);
        }
    }

    /** Adds the ways to go on by an item: it fits some of the counted rules that are not satisfied yet. */
    private void items(
            ArrayCase array,
            Items items,
            int next,
            int before,
            int rule,
            Map<Items, Integer> states,
            List<Items> work) {
        List<Expr> base = array.items(items.count());
        for (int chosen = 0; chosen < 1 << array.counted().size(); chosen++) {
            List<Expr> item = new ArrayList<>(base);
            List<Integer> fitting = new ArrayList<>(items.fitting());
            boolean useful = true;
            for (int k = 0; k < array.counted().size(); k++) {
                Expr counted = array.counted().get(k);
                boolean fits = (chosen >> k & 1) != 0;
                boolean atMost = counted.kind() == Expr.Kind.CONTAINS_AT_MOST;
                if (items.count() < Integer.parseInt(counted.key.name())) {
                    useful &= !fits;
                    continue;
                }
                if (fits) {
                    useful &= fitting.get(k) < counted.key.number();
                    fitting.set(k, fitting.get(k) + 1);
                    item.add(counted.part());
                } else if (atMost) {
                    item.add(exprs.not(counted.part()));
                }
            }
            Expr value = exprs.and(item);
            if (!useful || value == exprs.no) {
                continue;
            }
            Items after = new Items(next, List.copyOf(fitting));
            Integer target = states.get(after);
            if (target == null) {
                target = grammar.state(rule);
                states.put(after, target);
                work.add(after);
            }
            value(before, value, target);
        }
    }

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

    /** The states of an object. */
    private final class ObjectStates {
        private final ObjectCase object;
        private final int rule;
        private final List<String> names;
        private final List<NameClass> others = new ArrayList<>();
        private final Map<Place, Integer> states = new HashMap<>();
        private final List<Place> work = new ArrayList<>();
        private final boolean arguments; // of Python, rather than an object of JSON
        private boolean counts;

        ObjectStates(ObjectCase object, int rule, boolean arguments) {
            this.arguments = arguments;
            this.object = object;
            this.rule = rule;
            this.names = List.copyOf(object.named().keySet());
        }

        void add(int from, int to) {
            if (object.max() < object.required().size() || object.max() < object.min()) {
                return;
            }
            if (object.some().size() > MAX_TRACKED + 3) {
                throw tooLarge(
                        "not",
                        "more than " + (MAX_TRACKED + 3) + " rules that ask for some property at once are"
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
            if (counts && (object.min() > MAX_COUNT || (most && object.max() > MAX_COUNT))) {
                throw tooLarge(most ? "maxProperties" : "minProperties", "a bound above " + MAX_COUNT + " is not kept");
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
                    SchemaCompiler.this.value(before, value, state(after(place, place.next() + 1, chosen)));
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
            SchemaCompiler.this.value(before, value, state(after(place, place.next(), chosen)));
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
                split(
                        classes,
                        names,
                        each -> new NameClass(meet(each.names(), names), each.value(), each.some() | bit));
            }
            classes.removeIf(each -> each.value() == exprs.no || regexes.isEmpty(each.names()));
            others.addAll(classes);
        }

        /** What matches the names of a set, those that are named left out where that needs no expression. */
        private Regex regex(NameSet set) {
            if (set.pattern() == null && names.containsAll(set.without())) {
                return regexes.all;
            }
            Set<String> without = new java.util.LinkedHashSet<>(set.without());
            without.removeAll(names);
            return new NameSet(set.pattern(), set.negated(), without).regex(form.characters);
        }

        private Regex meet(Regex a, Regex b) {
            return regexes.and(a, b);
        }

        private void split(List<NameClass> classes, Regex names, java.util.function.UnaryOperator<NameClass> inside) {
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
                throw tooLarge(
                        "patternProperties",
                        "patterns that overlap in more than " + MAX_CLASSES + " ways are not kept");
            }
            classes.clear();
            classes.addAll(result);
        }
    }
}
