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

/** {@link Retrievers#combined(int, Retrievers.Part...)}. */
record CombinedRetriever(int candidates, List<Retrievers.Part> parts) implements Retriever {
    CombinedRetriever {
        Retrievers.checkCandidates(candidates);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("a combination needs at least one retriever, got none");
        }
        if (parts.stream().allMatch(part -> part.weight() == 0)) {
            throw new IllegalArgumentException("a combination needs a weight above 0, parts: " + parts.size());
        }
    }

    @Override
    public List<Passage> retrieve(Query query) {
        Query wide = Retrievers.widened(query, candidates);
        double weights = weights();
        Map<String, Passage> combined = new LinkedHashMap<>();
        for (Retrievers.Part part : parts) {
            List<Passage> found = part.retriever().retrieve(wide);
            Scale scale = Scale.of(found.stream().mapToDouble(Passage::score));
            for (Passage passage : found) {
                double share = part.weight() / weights * scale.of(passage.score());
                combined.merge(
                        passage.id(),
                        passage.withScore(share),
                        (before, now) -> before.withScore(before.score() + now.score()));
            }
        }
        List<Passage> sorted = new ArrayList<>(combined.values());
        sorted.sort(Comparator.comparingDouble(Passage::score).reversed().thenComparing(Passage::id));
        return Retrievers.first(sorted, query.limit());
    }

    @Override
    public Optional<ScoreExplanation> explain(Query query, String id) {
        Query wide = Retrievers.widened(query, candidates);
        double weights = weights();
        List<ScoreExplanation> shares = new ArrayList<>();
        double sum = 0;
        for (int i = 0; i < parts.size(); i++) {
            Retrievers.Part part = parts.get(i);
            List<Passage> found = part.retriever().retrieve(wide);
            Scale scale = Scale.of(found.stream().mapToDouble(Passage::score));
            for (Passage passage : found) {
                if (passage.id().equals(id)) {
                    double share = part.weight() / weights * scale.of(passage.score());
                    sum += share;
                    shares.add(new ScoreExplanation(
                            share,
                            "weight " + part.weight() + " of " + weights + " * (score - " + scale.low() + ") / ("
                                    + scale.high() + " - " + scale.low() + ") of retriever " + (i + 1),
                            part.retriever().explain(wide, id).map(List::of).orElse(List.of())));
                }
            }
        }
        return shares.isEmpty()
                ? Optional.empty()
                : Optional.of(new ScoreExplanation(sum, "sum of scores scaled to [0, 1]:", shares));
    }

    private double weights() {
        return parts.stream().mapToDouble(Retrievers.Part::weight).sum();
    }
}
