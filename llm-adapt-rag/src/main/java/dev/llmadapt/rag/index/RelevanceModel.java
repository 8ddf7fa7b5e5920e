package dev.llmadapt.rag.index;

import dev.llmadapt.Passage;
import dev.llmadapt.rag.Feedback;
import dev.llmadapt.text.SearchText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.OffsetAttribute;

/**
 * Expansion of a query by its first passages: {@code P'(w) = a P(w|Q) + (1 - a) sum over D of P(w|D) P(D)}, where P(D) is
 * the share of D's score. The result is a text again, in which a word stands as often as it weighs, so any engine that
 * counts words can be asked.
 */
public final class RelevanceModel {
    /** Words of the text: enough for a word of weight 1/400 to stand once. */
    private static final int LENGTH = 400;

    private RelevanceModel() {}

    /** The expanded text of a query. */
    public static String expand(String query, List<Passage> passages, Feedback options) {
        try (Analyzer analyzer = LuceneIndex.analyzer(options.language())) {
            Map<String, String> forms = new LinkedHashMap<>(); // a word as it stands in a text, by its stem
            Map<String, Double> asked = shares(analyzer, query, forms);
            Map<String, Double> found = new LinkedHashMap<>();
            double all = passages.stream()
                    .mapToDouble(passage -> Math.max(passage.score(), 0))
                    .sum();
            for (Passage passage : passages) {
                double weight = all > 0 ? Math.max(passage.score(), 0) / all : 1.0 / passages.size();
                shares(analyzer, Fields.words(passage), forms)
                        .forEach((stem, share) -> found.merge(stem, share * weight, Double::sum));
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
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot be read", e);
        }
    }

    /** How much of a text each of its stems is. */
    private static Map<String, Double> shares(Analyzer analyzer, String written, Map<String, String> forms)
            throws IOException {
        String text = SearchText.of(written);
        Map<String, Double> counts = new LinkedHashMap<>();
        int all = 0;
        try (TokenStream stream = analyzer.tokenStream(Fields.WORDS, text)) {
            CharTermAttribute stem = stream.addAttribute(CharTermAttribute.class);
            OffsetAttribute place = stream.addAttribute(OffsetAttribute.class);
            stream.reset();
            while (stream.incrementToken()) {
                counts.merge(stem.toString(), 1.0, Double::sum);
                forms.putIfAbsent(stem.toString(), text.substring(place.startOffset(), place.endOffset()));
                all++;
            }
            stream.end();
        }
        double length = all;
        counts.replaceAll((stem, count) -> count / length);
        return counts;
    }
}
