package dev.llmadapt.rag.retrieval;

import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.ScoreExplanation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@link Retrievers#fused(int, int, Retrievers.Part...)}. */
record FusedRetriever(int k, int candidates, List<Retrievers.Part> parts) implements Retriever {
    FusedRetriever {
        if (k < 0) {
            throw new IllegalArgumentException("k must be at least 0, k: " + k);
        }
        Retrievers.checkCandidates(candidates);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("a fusion needs at least one retriever, got none");
        }
    }

    @Override
    public List<Passage> retrieve(Query query) {
        Query wide = Retrievers.widened(query, candidates);
        Map<String, Passage> fused = new LinkedHashMap<>();
        for (Retrievers.Part part : parts) {
            List<Passage> found = part.retriever().retrieve(wide);
            for (int i = 0; i < found.size(); i++) {
                Passage passage = found.get(i);
                double share = part.weight() / (k + i + 1.0);
                fused.merge(
                        passage.id(),
                        passage.withScore(share),
                        (before, now) -> before.withScore(before.score() + now.score()));
            }
        }
        List<Passage> sorted = new ArrayList<>(fused.values());
        sorted.sort(Comparator.comparingDouble(Passage::score).reversed().thenComparing(Passage::id));
        return Retrievers.first(sorted, query.limit());
    }

    @Override
    public Optional<ScoreExplanation> explain(Query query, String id) {
        Query wide = Retrievers.widened(query, candidates);
        List<ScoreExplanation> shares = new ArrayList<>();
        double sum = 0;
        for (int i = 0; i < parts.size(); i++) {
            Retrievers.Part part = parts.get(i);
            List<Passage> found = part.retriever().retrieve(wide);
            int at = found.stream().map(Passage::id).toList().indexOf(id);
            if (at >= 0) {
                double share = part.weight() / (k + at + 1.0);
                sum += share;
                shares.add(new ScoreExplanation(
                        share,
                        "weight " + part.weight() + " / (k " + k + " + rank " + (at + 1) + ") of retriever " + (i + 1),
                        part.retriever().explain(wide, id).map(List::of).orElse(List.of())));
            }
        }
        return shares.isEmpty()
                ? Optional.empty()
                : Optional.of(new ScoreExplanation(sum, "reciprocal rank fusion, sum of:", shares));
    }
}
