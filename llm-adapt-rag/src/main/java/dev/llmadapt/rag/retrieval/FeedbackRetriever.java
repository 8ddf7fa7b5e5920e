package dev.llmadapt.rag.retrieval;

import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.ScoreExplanation;
import java.util.List;
import java.util.Optional;

/** {@link Retrievers#feedback}. */
record FeedbackRetriever(Retriever retriever, RelevanceFeedback options) implements Retriever {
    @Override
    public List<Passage> retrieve(Query query) {
        return retriever.retrieve(expanded(query));
    }

    @Override
    public Optional<ScoreExplanation> explain(Query query, String id) {
        Query expanded = expanded(query);
        return retriever
                .explain(expanded, id)
                .map(explanation -> new ScoreExplanation(
                        explanation.value(),
                        "the query expanded by feedback, " + expanded.text(),
                        List.of(explanation)));
    }

    private Query expanded(Query query) {
        List<Passage> first = retriever.retrieve(query.withLimit(options.passages())).stream()
                .filter(query::admits) // words of what they may not read would show in what is found
                .toList();
        return first.isEmpty() ? query : query.withText(RelevanceModel.expand(query.text(), first, options));
    }
}
