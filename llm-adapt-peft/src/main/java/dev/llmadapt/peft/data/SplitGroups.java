package dev.llmadapt.peft.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Groups of examples whose prompts are nearly the same, which no split tears apart. */
public final class SplitGroups {
    private SplitGroups() {}

    /**
     * Which examples are held out.
     *
     * @param examples what to split
     * @param threshold the Jaccard similarity from which prompts belong together
     * @param share of the groups that are held out, in (0, 1)
     * @param seed which split
     */
    public static boolean[] heldOut(List<TrainingExample> examples, double threshold, double share, long seed) {
        int[] group = groups(examples, threshold);
        Map<Integer, Integer> numbers = new HashMap<>();
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < group.length; i++) {
            if (group[i] == i) {
                numbers.put(i, answers.size());
                answers.add(examples.get(i).completion());
            }
        }
        boolean[] chosen = StratifiedSplit.heldOut(strata(answers, share), share, seed);
        boolean[] heldOut = new boolean[group.length];
        for (int i = 0; i < group.length; i++) {
            heldOut[i] = chosen[numbers.getOrDefault(group[i], 0)];
        }
        return heldOut;
    }

    /** An answer is a stratum if its share is at least one group on both sides; all others are one stratum. */
    private static List<String> strata(List<String> answers, double share) {
        Map<String, Integer> counts = new HashMap<>();
        answers.forEach(answer -> counts.merge(answer, 1, Integer::sum));
        double least = 1 / Math.min(share, 1 - share);
        return answers.stream()
                .map(answer -> counts.getOrDefault(answer, 0) >= least ? answer : "")
                .toList();
    }

    /** For each example the first of its group. */
    private static int[] groups(List<TrainingExample> examples, double threshold) {
        NearIndex index = new NearIndex(threshold, true);
        int[] first = new int[examples.size()];
        Map<String, Integer> same = new HashMap<>();
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < first.length; i++) {
            first[i] = i;
            // The same prompt again would only fill the buckets.
            Integer before = same.putIfAbsent(PromptKey.of(examples.get(i)), i);
            if (before != null) {
                join(first, before, i);
                continue;
            }
            Shingles shingles = Shingles.of(examples.get(i));
            long[] bands = index.bands(shingles);
            int here = i;
            index.visit(shingles, bands, item -> {
                join(first, places.get(item), here);
                return true;
            });
            index.add(shingles, bands);
            places.add(i);
        }
        for (int i = 0; i < first.length; i++) {
            first[i] = root(first, i);
        }
        return first;
    }

    private static void join(int[] first, int a, int b) {
        int x = root(first, a);
        int y = root(first, b);
        first[Math.max(x, y)] = Math.min(x, y);
    }

    private static int root(int[] first, int i) {
        int at = i;
        while (first[at] != at) {
            first[at] = first[first[at]];
            at = first[at];
        }
        return at;
    }
}
