package dev.llmadapt.rag.retrieval;

import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.ScoreExplanation;
import dev.llmadapt.rag.embedding.Reranker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** {@link Retrievers#reranked}. */
record RerankingRetriever(Retriever retriever, Reranker reranker, int candidates) implements Retriever {
    RerankingRetriever {
        Retrievers.checkCandidates(candidates);
    }

    @Override
    public List<Passage> retrieve(Query query) {
        List<Passage> found = retriever.retrieve(Retrievers.widened(query, candidates));
        double[] scores = reranker.score(
                query.text(), found.stream().map(Retrievers::words).toList());
        List<Passage> scored = new ArrayList<>(found.size());
        for (int i = 0; i < found.size(); i++) {
            scored.add(found.get(i).withScore(scores[i]));
        }
        scored.sort(Comparator.comparingDouble(Passage::score).reversed()); // stable: equals stay in the order found
        return Retrievers.first(scored, query.limit());
    }

    @Override
    public Optional<ScoreExplanation> explain(Query query, String id) {
        return retrieve(query).stream()
                .filter(passage -> passage.id().equals(id))
                .findFirst()
                .map(passage -> new ScoreExplanation(
                        passage.score(),
                        "the reranker's score; found because of:",
                        retriever
                                .explain(Retrievers.widened(query, candidates), id)
                                .map(List::of)
                                .orElse(List.of())));
    }
}
