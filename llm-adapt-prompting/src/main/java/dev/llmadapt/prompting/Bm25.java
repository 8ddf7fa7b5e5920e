package dev.llmadapt.prompting;

import dev.llmadapt.text.SearchText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An index that scores texts by the words they share with a query (Robertson and Zaragoza 2009, "The Probabilistic
 * Relevance Framework: BM25 and Beyond"):
 *
 * <pre>{@code
 * score(D, Q) = sum over q in Q of  idf(q) * f(q, D) * (k1 + 1) / (f(q, D) + k1 * (1 - b + b * |D| / avgdl))
 * idf(q)      = ln(1 + (N - n(q) + 0.5) / (n(q) + 0.5))
 * }</pre>
 *
 * where {@code f(q, D)} is how often {@code q} occurs in {@code D}, {@code |D|} the number of words of {@code D},
 * {@code avgdl} the mean of these numbers, {@code N} the number of texts and {@code n(q)} the number of texts that
 * contain {@code q}. The 1 in the logarithm keeps the weight of a word that most texts contain positive, as in Lucene.
 * Immutable.
 */
final class Bm25 {
    private static final double K1 = 1.2;
    private static final double B = 0.75;

    private final Map<String, List<Posting>> postings = new HashMap<>();
    private final int[] lengths;
    private final double averageLength;

    /** Indexes texts by counting their words. */
    Bm25(List<String> texts) {
        lengths = new int[texts.size()];
        long words = 0;
        for (int text = 0; text < lengths.length; text++) {
            Map<String, Integer> frequencies = new HashMap<>();
            for (String word : words(texts.get(text))) {
                frequencies.merge(word, 1, Integer::sum);
                lengths[text]++;
            }
            words += lengths[text];
            for (Map.Entry<String, Integer> entry : frequencies.entrySet()) {
                postings.computeIfAbsent(entry.getKey(), word -> new ArrayList<>())
                        .add(new Posting(text, entry.getValue()));
            }
        }
        averageLength = (double) words / Math.max(1, lengths.length);
    }

    /** The score of every text, in their order; 0 where none of the words is shared. */
    double[] scores(String query) {
        double[] scores = new double[lengths.length];
        for (String word : words(query)) {
            List<Posting> found = postings.getOrDefault(word, List.of());
            double idf = Math.log(1 + (lengths.length - found.size() + 0.5) / (found.size() + 0.5));
            for (Posting posting : found) {
                double f = posting.frequency();
                double norm = 1 - B + B * lengths[posting.text()] / averageLength;
                scores[posting.text()] += idf * f * (K1 + 1) / (f + K1 * norm);
            }
        }
        return scores;
    }

    /**
     * Splits a text in its {@linkplain SearchText normal form} into words: runs of letters and digits; an ideograph,
     * which is written without spaces, is a word of its own.
     */
    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        SearchText.of(text).codePoints().forEach(c -> {
            boolean ideograph = Character.isIdeographic(c);
            boolean inWord = Character.isLetterOrDigit(c) || Character.getType(c) == Character.NON_SPACING_MARK;
            if ((ideograph || !inWord) && !word.isEmpty()) {
                words.add(word.toString());
                word.setLength(0);
            }
            if (ideograph) {
                words.add(Character.toString(c));
            } else if (inWord) {
                word.appendCodePoint(c);
            }
        });
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }

    /** The index of a text that contains a word, and the number of times it does. */
    private record Posting(int text, int frequency) {}
}
