package dev.llmadapt.peft.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds what is nearly the same as something added before: candidates by MinHash bands, each then compared exactly. At
 * most {@value #MAX_COMPARED} entries of one bucket are compared, the last added first, so that time stays near-linear
 * where many texts are somewhat alike. For one thread.
 */
final class NearIndex {
    static final int MAX_COMPARED = 64;

    private final double threshold;
    private final boolean promptsOnly;
    private final MinHash minHash;
    private final List<Shingles> entries = new ArrayList<>();

    // A map of band keys to entries: chains of cells, cell c holds keys[c], items[c] and the next cell of its chain.
    private int[] heads = filled(1 << 10);
    private int[] next = new int[1 << 10];
    private long[] keys = new long[1 << 10];
    private int[] items = new int[1 << 10];
    private int cells;
    private int[] seen = new int[16];
    private int query;

    /**
     * An empty index.
     *
     * @param threshold the least Jaccard similarity, in (0, 1]
     * @param promptsOnly whether only prompts are compared, rather than prompts and answers, which must both be alike,
     *     under the same system message
     */
    NearIndex(double threshold, boolean promptsOnly) {
        this.threshold = threshold;
        this.promptsOnly = promptsOnly;
        this.minHash = new MinHash(threshold);
    }

    /** Computes the bands of an example once, for finding and adding. */
    long[] bands(Shingles shingles) {
        return minHash.bandKeys(MinHash.signature(shingles.prompt(), promptsOnly ? new int[0] : shingles.answer()));
    }

    /** Adds an entry, numbered from 0. */
    int add(Shingles shingles, long[] bands) {
        int item = entries.size();
        entries.add(shingles);
        for (long band : bands) {
            put(band, item);
        }
        return item;
    }

    /** An entry near the given one, or -1. */
    int find(Shingles shingles, long[] bands) {
        int[] found = {-1};
        visit(shingles, bands, item -> {
            found[0] = item;
            return false;
        });
        return found[0];
    }

    /** Goes through the entries near the given one while {@code visitor} says so. */
    void visit(Shingles shingles, long[] bands, java.util.function.IntPredicate visitor) {
        query++;
        if (seen.length < entries.size()) {
            seen = Arrays.copyOf(seen, Math.max(entries.size(), 2 * seen.length));
        }
        for (long band : bands) {
            int compared = 0;
            for (int cell = heads[slot(band)]; cell >= 0 && compared < MAX_COMPARED; cell = next[cell]) {
                if (keys[cell] != band) {
                    continue;
                }
                compared++;
                int item = items[cell];
                if (seen[item] != query) {
                    seen[item] = query;
                    if (similarity(item, shingles) >= threshold && !visitor.test(item)) {
                        return;
                    }
                }
            }
        }
    }

    /** How alike they are: the smaller of the two Jaccard similarities, or the prompts'. */
    double similarity(int item, Shingles shingles) {
        Shingles entry = entries.get(item);
        if (promptsOnly) {
            return Shingles.jaccard(entry.prompt(), shingles.prompt());
        }
        if (!entry.scope().equals(shingles.scope())) {
            return 0;
        }
        double answers = Shingles.jaccard(entry.answer(), shingles.answer());
        return answers < threshold ? answers : Math.min(answers, Shingles.jaccard(entry.prompt(), shingles.prompt()));
    }

    private void put(long key, int item) {
        if (cells == keys.length) {
            grow();
        }
        keys[cells] = key;
        items[cells] = item;
        int slot = slot(key);
        next[cells] = heads[slot];
        heads[slot] = cells++;
    }

    private void grow() {
        int capacity = Math.multiplyExact(2, cells);
        keys = Arrays.copyOf(keys, capacity);
        items = Arrays.copyOf(items, capacity);
        next = Arrays.copyOf(next, capacity);
        heads = filled(capacity);
        for (int cell = 0; cell < cells; cell++) {
            int slot = slot(keys[cell]);
            next[cell] = heads[slot];
            heads[slot] = cell;
        }
    }

    private int slot(long key) {
        return (int) key & (heads.length - 1);
    }

    private static int[] filled(int length) {
        int[] array = new int[length];
        Arrays.fill(array, -1);
        return array;
    }
}
