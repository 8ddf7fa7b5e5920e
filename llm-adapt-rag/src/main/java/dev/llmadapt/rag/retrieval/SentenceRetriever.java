package dev.llmadapt.rag.retrieval;

import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.ScoreExplanation;
import dev.llmadapt.rag.retrieval.SentenceVectors.Sentence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** {@link Retrievers#bySentences}. */
record SentenceRetriever(Retriever retriever, SentenceVectors vectors, int candidates) implements Retriever {
    SentenceRetriever {
        Retrievers.checkCandidates(candidates);
    }

    @Override
    public List<Passage> retrieve(Query query) {
        List<Scored> scored = scored(query);
        return Retrievers.first(
                scored.stream()
                        .map(each -> each.passage().withScore(each.score()))
                        .toList(),
                query.limit());
    }

    @Override
    public Optional<ScoreExplanation> explain(Query query, String id) {
        return scored(query).stream()
                .filter(each -> each.passage().id().equals(id))
                .findFirst()
                .map(each -> new ScoreExplanation(
                        each.score(),
                        "mean of the score before and of the nearest sentence's, each scaled to [0, 1]:",
                        List.of(
                                new ScoreExplanation(
                                        each.before(),
                                        "the score before, " + each.passage().score() + ", scaled",
                                        retriever
                                                .explain(Retrievers.widened(query, candidates), id)
                                                .map(List::of)
                                                .orElse(List.of())),
                                new ScoreExplanation(
                                        each.near(),
                                        "the cosine " + each.sentence().cosine() + ", scaled, of: "
                                                + each.sentence().text()))));
    }

    private List<Scored> scored(Query query) {
        List<Passage> found = retriever.retrieve(Retrievers.widened(query, candidates));
        if (query.text().isBlank()) {
            return found.stream()
                    .map(each -> new Scored(each, each.score(), each.score(), each.score(), new Sentence("", 0)))
                    .toList();
        }
        float[] asked = vectors.ofQuery(query.text());
        List<Passage> first = Retrievers.first(found, candidates);
        List<Sentence> sentences = first.stream()
                .map(each -> vectors.of(each).nearestSentence(asked))
                .toList();
        Scale before = Scale.of(first.stream().mapToDouble(Passage::score));
        Scale near = Scale.of(sentences.stream().mapToDouble(Sentence::cosine));
        List<Scored> scored = new ArrayList<>(found.size());
        for (int i = 0; i < found.size(); i++) {
            double one = before.of(found.get(i).score());
            if (i < first.size()) {
                double other = near.of(sentences.get(i).cosine());
                scored.add(new Scored(found.get(i), (one + other) / 2, one, other, sentences.get(i)));
            } else { // below all candidates, in the order found
                scored.add(new Scored(found.get(i), Math.min(0, one) / 2, Math.min(0, one), 0, new Sentence("", 0)));
            }
        }
        scored.sort(Comparator.comparingDouble(Scored::score).reversed()); // stable: equals stay in the order found
        return scored;
    }

    /**
     * A scored candidate.
     *
     * @param passage the passage as the retriever found it
     * @param score the mean of the two scaled scores
     * @param before the retriever's score, scaled
     * @param near the cosine of the nearest sentence, scaled
     * @param sentence the nearest sentence
     */
    private record Scored(Passage passage, double score, double before, double near, Sentence sentence) {}
}
