package dev.llmadapt.local.decoding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Texts that begin alike, to be scored together: what they share is read once.
 *
 * @param texts token ids, each of more than the shared ones
 * @param shared the number of tokens that are read as their prompt, at least 1
 */
record TextGroup(List<int[]> texts, int shared) {
    /**
     * Texts that share so many more tokens than those that need no score are read up to there as a prompt; a shorter
     * beginning is scored with each, as {@link Scorer} does for continuations of a prompt.
     */
    private static final int LONG = 64;

    /**
     * Sorts texts into groups.
     *
     * @param texts those of at most as many tokens as need no score are in none
     * @param from the first token that is scored; above 1, texts that share all before it are a group with this
     *     beginning, so that what follows has the scores of continuations of a prompt, to the bit
     */
    static List<TextGroup> of(List<int[]> texts, int from) {
        List<int[]> sorted = texts.stream()
                .filter(ids -> ids.length > from)
                .sorted(Arrays::compare)
                .toList();
        List<TextGroup> groups = new ArrayList<>();
        for (int begin = 0, end; begin < sorted.size(); begin = end) {
            int common = sorted.get(begin).length;
            for (end = begin + 1; end < sorted.size(); end++) {
                int more = Math.min(common, common(sorted.get(begin), sorted.get(end)));
                if (2 * more < common && (from == 1 || more < from)) {
                    break;
                }
                common = more;
            }
            groups.add(of(sorted.subList(begin, end), common, from));
        }
        return groups;
    }

    private static TextGroup of(List<int[]> texts, int common, int from) {
        int shortest = texts.stream().mapToInt(ids -> ids.length).min().orElseThrow();
        boolean asContinuations = from > 1 && from <= common && common - from < LONG;
        return new TextGroup(texts, asContinuations ? from : Math.min(common, shortest - 1));
    }

    private static int common(int[] a, int[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }

    /** The tokens that all share, as their prompt. */
    int[] beginning() {
        return Arrays.copyOf(texts.get(0), shared);
    }

    /** What follows in each text. */
    List<int[]> rests() {
        return texts.stream()
                .map(ids -> Arrays.copyOfRange(ids, shared, ids.length))
                .toList();
    }
}
