package dev.llmadapt.rag.evaluation;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleBiFunction;

/**
 * A metric of rankings with values in [0, 1]; 0 if nothing is relevant. A passage is relevant if its gain is above 0.
 * The values are those of {@code trec_eval}, which BEIR uses. Thread-safe.
 */
public interface RankingMetric {
    /** The short name in reports, such as {@code nDCG@10}. */
    String name();

    /**
     * Computes the metric of the ranking of one query.
     *
     * @param ranking the ids, the best first and none twice
     * @param gains the relevance of each judged id; other ids are not relevant
     */
    double score(List<String> ranking, Map<String, Integer> gains);

    /**
     * Normalised discounted cumulative gain (Jarvelin and Kekalainen 2002), with linear gains: {@code sum of gain /
     * log2(rank + 1)} over the first k, divided by the best there can be.
     *
     * @param k the number of ranks, at least 1
     */
    static RankingMetric ndcg(int k) {
        return of("nDCG@" + check(k), (ranking, gains) -> {
            double found = 0;
            for (int i = 0; i < Math.min(k, ranking.size()); i++) {
                found += Math.max(0, gains.getOrDefault(ranking.get(i), 0)) / log2(i + 2);
            }
            int[] best = gains.values().stream()
                    .mapToInt(gain -> -Math.max(0, gain))
                    .sorted()
                    .toArray();
            double ideal = 0;
            for (int i = 0; i < Math.min(k, best.length); i++) {
                ideal += -best[i] / log2(i + 2);
            }
            return ideal == 0 ? 0 : found / ideal;
        });
    }

    /**
     * Recall: the share of all relevant passages that are among the first k.
     *
     * @param k the number of ranks, at least 1
     */
    static RankingMetric recall(int k) {
        return of("R@" + check(k), (ranking, gains) -> {
            Set<String> relevant = relevant(gains);
            long found = ranking.stream().limit(k).filter(relevant::contains).count();
            return relevant.isEmpty() ? 0 : (double) found / relevant.size();
        });
    }

    /**
     * Hit: 1 if a relevant passage is among the first k, else 0. Its mean is the hit rate.
     *
     * @param k the number of ranks, at least 1
     */
    static RankingMetric hit(int k) {
        return of("hit@" + check(k), (ranking, gains) -> {
            Set<String> relevant = relevant(gains);
            return ranking.stream().limit(k).anyMatch(relevant::contains) ? 1.0 : 0.0;
        });
    }

    /**
     * Reciprocal rank: 1 / rank of the first relevant passage; 0 if it is not among the first k. Its mean is MRR.
     *
     * @param k the number of ranks, at least 1
     */
    static RankingMetric reciprocalRank(int k) {
        return of("MRR@" + check(k), (ranking, gains) -> {
            Set<String> relevant = relevant(gains);
            for (int i = 0; i < Math.min(k, ranking.size()); i++) {
                if (relevant.contains(ranking.get(i))) {
                    return 1.0 / (i + 1);
                }
            }
            return 0;
        });
    }

    /**
     * Average precision: the mean, over all relevant passages, of the precision at their ranks; those beyond the first
     * k count 0. Its mean is MAP.
     *
     * @param k the number of ranks, at least 1
     */
    static RankingMetric averagePrecision(int k) {
        return of("MAP@" + check(k), (ranking, gains) -> {
            Set<String> relevant = relevant(gains);
            double sum = 0;
            int found = 0;
            for (int i = 0; i < Math.min(k, ranking.size()); i++) {
                if (relevant.contains(ranking.get(i))) {
                    found++;
                    sum += (double) found / (i + 1);
                }
            }
            return relevant.isEmpty() ? 0 : sum / relevant.size();
        });
    }

    private static Set<String> relevant(Map<String, Integer> gains) {
        Set<String> relevant = new HashSet<>();
        gains.forEach((id, gain) -> {
            if (gain > 0) {
                relevant.add(id);
            }
        });
        return relevant;
    }

    private static double log2(double x) {
        return Math.log(x) / Math.log(2);
    }

    private static int check(int k) {
        if (k < 1) {
            throw new IllegalArgumentException("k must be at least 1, k: " + k);
        }
        return k;
    }

    private static RankingMetric of(String name, ToDoubleBiFunction<List<String>, Map<String, Integer>> score) {
        return new RankingMetric() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public double score(List<String> ranking, Map<String, Integer> gains) {
                return score.applyAsDouble(ranking, gains);
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }
}
