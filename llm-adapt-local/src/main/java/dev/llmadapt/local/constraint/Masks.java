package dev.llmadapt.local.constraint;

import dev.llmadapt.local.constraint.Config.Continuation;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The masks of one constraint over one vocabulary: which tokens may come at a place. For each terminal under way it
 * takes what tokens do inside it from {@link Insides}, and walks on where it may end within a token. Masks are kept, up
 * to a bound. Not thread-safe.
 */
final class Masks {
    private static final long MAX_KEPT_BYTES = 32L << 20;

    private final StackAutomaton automaton;
    private final Vocabulary vocabulary;
    private final Insides insides;
    private final List<Config> kept = new ArrayList<>();
    private Config[] path;

    Masks(StackAutomaton automaton, Vocabulary vocabulary) {
        this.automaton = automaton;
        this.vocabulary = vocabulary;
        this.insides = new Insides(automaton.regexes, vocabulary);
        this.path = new Config[64];
    }

    /** Returns the mask of a place; not to be changed. */
    long[] of(Config config) {
        long[] mask = config.mask;
        if (mask == null) {
            mask = new long[vocabulary.words()];
            fill(config, mask);
            if ((long) kept.size() * mask.length * Long.BYTES > MAX_KEPT_BYTES) {
                kept.forEach(each -> each.mask = null);
                kept.clear();
            }
            config.mask = mask;
            kept.add(config);
        }
        return mask;
    }

    private void fill(Config config, long[] mask) {
        if (config.threads() == 1) {
            fill(config.regexes[0], List.of(config.after[0]), mask);
            return;
        }
        IdentityHashMap<Regex, List<Continuation>> threads = new IdentityHashMap<>();
        for (int i = 0; i < config.threads(); i++) {
            threads.computeIfAbsent(config.regexes[i], key -> new ArrayList<>(1))
                    .add(config.after[i]);
        }
        threads.forEach((regex, after) -> fill(regex, after, mask));
    }

    private void fill(Regex regex, List<Continuation> after, long[] mask) {
        fill(insides.ofShort(regex), after, mask);
        if (vocabulary.longer.size() > 0) {
            fill(insides.ofLong(regex), after, mask);
        }
    }

    private void fill(Inside inside, List<Continuation> after, long[] mask) {
        long[] many = inside.mask();
        for (int i = 0; i < many.length; i++) {
            mask[i] |= many[i];
        }
        for (int token : inside.tokens()) {
            mask[token >>> 6] |= 1L << token;
        }
        Config next = null;
        for (int i = 0; i < inside.tries().length; i++) {
            for (int node : inside.ends()[i]) {
                next = next == null ? automaton.after(after) : next;
                walk(inside.tries()[i], node, next, mask);
            }
        }
    }

    /** Walks what lies below a node. */
    private void walk(TokenTrie trie, int from, Config config, long[] mask) {
        if (path.length <= trie.maxDepth) {
            path = new Config[trie.maxDepth + 1];
        }
        Config[] stack = path;
        byte[] label = trie.label;
        short[] depth = trie.depth;
        int[] end = trie.end;
        int[] first = trie.first;
        int[] tokens = trie.tokens;
        stack[depth[from]] = config;
        int last = end[from];
        int node = from + 1;
        while (node < last) {
            int level = depth[node];
            Config before = stack[level - 1];
            int value = label[node] & 0xFF;
            Config next = before.first.has(value) ? automaton.next(before, value) : automaton.dead;
            if (next == automaton.dead) {
                node = end[node];
                continue;
            }
            for (int i = first[node]; i < first[node + 1]; i++) {
                mask[tokens[i] >>> 6] |= 1L << tokens[i];
            }
            stack[level] = next;
            node++;
        }
    }
}
