package dev.llmadapt.rag.retrieval;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Request;
import dev.llmadapt.Retriever;
import dev.llmadapt.ScoreExplanation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@link Retrievers#multiQuery}. The model decodes greedily, so equal questions have equal wordings. */
record MultiQueryRetriever(Retriever retriever, Model model, int wordings, int candidates) implements Retriever {
    private static final int MAX_WORDING_LENGTH = 500; // characters of a wording

    MultiQueryRetriever {
        if (wordings < 1 || wordings > 10) {
            throw new IllegalArgumentException("wordings must be in [1, 10], wordings: " + wordings);
        }
        Retrievers.checkCandidates(candidates);
    }

    @Override
    public List<Passage> retrieve(Query query) {
        return fused(query).retrieve(query);
    }

    @Override
    public Optional<ScoreExplanation> explain(Query query, String id) {
        return fused(query).explain(query, id);
    }

    private Retriever fused(Query query) {
        List<Retrievers.Part> parts = new ArrayList<>();
        parts.add(new Retrievers.Part(retriever, 1));
        for (String wording : query.text().isBlank() ? List.<String>of() : words(query.text())) {
            parts.add(new Retrievers.Part(new Worded(retriever, wording), 1));
        }
        return new FusedRetriever(60, candidates, parts);
    }

    /** Returns at most {@link #wordings} lines of the model's answer, without numbers and dashes before them. */
    private List<String> words(String question) {
        Request request = Request.of(
                        Message.system("You rewrite search queries."), Message.user("""
                                Write %d other wordings of this search query, one a line and nothing else.

                                Query: %s""".formatted(wordings, question)))
                .withOptions(GenerationOptions.defaults().withMaxTokens(40 * wordings));
        return model.generate(request)
                .text()
                .lines()
                .map(line ->
                        line.replaceFirst("^\\s*(?:[-*]|\\d{1,2}[.)])\\s+", "").strip())
                .filter(line -> !line.isEmpty() && line.length() <= MAX_WORDING_LENGTH && !line.equals(question))
                .distinct()
                .limit(wordings)
                .toList();
    }

    /** A retriever that asks in other words, with the same principals and filter. */
    private record Worded(Retriever retriever, String wording) implements Retriever {
        @Override
        public List<Passage> retrieve(Query query) {
            return retriever.retrieve(query.withText(wording));
        }

        @Override
        public Optional<ScoreExplanation> explain(Query query, String id) {
            return retriever.explain(query.withText(wording), id);
        }
    }
}
