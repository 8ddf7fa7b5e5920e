package dev.llmadapt.rag.retrieval;

import dev.llmadapt.Passage;
import dev.llmadapt.rag.index.Language.Stem;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The relevance model of a query and its first passages: {@code P'(w) = a P(w|Q) + (1 - a) sum over D of P(w|D) P(D)},
 * where P(D) is D's share of all scores. The result is a text in which each word occurs as often as it weighs, so that
 * it suits any engine that counts words.
 */
final class RelevanceModel {
    /** The number of words of the text: enough for a word of weight 1/400 to occur once. */
    private static final int LENGTH = 400;

    private final RelevanceFeedback options;
    private final Map<String, String> forms = new LinkedHashMap<>(); // a word as it stands in a text, by its stem

    RelevanceModel(RelevanceFeedback options) {
        this.options = options;
    }

    /** Returns the expanded text of a query. */
    static String expand(String query, List<Passage> passages, RelevanceFeedback options) {
        return new RelevanceModel(options).expand(query, passages);
    }

    private String expand(String query, List<Passage> passages) {
        Map<String, Double> asked = shares(query);
        Map<String, Double> found = new LinkedHashMap<>();
        double all = passages.stream()
                .mapToDouble(passage -> Math.max(passage.score(), 0))
                .sum();
        for (Passage passage : passages) {
            double weight = all > 0 ? Math.max(passage.score(), 0) / all : 1.0 / passages.size();
            shares(Retrievers.words(passage)).forEach((stem, share) -> found.merge(stem, share * weight, Double::sum));
        }
        List<Map.Entry<String, Double>> best = found.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(options.words())
                .toList();
        double kept = best.stream().mapToDouble(Map.Entry::getValue).sum();
        Map<String, Double> weights = new LinkedHashMap<>();
        asked.forEach((stem, share) -> weights.put(stem, options.original() * share));
        best.forEach(entry ->
                weights.merge(entry.getKey(), (1 - options.original()) * entry.getValue() / kept, Double::sum));
        StringBuilder text = new StringBuilder();
        weights.forEach((stem, weight) -> {
            String word = forms.getOrDefault(stem, stem) + " ";
            text.append(word.repeat((int) Math.round(weight * LENGTH)));
        });
        return text.isEmpty() ? query : text.toString().strip();
    }

    /** Returns the share of each stem in a text. */
    private Map<String, Double> shares(String text) {
        List<Stem> stems = options.language().stems(text);
        Map<String, Double> shares = new LinkedHashMap<>();
        for (Stem each : stems) {
            shares.merge(each.stem(), 1.0, Double::sum);
            forms.putIfAbsent(each.stem(), each.word());
        }
        double length = stems.size();
        shares.replaceAll((stem, count) -> count / length);
        return shares;
    }
}
