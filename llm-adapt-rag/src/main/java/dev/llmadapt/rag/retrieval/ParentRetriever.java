package dev.llmadapt.rag.retrieval;

import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.ScoreExplanation;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.rag.splitting.PassageMetadata;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** {@link Retrievers#parents}. */
record ParentRetriever(Retriever retriever, PassageIndex index, int candidates) implements Retriever {
    ParentRetriever {
        Retrievers.checkCandidates(candidates);
    }

    @Override
    public List<Passage> retrieve(Query query) {
        List<Passage> children = retriever.retrieve(Retrievers.widened(query, candidates));
        Map<String, Passage> parents = parents(query, children);
        Set<String> seen = new HashSet<>();
        List<Passage> shown = new ArrayList<>();
        for (Passage child : children) {
            Passage passage = Objects.requireNonNullElse(parents.get(parentId(child)), child);
            if (seen.add(passage.id()) && shown.size() < query.limit()) {
                shown.add(passage.withScore(child.score()));
            }
        }
        return List.copyOf(shown);
    }

    @Override
    public Optional<ScoreExplanation> explain(Query query, String id) {
        Query wide = Retrievers.widened(query, candidates);
        List<Passage> children = retriever.retrieve(wide);
        Map<String, Passage> parents = parents(query, children);
        for (Passage child : children) {
            String shown = parents.containsKey(parentId(child)) ? parentId(child) : child.id();
            if (shown.equals(id)) {
                return Optional.of(new ScoreExplanation(
                        child.score(),
                        "the score of its passage '" + child.id() + "'",
                        retriever.explain(wide, child.id()).map(List::of).orElse(List.of())));
            }
        }
        return Optional.empty();
    }

    /** Returns the parents that the query admits, by id. */
    private Map<String, Passage> parents(Query query, List<Passage> children) {
        List<String> ids = children.stream()
                .map(ParentRetriever::parentId)
                .filter(id -> !id.isEmpty())
                .toList();
        return index.find(ids, query.principals()).stream()
                .filter(query::admits)
                .collect(Collectors.toMap(Passage::id, Function.identity()));
    }

    private static String parentId(Passage child) {
        return child.metadata().getOrDefault(PassageMetadata.PARENT, "");
    }
}
