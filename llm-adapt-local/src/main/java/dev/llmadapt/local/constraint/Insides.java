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
    private static final int MAX_STATES = 10_000;
    private static final int DEAD = -1;
    private static final int UNKNOWN = -2;
    private static final int NULLABLE = 1;
    private static final int OVER = 2;
    private static final int TOTAL = 4;

    private final Regexes regexes;
    private final Vocabulary vocabulary;
    private final PlainCharacters plain;
    private final IdentityHashMap<Regex, Inside> shorts = new IdentityHashMap<>();
    private final IdentityHashMap<Regex, Inside> longs = new IdentityHashMap<>();
    private final IdentityHashMap<Regex, Regex> relaxed = new IdentityHashMap<>();
    private long kept;

    // The automaton as far as walks went: a row of states after each byte for each state.
    private final List<Regex> states = new ArrayList<>();
    private final IdentityHashMap<Regex, Integer> numbers = new IdentityHashMap<>();
    private int[][] rows = new int[64][];
    private byte[] kinds = new byte[64];

    private int[] path = new int[64];
    private int[] tokens = new int[64];
    private int[] ends = new int[64];
    private int tokenCount;
    private int endCount;

    Insides(Regexes regexes, Vocabulary vocabulary) {
        this.regexes = regexes;
        this.vocabulary = vocabulary;
        this.plain = new PlainCharacters(regexes);
    }

    /** Returns what tokens of at most {@link Vocabulary#MAX_RUN} bytes do. */
    Inside ofShort(Regex regex) {
        Regex relax = relax(regex);
        Inside found = shorts.get(relax);
        if (found == null) {
            String name = regexes.name(relax);
            found = name == null ? null : vocabulary.shared(name);
            if (found == null) {
                found = find(relax);
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

    private Inside find(Regex regex) {
        if (isString(regex)) {
            return string(regex);
        } else if (plain.isTotal(regex)) {
            return walk(new TokenTrie[] {vocabulary.others}, new Regex[] {regex}, vocabulary.plain[Vocabulary.MAX_RUN]);
        }
        return walk(new TokenTrie[] {vocabulary.plainOnly, vocabulary.others}, new Regex[] {regex, regex}, null);
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
            path = new int[trie.maxDepth + 1];
        }
        if (states.size() > MAX_STATES) {
            states.clear();
            numbers.clear();
        }
        int[] stack = path;
        byte[] label = trie.label;
        short[] depth = trie.depth;
        int[] end = trie.end;
        int[] first = trie.first;
        boolean plainOnly = trie == vocabulary.plainOnly;
        stack[0] = number(from);
        int node = 0;
        while (node < label.length) {
            int level = depth[node];
            int before = stack[level - 1];
            int value = label[node] & 0xFF;
            int next = rows[before][value];
            if (next == UNKNOWN) {
                Regex after = regexes.next(states.get(before), value);
                next = after == regexes.empty ? DEAD : number(after);
                rows[before][value] = next;
            }
            if (next == DEAD) {
                node = end[node];
                continue;
            }
            int flags = kinds[next];
            boolean whole = plainOnly && (flags & TOTAL) != 0;
            int below = whole ? end[node] : node + 1;
            int last = first[below];
            for (int i = first[node]; i < last; i++) {
                if (tokenCount == tokens.length) {
                    tokens = Arrays.copyOf(tokens, 2 * tokenCount);
                }
                tokens[tokenCount++] = trie.tokens[i];
            }
            if ((flags & NULLABLE) != 0 && end[node] > node + 1) {
                if (endCount == ends.length) {
                    ends = Arrays.copyOf(ends, 2 * endCount);
                }
                ends[endCount++] = node;
            }
            stack[level] = next;
            node = whole || (flags & OVER) != 0 ? end[node] : node + 1;
        }
    }

    /** Returns the number of an expression, by which its row of the table stands. */
    private int number(Regex regex) {
        Integer known = numbers.get(regex);
        if (known == null) {
            known = states.size();
            states.add(regex);
            numbers.put(regex, known);
            if (known == rows.length) {
                rows = Arrays.copyOf(rows, 2 * known);
                kinds = Arrays.copyOf(kinds, 2 * known);
            }
            int[] row = new int[256];
            Arrays.fill(row, UNKNOWN);
            rows[known] = row;
            int flags = regex.nullable ? NULLABLE : 0;
            flags |= regex == regexes.epsilon ? OVER : 0;
            flags |= plain.isTotal(regex) ? TOTAL : 0;
            kinds[known] = (byte) flags;
        }
        return known;
    }
}
