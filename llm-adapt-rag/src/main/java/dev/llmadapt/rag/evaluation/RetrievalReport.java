package dev.llmadapt.rag.evaluation;

import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.rag.splitting.PassageMetadata;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rankings of a retriever for judged queries.
 *
 * @param rankings the found ids, the best first, by query id
 * @param judgements the gains by passage id, by query id
 */
public record RetrievalReport(Map<String, List<String>> rankings, Map<String, Map<String, Integer>> judgements) {
    /** Validates that every ranking has judgements. */
    public RetrievalReport {
        if (rankings.isEmpty()) {
            throw new IllegalArgumentException("a report needs at least one judged query, got none");
        }
        rankings.keySet().forEach(query -> {
            if (!judgements.containsKey(query)) {
                throw new IllegalArgumentException("query '" + query + "' has no judgements");
            }
        });
    }

    /**
     * Asks a retriever every judged query of a collection.
     *
     * @param depth the number of passages to find, at least the largest k of the metrics
     */
    public static RetrievalReport of(Retriever retriever, TestCollection collection, int depth) {
        Map<String, List<String>> rankings = new LinkedHashMap<>();
        collection.queries().forEach((id, text) -> {
            if (collection.judgements().containsKey(id)) {
                rankings.put(
                        id,
                        retriever.retrieve(new Query(text, depth)).stream()
                                .map(Passage::id)
                                .toList());
            }
        });
        return new RetrievalReport(rankings, collection.judgements());
    }

    /**
     * Asks a retriever the questions that name documents, and ranks documents by their best passages. A document has
     * the name that the question uses for it.
     *
     * @param depth the number of passages to find
     */
    public static RetrievalReport of(Retriever retriever, QuestionSet questions, int depth) {
        Map<String, Map<String, Integer>> judgements = questions.judgements();
        Map<String, List<String>> rankings = new LinkedHashMap<>();
        for (QuestionSet.Question question : questions.questions()) {
            if (judgements.containsKey(question.id())) {
                rankings.put(
                        question.id(),
                        retriever.retrieve(new Query(question.text(), depth)).stream()
                                .map(PassageMetadata::document)
                                .map(document -> question.documents().stream()
                                        .filter(named -> QuestionSet.names(named, document))
                                        .findFirst()
                                        .orElse(document))
                                .distinct()
                                .toList());
            }
        }
        return new RetrievalReport(rankings, judgements);
    }

    /** Computes a metric of each query, by its id. */
    public Map<String, Double> scores(RankingMetric metric) {
        Map<String, Double> scores = new LinkedHashMap<>();
        rankings.forEach((query, ranking) ->
                scores.put(query, metric.score(ranking, judgements.getOrDefault(query, Map.of()))));
        return scores;
    }

    /** Computes the mean of a metric over the queries. */
    public double mean(RankingMetric metric) {
        return Arrays.stream(values(metric)).average().orElseThrow();
    }

    /**
     * Computes the mean of a metric over the queries and its 95% interval, as {@link MeanInterval#of} does.
     *
     * @param seed the seed of the resamples
     */
    public MeanInterval interval(RankingMetric metric, long seed) {
        return MeanInterval.of(values(metric), seed);
    }

    private double[] values(RankingMetric metric) {
        return scores(metric).values().stream().mapToDouble(Double::doubleValue).toArray();
    }
}
