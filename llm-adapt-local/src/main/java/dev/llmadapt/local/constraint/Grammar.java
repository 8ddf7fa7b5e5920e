package dev.llmadapt.local.constraint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Supplier;

/**
 * A context-free grammar: rules that are automata whose edges are terminals, which are regular expressions, and other
 * rules. States are numbered through all rules. Built once, then {@link #finish finished}. Not thread-safe.
 */
final class Grammar {
    static final int MAX_STATES = 400_000;

    /**
     * The edges of a state, each an expression or a rule, with the state after it; -1 as a rule where there is none.
     */
    static final class State {
        final int rule;
        final List<Edge> edges = new ArrayList<>(2);
        boolean last;

        State(int rule) {
            this.rule = rule;
        }
    }

    /**
     * An edge.
     *
     * @param terminal what is read, or null
     * @param rule the rule that is called, or -1; if there is neither, nothing is read
     * @param to the state after it
     */
    record Edge(@org.jspecify.annotations.Nullable Regex terminal, int rule, int to) {}

    final List<State> states = new ArrayList<>();
    private final List<Integer> starts = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final BitSet nullable = new BitSet();
    private int[] ranks = {};
    private @org.jspecify.annotations.Nullable Supplier<ConstraintException> nothingFits;

    /** Begins a rule; returns its number. */
    int rule(String name) {
        starts.add(-1);
        names.add(name);
        int rule = starts.size() - 1;
        starts.set(rule, state(rule));
        return rule;
    }

    /** Adds a state of a rule. */
    int state(int rule) {
        if (states.size() >= MAX_STATES) {
            throw ConstraintException.unplaced(
                    "",
                    "the constraint has more than " + MAX_STATES
                            + " places in its rules; leave parts of it out, or check the answer instead");
        }
        states.add(new State(rule));
        return states.size() - 1;
    }

    int start(int rule) {
        return starts.get(rule);
    }

    int rules() {
        return starts.size();
    }

    boolean isNullable(int rule) {
        return nullable.get(rule);
    }

    /** The order of rules: one that may begin with another comes before it. */
    int rank(int rule) {
        return ranks[rule];
    }

    void last(int state) {
        states.get(state).last = true;
    }

    void skip(int from, int to) {
        states.get(from).edges.add(new Edge(null, -1, to));
    }

    void read(int from, Regex terminal, int to) {
        states.get(from).edges.add(new Edge(terminal, -1, to));
    }

    void call(int from, int rule, int to) {
        states.get(from).edges.add(new Edge(null, rule, to));
    }

    /**
     * Drops what leads nowhere and orders the rules.
     *
     * @throws ConstraintException if no text fits the first rule, or a rule begins with itself
     */
    void finish(Regexes regexes) {
        if (!hasText(regexes)) {
            throw nothingFits != null
                    ? nothingFits.get()
                    : new ConstraintException("no text fits the constraint: " + names.get(0)
                            + " has no value that all of its parts allow");
        }
        findNullable();
        order();
    }

    /** Drops what leads nowhere; returns whether some text fits the first rule. Instead of {@link #finish}. */
    boolean hasText(Regexes regexes) {
        splitNullableTerminals(regexes);
        return prune(regexes);
    }

    /** Says why, if no text fits the first rule. */
    void whenNothingFits(Supplier<ConstraintException> reason) {
        nothingFits = reason;
    }

    /** A terminal that may be empty becomes one that may be left out. */
    private void splitNullableTerminals(Regexes regexes) {
        for (State state : states) {
            List<Edge> skips = new ArrayList<>();
            for (Edge edge : state.edges) {
                if (edge.terminal() != null && edge.terminal().nullable) {
                    skips.add(new Edge(null, -1, edge.to()));
                }
            }
            state.edges.addAll(skips);
            state.edges.removeIf(edge -> edge.terminal() == regexes.epsilon);
        }
    }

    /** Keeps only the edges from which the rule's end can be reached; returns whether that of the first rule can. */
    private boolean prune(Regexes regexes) {
        List<List<int[]>> into = new ArrayList<>(); // of each state: state and rule of the edges into it
        List<List<int[]>> callers = new ArrayList<>(); // of each rule: from and to of the edges that call it
        states.forEach(state -> into.add(new ArrayList<>(2)));
        starts.forEach(start -> callers.add(new ArrayList<>(2)));
        for (int i = 0; i < states.size(); i++) {
            states.get(i).edges.removeIf(edge -> edge.terminal() != null && regexes.isEmpty(edge.terminal()));
            for (Edge edge : states.get(i).edges) {
                into.get(edge.to()).add(new int[] {i, edge.rule()});
                if (edge.rule() >= 0) {
                    callers.get(edge.rule()).add(new int[] {i, edge.to()});
                }
            }
        }
        BitSet ends = new BitSet(); // states from which the rule's end can be reached
        BitSet productive = new BitSet();
        ArrayDeque<Integer> open = new ArrayDeque<>();
        for (int i = 0; i < states.size(); i++) {
            if (states.get(i).last) {
                ends.set(i);
                open.add(i);
            }
        }
        while (!open.isEmpty()) {
            int at = open.poll();
            for (int[] edge : into.get(at)) {
                if (!ends.get(edge[0]) && (edge[1] < 0 || productive.get(edge[1]))) {
                    ends.set(edge[0]);
                    open.add(edge[0]);
                }
            }
            int rule = states.get(at).rule;
            if (starts.get(rule) == at && !productive.get(rule)) {
                productive.set(rule);
                for (int[] call : callers.get(rule)) {
                    if (ends.get(call[1]) && !ends.get(call[0])) {
                        ends.set(call[0]);
                        open.add(call[0]);
                    }
                }
            }
        }
        for (State state : states) {
            state.edges.removeIf(edge -> !ends.get(edge.to()) || (edge.rule() >= 0 && !productive.get(edge.rule())));
        }
        return productive.get(0);
    }

    private void findNullable() {
        for (boolean more = true; more; ) {
            more = false;
            for (int rule = 0; rule < starts.size(); rule++) {
                if (!nullable.get(rule) && passes(rule)) {
                    nullable.set(rule);
                    more = true;
                }
            }
        }
    }

    /** Whether a rule can be passed without reading, by what is known so far. */
    private boolean passes(int rule) {
        BitSet seen = new BitSet();
        ArrayDeque<Integer> open = new ArrayDeque<>(List.of(starts.get(rule)));
        seen.set(starts.get(rule));
        while (!open.isEmpty()) {
            State state = states.get(open.poll());
            if (state.last) {
                return true;
            }
            for (Edge edge : state.edges) {
                boolean free = edge.terminal() == null && (edge.rule() < 0 || nullable.get(edge.rule()));
                if (free && !seen.get(edge.to())) {
                    seen.set(edge.to());
                    open.add(edge.to());
                }
            }
        }
        return false;
    }

    /** Gives every rule a rank after those of the rules that may begin with it. */
    private void order() {
        ranks = new int[starts.size()];
        int[] mark = new int[starts.size()]; // 0 new, 1 under way, 2 done
        List<List<Integer>> heads = new ArrayList<>();
        for (int rule = 0; rule < starts.size(); rule++) {
            heads.add(heads(rule));
        }
        int[] next = {starts.size()};
        for (int rule = 0; rule < starts.size(); rule++) {
            visit(rule, heads, mark, next);
        }
    }

    private void visit(int first, List<List<Integer>> heads, int[] mark, int[] next) {
        ArrayDeque<int[]> stack = new ArrayDeque<>(); // rule, and the heads done
        if (mark[first] == 0) {
            mark[first] = 1;
            stack.push(new int[] {first, 0});
        }
        while (!stack.isEmpty()) {
            int[] top = stack.peek();
            List<Integer> called = heads.get(top[0]);
            if (top[1] == called.size()) {
                mark[top[0]] = 2;
                ranks[top[0]] = --next[0];
                stack.pop();
                continue;
            }
            int head = called.get(top[1]++);
            if (mark[head] == 1) {
                throw new ConstraintException("rule '" + names.get(head)
                        + "' may begin with itself, so that it has no first part; write it so that it reads something"
                        + " before it comes again");
            }
            if (mark[head] == 0) {
                mark[head] = 1;
                stack.push(new int[] {head, 0});
            }
        }
    }

    /** The rules that a rule may begin with. */
    private List<Integer> heads(int rule) {
        BitSet seen = new BitSet();
        BitSet found = new BitSet();
        ArrayDeque<Integer> open = new ArrayDeque<>(List.of(starts.get(rule)));
        seen.set(starts.get(rule));
        while (!open.isEmpty()) {
            for (Edge edge : states.get(open.poll()).edges) {
                if (edge.rule() >= 0) {
                    found.set(edge.rule());
                }
                boolean free = edge.terminal() == null && (edge.rule() < 0 || nullable.get(edge.rule()));
                if (free && !seen.get(edge.to())) {
                    seen.set(edge.to());
                    open.add(edge.to());
                }
            }
        }
        return Arrays.stream(found.stream().toArray()).boxed().toList();
    }
}
