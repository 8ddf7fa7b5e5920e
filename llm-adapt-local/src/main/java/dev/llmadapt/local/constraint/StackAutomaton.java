package dev.llmadapt.local.constraint;

import dev.llmadapt.local.constraint.Config.Continuation;
import dev.llmadapt.local.constraint.Config.Frame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The automaton that reads texts of a grammar byte by byte, on all of its ways at once (Earley 1970; Scott and
 * Johnstone 2010): inside a terminal it goes on by derivatives alone, and asks the grammar where a terminal may end. A
 * rule that is begun at a place by several others is read once for all of them. What was walked is kept, up to a bound.
 * Not thread-safe.
 */
final class StackAutomaton {
    /** The most ways to go on at one place. */
    private static final int MAX_THREADS = 50_000;
    /** The most places to keep. */
    private static final int MAX_CONFIGS = 40_000;

    private final Grammar grammar;
    final Regexes regexes;
    private final Continuation accept = new Continuation(0, -1, null);
    final Config dead = new Config(new Regex[0], new Continuation[0], false);
    private final Map<Key, Config> configs = new HashMap<>();
    private final Map<Key, Frame> frames = new HashMap<>();
    private final Map<Long, Continuation> continuations = new HashMap<>();
    private final Config start;
    private int ids = 1;

    StackAutomaton(Grammar grammar, Regexes regexes) {
        this.grammar = grammar;
        this.regexes = regexes;
        Closure closure = new Closure();
        closure.call(0, List.of(accept));
        closure.calls();
        this.start = config(closure, grammar.isNullable(0));
    }

    /** A list of numbers, by its content. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Key(int[] numbers) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && Arrays.equals(key.numbers, numbers);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(numbers);
        }
    }

    Config start() {
        return start;
    }

    /** Returns the places kept. */
    int size() {
        return configs.size();
    }

    /** Returns what may come after a byte; dead if it may not stand there. */
    Config next(Config config, int unsigned) {
        @Nullable Config[] next = config.next;
        if (next == null) {
            next = new Config[256];
            config.next = next;
        }
        Config found = next[unsigned];
        if (found == null) {
            found = step(config, unsigned);
            next[unsigned] = found;
        }
        return found;
    }

    /** Whether nothing may come. */
    boolean isOver(Config config) {
        Boolean known = config.over;
        if (known == null) {
            known = true;
            for (int value = 0; known && value < 256; value++) {
                known = !config.first.has(value) || next(config, value) == dead;
            }
            config.over = known;
        }
        return known;
    }

    private Config step(Config config, int unsigned) {
        if (!config.first.has(unsigned)) {
            return dead;
        }
        Map<Continuation, Regex> threads = new LinkedHashMap<>();
        Set<Continuation> exits = new LinkedHashSet<>();
        for (int i = 0; i < config.threads(); i++) {
            Regex before = config.regexes[i];
            Regex after = before.first().has(unsigned) ? regexes.next(before, unsigned) : regexes.empty;
            if (after == regexes.empty) {
                continue;
            }
            if (after.nullable) {
                exits.add(config.after[i]);
            }
            if (after != regexes.epsilon) {
                threads.merge(config.after[i], after, regexes::or);
            }
        }
        if (threads.isEmpty() && exits.isEmpty()) {
            return dead;
        }
        if (threads.isEmpty() && exits.size() == 1) {
            return after(List.of(exits.iterator().next()));
        }
        return exit(threads, exits);
    }

    private Config exit(Map<Continuation, Regex> threads, Set<Continuation> exits) {
        Closure closure = new Closure();
        threads.forEach(closure::thread);
        boolean accepting = closure.complete(exits);
        closure.calls();
        return config(closure, accepting);
    }

    /** Returns what may come after terminals that ended. */
    Config after(List<Continuation> exits) {
        if (exits.size() > 1) {
            return exit(Map.of(), new LinkedHashSet<>(exits));
        }
        Continuation only = exits.get(0);
        Config kept = only.config;
        if (kept == null) {
            kept = exit(Map.of(), Set.of(only));
            only.config = kept;
        }
        return kept;
    }

    private Config config(Closure closure, boolean accepting) {
        List<Map.Entry<Continuation, Regex>> threads = new ArrayList<>(closure.threads.entrySet());
        if (threads.size() > MAX_THREADS) {
            throw tooMany();
        }
        threads.sort((a, b) -> Integer.compare(a.getKey().id, b.getKey().id));
        int[] numbers = new int[threads.size() * 2 + 1];
        for (int i = 0; i < threads.size(); i++) {
            numbers[2 * i] = threads.get(i).getKey().id;
            numbers[2 * i + 1] = threads.get(i).getValue().id;
        }
        numbers[numbers.length - 1] = accepting ? 1 : 0;
        if (configs.size() >= MAX_CONFIGS) { // those in use stay with who uses them
            configs.clear();
            frames.clear();
            continuations.clear();
            accept.config = null;
            if (start != null) {
                forget(start);
            }
        }
        return configs.computeIfAbsent(
                new Key(numbers),
                key -> new Config(
                        threads.stream().map(Map.Entry::getValue).toArray(Regex[]::new),
                        threads.stream().map(Map.Entry::getKey).toArray(Continuation[]::new),
                        accepting));
    }

    /** Lets go of what is kept from a place on. */
    private static void forget(Config config) {
        config.next = null;
        for (Continuation each : config.after) {
            each.config = null;
        }
    }

    private static ConstraintException tooMany() {
        return new ConstraintException("the constraint leaves more than " + MAX_THREADS
                + " ways to read the text so far; write its alternatives so that they begin differently");
    }

    private Continuation continuation(int state, Frame frame) {
        return continuations.computeIfAbsent(
                (long) state << 32 | frame.id, key -> new Continuation(ids++, state, frame));
    }

    private Frame frame(Set<Continuation> returns) {
        Continuation[] sorted = returns.toArray(Continuation[]::new);
        Arrays.sort(sorted, (a, b) -> Integer.compare(a.id, b.id));
        int[] numbers = Arrays.stream(sorted).mapToInt(each -> each.id).toArray();
        return frames.computeIfAbsent(new Key(numbers), key -> new Frame(ids++, sorted));
    }

    /** All that may come at one place without reading anything. */
    private final class Closure {
        final Map<Continuation, Regex> threads = new LinkedHashMap<>();
        private final Set<Continuation> seen = new HashSet<>();
        private final TreeMap<Integer, Integer> rules = new TreeMap<>(); // by rank
        private final Map<Integer, Set<Continuation>> returns = new HashMap<>(); // by rule
        private final PriorityQueue<Integer> order = new PriorityQueue<>();

        void thread(Continuation after, Regex regex) {
            threads.merge(after, regex, regexes::or);
        }

        void call(int rule, List<Continuation> after) {
            int rank = grammar.rank(rule);
            if (rules.put(rank, rule) == null) {
                order.add(rank);
            }
            returns.computeIfAbsent(rule, key -> new LinkedHashSet<>()).addAll(after);
        }

        /** Goes on after terminals that ended; returns whether the text may end. */
        boolean complete(Set<Continuation> exits) {
            ArrayDeque<Continuation> open = new ArrayDeque<>();
            boolean accepting = false;
            for (Continuation exit : exits) {
                if (exit == accept || exit.state < 0) {
                    accepting = true;
                } else if (seen.add(exit)) {
                    open.add(exit);
                }
            }
            while (!open.isEmpty()) {
                Continuation at = open.poll();
                Frame frame = Objects.requireNonNull(at.frame);
                if (grammar.states.get(at.state).last) {
                    for (Continuation outer : frame.returns) {
                        if (outer.state < 0) {
                            accepting = true;
                        } else if (seen.add(outer)) {
                            open.add(outer);
                        }
                    }
                }
                edges(at.state, frame, open);
            }
            return accepting;
        }

        /** Begins the rules that were called, those first that others cannot begin with. */
        void calls() {
            while (!order.isEmpty()) {
                int rule = Objects.requireNonNull(rules.get(order.poll()));
                Frame frame = frame(Objects.requireNonNull(returns.get(rule)));
                Continuation begin = continuation(grammar.start(rule), frame);
                ArrayDeque<Continuation> open = new ArrayDeque<>();
                if (seen.add(begin)) {
                    open.add(begin);
                }
                while (!open.isEmpty()) {
                    Continuation at = open.poll();
                    edges(at.state, Objects.requireNonNull(at.frame), open);
                }
            }
        }

        private void edges(int state, Frame frame, ArrayDeque<Continuation> open) {
            for (Grammar.Edge edge : grammar.states.get(state).edges) {
                if (edge.terminal() != null) {
                    thread(continuation(edge.to(), frame), edge.terminal());
                    if (threads.size() > MAX_THREADS) {
                        throw tooMany();
                    }
                    continue;
                }
                boolean passes = edge.rule() < 0;
                if (edge.rule() >= 0) {
                    Grammar.State to = grammar.states.get(edge.to());
                    boolean ends = to.last && to.edges.isEmpty();
                    call(edge.rule(), ends ? List.of(frame.returns) : List.of(continuation(edge.to(), frame)));
                    passes = grammar.isNullable(edge.rule());
                }
                if (passes) {
                    Continuation to = continuation(edge.to(), frame);
                    if (seen.add(to)) {
                        open.add(to);
                    }
                }
            }
        }
    }
}
