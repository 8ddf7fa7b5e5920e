package dev.llmadapt.pilot.task;

import dev.llmadapt.Metric;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The F1 of the words that an answer and the right answer share (Rajpurkar et al. 2016, SQuAD), without case, accents,
 * punctuation and English articles.
 */
public record WordOverlap() implements Metric {
    @Override
    public String name() {
        return "word F1";
    }

    @Override
    public double score(String expected, String actual) {
        List<String> right = words(expected);
        List<String> given = words(actual);
        if (right.isEmpty() || given.isEmpty()) {
            return right.isEmpty() == given.isEmpty() ? 1 : 0;
        }
        Map<String, Integer> left = new HashMap<>();
        right.forEach(word -> left.merge(word, 1, Integer::sum));
        int common = 0;
        for (String word : given) {
            int times = left.getOrDefault(word, 0);
            if (times > 0) {
                left.put(word, times - 1);
                common++;
            }
        }
        return 2.0 * common / (right.size() + given.size());
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        String plain = Normalizer.normalize(text, Normalizer.Form.NFD)
                .replaceAll("\\p{M}+", "")
                .toLowerCase(Locale.ROOT);
        for (String word : plain.split("[^\\p{L}\\p{N}]+", -1)) {
            if (!word.isEmpty() && !word.equals("a") && !word.equals("an") && !word.equals("the")) {
                words.add(word);
            }
        }
        return words;
    }
}
