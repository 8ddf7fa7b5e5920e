package dev.llmadapt.rag.retrieval;

import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.rag.index.PassageIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** {@link Retrievers#mmr}. Its scores are the marginal relevances, which fall from rank to rank. */
record MmrRetriever(Retriever retriever, PassageIndex index, double lambda, int candidates) implements Retriever {
    MmrRetriever {
        if (!(lambda >= 0 && lambda <= 1)) {
            throw new IllegalArgumentException("lambda must be in [0, 1], lambda: " + lambda);
        }
        Retrievers.checkCandidates(candidates);
    }

    @Override
    public List<Passage> retrieve(Query query) {
        List<Passage> left = new ArrayList<>(retriever.retrieve(Retrievers.widened(query, candidates)));
        Map<String, float[]> vectors =
                index.vectors(left.stream().map(Passage::id).toList());
        double best = left.stream().mapToDouble(Passage::score).max().orElse(0);
        double worst = left.stream().mapToDouble(Passage::score).min().orElse(0);
        double[] closest = new double[left.size()]; // to one picked before
        boolean[] taken = new boolean[left.size()];
        Arrays.fill(closest, 0);
        List<Passage> picked = new ArrayList<>();
        while (picked.size() < Math.min(query.limit(), left.size())) {
            int next = -1;
            double highest = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < left.size(); i++) {
                double relevance = best > worst ? (left.get(i).score() - worst) / (best - worst) : 1;
                double marginal = lambda * relevance - (1 - lambda) * closest[i];
                if (!taken[i] && marginal > highest) {
                    highest = marginal;
                    next = i;
                }
            }
            taken[next] = true;
            picked.add(left.get(next).withScore(highest));
            float[] its = vectors.get(left.get(next).id());
            for (int i = 0; its != null && i < left.size(); i++) {
                float[] other = vectors.get(left.get(i).id());
                if (other != null) {
                    closest[i] = Math.max(closest[i], dot(its, other));
                }
            }
        }
        return List.copyOf(picked);
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
