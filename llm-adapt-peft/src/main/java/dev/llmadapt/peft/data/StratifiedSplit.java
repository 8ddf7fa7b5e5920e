package dev.llmadapt.peft.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Which groups of examples are held out, so that every stratum keeps its share. */
public final class StratifiedSplit {
    private StratifiedSplit() {}

    /**
     * Chooses: of each stratum about the given share of its groups, at least one where there are two, never all.
     *
     * @param strata the stratum of each group
     * @param share of the held-out side, in (0, 1)
     * @param seed which choice
     * @return for each group whether it is held out
     */
    public static boolean[] heldOut(List<String> strata, double share, long seed) {
        Map<String, List<Integer>> byStratum = new TreeMap<>();
        for (int group = 0; group < strata.size(); group++) {
            byStratum
                    .computeIfAbsent(strata.get(group), stratum -> new ArrayList<>())
                    .add(group);
        }
        Random random = new Random(seed);
        boolean[] heldOut = new boolean[strata.size()];
        for (List<Integer> groups : byStratum.values()) {
            Collections.shuffle(groups, random);
            int count = (int) Math.round(groups.size() * share);
            count = Math.min(Math.max(count, 1), groups.size() - 1);
            groups.subList(0, count).forEach(group -> heldOut[group] = true);
        }
        return heldOut;
    }
}
