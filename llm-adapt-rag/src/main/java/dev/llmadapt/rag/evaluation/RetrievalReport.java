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
 * What a retriever found for the judged queries of a test collection.
 *
 * @param rankings ids, the best first, by query id
 * @param judgements gains by passage id, by query id
 */
public record RetrievalReport(Map<String, List<String>> rankings, Map<String, Map<String, Integer>> judgements) {
    /** Checks that there is something to judge. */
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
     * @param depth passages asked for, at least the largest k of the metrics
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
     * Asks a retriever the questions that name documents, and ranks documents by their best passages; a document's id
     * is written as the questions name it, also where it is a row within a file.
     *
     * @param depth passages asked for
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

    /** The metric of each query, by its id. */
    public Map<String, Double> scores(RankingMetric metric) {
        Map<String, Double> scores = new LinkedHashMap<>();
        rankings.forEach((query, ranking) ->
                scores.put(query, metric.score(ranking, judgements.getOrDefault(query, Map.of()))));
        return scores;
    }

    /** The mean of the metric over the queries. */
    public double mean(RankingMetric metric) {
        return Arrays.stream(values(metric)).average().orElseThrow();
    }

    /**
     * The mean and its 95% interval by the percentile bootstrap over queries (Efron 1979), 2,000 resamples.
     *
     * @param seed fixes the resamples
     */
    public MeanInterval interval(RankingMetric metric, long seed) {
        return MeanInterval.of(values(metric), seed);
    }

    private double[] values(RankingMetric metric) {
        return scores(metric).values().stream().mapToDouble(Double::doubleValue).toArray();
    }
}
