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
    static final int MAX_COUNT = 20_000;
    static final int MAX_TRACKED = 5;

    final JsonText form;
    final Regexes regexes;
    final SchemaSolver solver;
    final Exprs exprs;
    final Grammar grammar;
    private final Map<Expr, Integer> rules = new LinkedHashMap<>();
    private final List<Expr> open = new ArrayList<>();
    private final Map<Expr, String> places = new HashMap<>();
    private final SchemaReader reader;
    /** Where the value stands that is compiled, or the one that it is a part of. */
    private String place = "#";

    private SchemaCompiler(SchemaReader reader, Grammar grammar) {
        this.grammar = grammar;
        this.reader = reader;
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
        compiler.explain(root);
        return root;
    }

    /**
     * Whether some value fits a schema within a document.
     *
     * @throws ConstraintException if something cannot be kept exactly or takes too much, so that this is not known
     */
    static boolean hasValue(JsonElement document, JsonElement schema, String pointer, Regexes regexes) {
        Grammar grammar = new Grammar();
        SchemaReader reader = new SchemaReader(document, new JsonText(regexes, false));
        SchemaCompiler compiler = new SchemaCompiler(reader, grammar);
        compiler.rule(reader.schema(schema, pointer));
        compiler.values();
        return grammar.hasText(regexes);
    }

    private void explain(int root) {
        if (root == 0) { // else the schema is a part of something
            grammar.whenNothingFits(() -> Contradiction.explain(reader.document));
        }
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
        try {
            for (Set<Expr> each : compiler.solver.objects(reader.root())) {
                new ObjectStates(compiler, ObjectCase.of(each, reader.form), root, true).add(grammar.start(root), to);
            }
        } catch (ConstraintException e) {
            throw e.at("", compiler.place);
        }
        compiler.values();
        compiler.explain(root);
        return root;
    }

    private void values() {
        for (int i = 0; i < open.size(); i++) {
            Expr expr = open.get(i);
            place = Objects.requireNonNull(places.get(expr));
            try {
                value(expr, Objects.requireNonNull(rules.get(expr)));
            } catch (ConstraintException e) {
                throw e.at("", place);
            }
        }
    }

    private int rule(Expr expr) {
        Integer known = rules.get(expr);
        if (known == null) {
            known = grammar.rule(rules.isEmpty() ? "the schema" : "a value");
            rules.put(expr, known);
            open.add(expr);
            places.put(expr, Objects.requireNonNullElse(reader.place(expr), place));
        }
        return known;
    }

    /** Adds a value between two states. */
    void value(int from, Expr expr, int to) {
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
        Regex all = regexes.or(forms);
        regexes.isEmpty(all); // found out here, where a refusal can say its place
        return all;
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
                new ObjectStates(this, ObjectCase.of(each, form), rule, false).add(from, to);
            }
        }
    }

    static ConstraintException tooLarge(String keyword, String what) {
        return ConstraintException.unplaced(keyword, what + "; make it smaller, or leave it out and check the answer");
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
}
