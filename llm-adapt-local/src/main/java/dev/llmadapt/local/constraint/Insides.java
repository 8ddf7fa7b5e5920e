package dev.llmadapt.local.constraint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Walks the vocabulary from inside a terminal and keeps what it finds, so that it is the same for all answers and for
 * all places where the terminal stands. Two things make it short. Inside strings, where nearly all tokens may come,
 * those of plain characters are taken from the vocabulary at once. And where an expression counts beyond the length of
 * a token, the count is left out, so that what differs only by it is walked once. Not thread-safe.
 */
final class Insides {
    private static final long MAX_KEPT_BYTES = 32L << 20;

    private final Regexes regexes;
    private final Vocabulary vocabulary;
    private final PlainCharacters plain;
    private final Map<Regex, Inside> shorts = new IdentityHashMap<>();
    private final Map<Regex, Inside> longs = new IdentityHashMap<>();
    private final Map<Regex, Regex> relaxed = new IdentityHashMap<>();
    private long kept;

    private @Nullable Regex[] path = new Regex[64];
    private long[] mask;
    private int[] tokens = new int[64];
    private int[] ends = new int[64];
    private int tokenCount;
    private int endCount;

    Insides(Regexes regexes, Vocabulary vocabulary) {
        this.regexes = regexes;
        this.vocabulary = vocabulary;
        this.plain = new PlainCharacters(regexes);
        this.mask = new long[vocabulary.words()];
    }

    /** Returns what tokens of at most {@link Vocabulary#MAX_RUN} bytes do. */
    Inside ofShort(Regex regex) {
        Regex relax = relax(regex);
        Inside found = shorts.get(relax);
        if (found == null) {
            String name = regexes.name(relax);
            found = name == null ? null : vocabulary.shared(name);
            if (found == null) {
                found = isString(relax)
                        ? string(relax)
                        : walk(
                                new TokenTrie[] {vocabulary.plainOnly, vocabulary.others},
                                new Regex[] {relax, relax},
                                null);
            }
            if (name != null) {
                vocabulary.share(name, found);
            }
            keep(shorts, relax, found);
        }
        return found;
    }

    /** Returns what longer tokens do. */
    Inside ofLong(Regex regex) {
        Inside found = longs.get(regex);
        if (found == null) {
            found = walk(new TokenTrie[] {vocabulary.longer}, new Regex[] {regex}, null);
            keep(longs, regex, found);
        }
        return found;
    }

    private void keep(Map<Regex, Inside> map, Regex regex, Inside inside) {
        kept += 64 + 4L * inside.tokens().length + 8L * inside.mask().length;
        for (int[] each : inside.ends()) {
            kept += 4L * each.length;
        }
        if (kept > MAX_KEPT_BYTES) {
            shorts.clear();
            longs.clear();
            kept = 0;
        }
        map.put(regex, inside);
    }

    /**
     * Returns an expression of which short tokens know no difference: a repetition that cannot end, or be used up,
     * within a token goes on for ever. Only where nothing is combined, for else the end decides what may come.
     */
    private Regex relax(Regex regex) {
        if (!regex.plain || regex.kind == Regex.Kind.BYTES || regex.kind == Regex.Kind.EPSILON) {
            return regex;
        }
        Regex found = relaxed.get(regex);
        if (found == null) {
            found = switch (regex.kind) {
                case CONCAT -> { // what follows the length of a token is far away, and long
                    Regex head = regex.parts.get(0);
                    yield head.kind == Regex.Kind.BYTES
                            ? regex
                            : regexes.concat(relax(head), relax(regex.parts.get(1)));
                }
                case OR -> {
                    List<Regex> parts = new ArrayList<>();
                    regex.parts.forEach(part -> parts.add(relax(part)));
                    yield regexes.or(parts);
                }
                case REPEAT ->
                    regexes.repeat(
                            relax(regex.parts.get(0)),
                            Math.min(regex.min, Vocabulary.MAX_RUN + 1),
                            regex.max > Vocabulary.MAX_RUN ? Regex.UNBOUNDED : regex.max);
                default -> regex;
            };
            relaxed.put(regex, found);
        }
        return found;
    }

    /**
     * Whether plain characters may come, all alike, and the terminal cannot end after any of them; where their number
     * is bounded none may come after them.
     */
    private boolean isString(Regex regex) {
        PlainRun run = plain.run(regex);
        if (run.length() == 0) {
            return false;
        }
        Regex at = regex;
        for (int i = 0; i < Math.min(run.length(), Vocabulary.MAX_RUN); i++) {
            Regex next = plain.run(at).next();
            if (next.nullable) {
                return false;
            }
            if (next == at) {
                return true;
            }
            at = next;
        }
        if (run.length() > Vocabulary.MAX_RUN) {
            return true;
        }
        for (int value = ' '; value < 256; value++) {
            if (value != '"' && value != '\\' && regexes.next(at, value) != regexes.empty) {
                return false;
            }
        }
        return true;
    }

    /** Whether any number of plain characters may come, and the terminal cannot end after any of them. */
    private boolean isEndless(Regex regex) {
        return !regex.nullable && plain.run(regex).next() == regex;
    }

    private Inside string(Regex regex) {
        PlainRun run = plain.run(regex);
        int most = Math.min(run.length(), Vocabulary.MAX_RUN);
        long[] all = vocabulary.plain[most];
        if (run.next() == regex) {
            return walk(new TokenTrie[] {vocabulary.anyRest}, new Regex[] {regex}, all);
        }
        Regex[] after = new Regex[most + 1];
        after[0] = regex;
        for (int characters = 1; characters <= most; characters++) {
            after[characters] = plain.run(after[characters - 1]).next();
        }
        return walk(Arrays.copyOf(vocabulary.rest, most + 1), after, all);
    }

    /** Walks each trie from an expression of its own. */
    private Inside walk(TokenTrie[] tries, Regex[] from, long @Nullable [] given) {
        tokenCount = 0;
        int[][] found = new int[tries.length][];
        for (int i = 0; i < tries.length; i++) {
            endCount = 0;
            walk(tries[i], from[i]);
            found[i] = Arrays.copyOf(ends, endCount);
        }
        boolean many = given != null || tokenCount > vocabulary.words();
        if (!many) {
            return new Inside(Arrays.copyOf(tokens, tokenCount), new long[0], tries, found);
        }
        long[] whole = given == null ? new long[vocabulary.words()] : given.clone();
        for (int i = 0; i < tokenCount; i++) {
            whole[tokens[i] >>> 6] |= 1L << tokens[i];
        }
        return new Inside(new int[0], whole, tries, found);
    }

    private void walk(TokenTrie trie, Regex from) {
        if (path.length <= trie.maxDepth) {
            path = new Regex[trie.maxDepth + 1];
        }
        @Nullable Regex[] stack = path;
        byte[] label = trie.label;
        short[] depth = trie.depth;
        int[] end = trie.end;
        int[] first = trie.first;
        stack[0] = from;
        Regex empty = regexes.empty;
        int node = 0;
        while (node < label.length) {
            int level = depth[node];
            Regex next = regexes.next(stack[level - 1], label[node] & 0xFF);
            if (next == empty) {
                node = end[node];
                continue;
            }
            boolean whole = trie == vocabulary.plainOnly && isEndless(next);
            int below = whole ? end[node] : node + 1;
            for (int i = first[node]; i < first[below]; i++) {
                if (tokenCount == tokens.length) {
                    tokens = Arrays.copyOf(tokens, 2 * tokenCount);
                }
                tokens[tokenCount++] = trie.tokens[i];
            }
            if (next.nullable && end[node] > node + 1) {
                if (endCount == ends.length) {
                    ends = Arrays.copyOf(ends, 2 * endCount);
                }
                ends[endCount++] = node;
            }
            stack[level] = next;
            node = whole || next == regexes.epsilon ? end[node] : node + 1;
        }
    }
}
