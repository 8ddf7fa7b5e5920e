package dev.llmadapt.local.decoding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The order in which several rows of a batch read the beginnings of some continuations, a token a step: the
 * continuations sorted, cut where that makes the longest walk the shortest. A row goes back to where the next
 * continuation leaves the one before, so that what they share is read once, but for the beginning that is shared across
 * a cut.
 */
final class Walks {
    private Walks() {}

    /**
     * One token that a row reads after {@code depth} tokens of a continuation.
     *
     * @param path a continuation but its last token
     * @param depth the token's index in it
     */
    record Visit(int[] path, int depth) {
        int token() {
            return path[depth];
        }
    }

    /**
     * Shares the beginnings among rows.
     *
     * @param rows the most rows, at least 1
     * @return the visits of each row, the longest walk first; none is empty
     */
    static List<List<Visit>> of(List<int[]> continuations, int rows) {
        List<int[]> paths = paths(continuations);
        int visits = 0;
        for (int i = 0; i < paths.size(); i++) {
            visits += paths.get(i).length - (i == 0 ? 0 : shared(paths.get(i - 1), paths.get(i)));
        }
        int longest = paths.stream().mapToInt(path -> path.length).max().orElse(0);
        int most = Math.max(longest, (visits + rows - 1) / rows);
        List<List<Visit>> walks = walks(paths, most);
        while (walks.size() > rows) {
            walks = walks(paths, ++most);
        }
        walks.sort((a, b) -> b.size() - a.size());
        return walks;
    }

    /** Shares the beginnings among as many rows as it takes, one after the other, of at most so many visits each. */
    static List<List<Visit>> within(List<int[]> continuations, int most) {
        return walks(paths(continuations), most);
    }

    /** Returns the tokens to read of each continuation, sorted; none is the beginning of another. */
    private static List<int[]> paths(List<int[]> continuations) {
        List<int[]> sorted = continuations.stream()
                .filter(ids -> ids.length > 1)
                .map(ids -> Arrays.copyOf(ids, ids.length - 1))
                .sorted(Arrays::compare)
                .toList();
        List<int[]> paths = new ArrayList<>();
        for (int i = 0; i < sorted.size(); i++) {
            int[] path = sorted.get(i);
            if (i + 1 == sorted.size() || shared(path, sorted.get(i + 1)) < path.length) {
                paths.add(path);
            }
        }
        return paths;
    }

    private static int shared(int[] a, int[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }

    /** Returns walks of at most so many visits, as long as they may be. */
    private static List<List<Visit>> walks(List<int[]> paths, int most) {
        List<List<Visit>> walks = new ArrayList<>();
        List<Visit> walk = new ArrayList<>();
        int[] before = {};
        for (int[] path : paths) {
            int from = shared(before, path);
            if (walk.size() + path.length - from > most) {
                walks.add(walk);
                walk = new ArrayList<>();
                from = 0;
            }
            for (int depth = from; depth < path.length; depth++) {
                walk.add(new Visit(path, depth));
            }
            before = path;
        }
        if (!walk.isEmpty()) {
            walks.add(walk);
        }
        return walks;
    }
}
