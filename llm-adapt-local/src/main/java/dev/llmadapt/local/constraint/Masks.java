package dev.llmadapt.local.constraint;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The masks of one constraint over one vocabulary: which tokens may come at a place. A walk over the trie of the tokens
 * that leaves out what lies below a byte that may not stand; inside strings, where nearly all tokens may come, those of
 * plain characters are taken from the vocabulary at once. Masks are kept, up to a bound. Not thread-safe.
 */
final class Masks {
    private static final long MAX_KEPT_BYTES = 32L << 20;

    private final StackAutomaton automaton;
    private final Vocabulary vocabulary;
    private final PlainCharacters plain;
    private final List<Config> kept = new ArrayList<>();
    private Config[] path;

    Masks(StackAutomaton automaton, Vocabulary vocabulary) {
        this.automaton = automaton;
        this.vocabulary = vocabulary;
        this.plain = new PlainCharacters(automaton.regexes);
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
        List<Integer> others = new ArrayList<>();
        Map<Regex, List<Integer>> strings = new IdentityHashMap<>();
        for (int i = 0; i < config.threads(); i++) {
            Regex regex = config.regexes[i];
            if (isString(regex)) {
                strings.computeIfAbsent(regex, key -> new ArrayList<>()).add(i);
            } else {
                others.add(i);
            }
        }
        if (strings.isEmpty()) {
            walk(vocabulary.all, config, mask);
            return;
        }
        strings.forEach((regex, threads) -> string(config, regex, threads, mask));
        if (!others.isEmpty()) {
            walk(vocabulary.all, part(config, others, null), mask);
        }
    }

    /** Whether plain characters may come, all alike, and where their number is bounded none may after them. */
    private boolean isString(Regex regex) {
        PlainRun run = plain.run(regex);
        if (run.length() == 0 || run.length() > Vocabulary.MAX_RUN) {
            return run.length() > 0;
        }
        Regex at = regex;
        for (int i = 0; i < run.length(); i++) {
            at = plain.run(at).next();
        }
        for (int value = ' '; value < 256; value++) {
            if (value != '"' && value != '\\' && automaton.regexes.next(at, value) != automaton.regexes.empty) {
                return false;
            }
        }
        return true;
    }

    private void string(Config config, Regex regex, List<Integer> threads, long[] mask) {
        PlainRun run = plain.run(regex);
        int most = Math.min(run.length(), Vocabulary.MAX_RUN);
        long[] whole = vocabulary.plain[run.length() == Regex.UNBOUNDED ? Vocabulary.MAX_RUN + 1 : most];
        for (int i = 0; i < mask.length; i++) {
            mask[i] |= whole[i];
        }
        if (run.next() == regex) {
            walk(vocabulary.anyRest, part(config, threads, regex), mask);
            return;
        }
        Regex at = regex;
        for (int characters = 0; ; characters++) {
            walk(vocabulary.rest[characters], part(config, threads, at), mask);
            if (characters == most) {
                break;
            }
            at = plain.run(at).next();
        }
        if (run.length() > Vocabulary.MAX_RUN) {
            walk(vocabulary.longer, part(config, threads, regex), mask);
        }
    }

    private Config part(Config config, List<Integer> threads, @org.jspecify.annotations.Nullable Regex changed) {
        int[] numbers = threads.stream().mapToInt(Integer::intValue).toArray();
        Regex[] regexes = new Regex[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            regexes[i] = changed == null ? config.regexes[numbers[i]] : changed;
        }
        return automaton.part(config, numbers, regexes);
    }

    private void walk(TokenTrie trie, Config from, long[] mask) {
        if (path.length <= trie.maxDepth) {
            path = new Config[trie.maxDepth + 1];
        }
        Config[] stack = path;
        byte[] label = trie.label;
        short[] depth = trie.depth;
        int[] end = trie.end;
        int[] first = trie.first;
        int[] tokens = trie.tokens;
        stack[0] = from;
        int node = 0;
        while (node < label.length) {
            int level = depth[node];
            Config next = automaton.next(stack[level - 1], label[node] & 0xFF);
            if (next.isDead()) {
                node = end[node];
                continue;
            }
            for (int i = first[node]; i < first[node + 1]; i++) {
                mask[tokens[i] >>> 6] |= 1L << tokens[i];
            }
            stack[level] = next;
            node++;
        }
        for (int i = 0; i <= trie.maxDepth && stack[i] != null; i++) {
            stack[i] = Objects.requireNonNull(from);
        }
    }
}
