package dev.llmadapt.prompting.search;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The candidates that were judged by all validation examples. For one thread. */
final class Pool {
    private final List<Candidate> members = new ArrayList<>();
    private final List<double[]> values = new ArrayList<>(); // (candidates, validation examples)

    void add(Candidate candidate) {
        Gains gains = candidate.onAll();
        members.add(candidate);
        values.add(gains.values());
    }

    boolean has(Candidate candidate) {
        return members.contains(candidate);
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    List<Candidate> members() {
        return List.copyOf(members);
    }

    /**
     * A candidate of the Pareto front (GEPA, Agrawal et al. 2025): one that is best on some validation example, the
     * more probably the more examples it is best on; of equals the first.
     */
    Candidate drawn(Random random) {
        Map<Integer, Integer> wins = new LinkedHashMap<>();
        int examples = values.get(0).length;
        for (int example = 0; example < examples; example++) {
            int winner = 0;
            for (int i = 1; i < values.size(); i++) {
                winner = values.get(i)[example] > values.get(winner)[example] ? i : winner;
            }
            wins.merge(winner, 1, Integer::sum);
        }
        int draw = random.nextInt(examples);
        for (Map.Entry<Integer, Integer> entry : wins.entrySet()) {
            draw -= entry.getValue();
            if (draw < 0) {
                return members.get(entry.getKey());
            }
        }
        throw new AssertionError("the wins of all candidates are as many as the examples");
    }
}
