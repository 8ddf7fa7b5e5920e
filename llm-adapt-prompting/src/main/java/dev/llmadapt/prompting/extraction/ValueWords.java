package dev.llmadapt.prompting.extraction;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A decision list that tells a field's value by words of the text, and by pairs of words that stand side by side.
 *
 * @param rules in order
 */
record ValueWords(List<WordRule> rules) {
    private static final int MOST_VALUES = 50;
    private static final int MOST_EXAMPLES = 2_000;
    private static final int LEAST_GAIN = 2;

    /** Copies the list. */
    ValueWords {
        rules = List.copyOf(rules);
    }

    /**
     * A word and the value of texts that have it.
     *
     * @param value empty for null
     */
    record WordRule(String word, Optional<Object> value) {}

    /** Whether values are few enough to be told by words: at least 2, and each in two examples in the mean. */
    static boolean fits(List<Optional<Object>> values) {
        long different = values.stream().distinct().count();
        return different > 1 && different <= MOST_VALUES && different * 2 <= values.size();
    }

    /**
     * Learns from texts, given by their words; of many from the first {@value #MOST_EXAMPLES}.
     *
     * @param otherwise the value where no word tells it
     */
    static ValueWords learn(List<Optional<Object>> values, List<Set<String>> texts, Optional<Object> otherwise) {
        int size = Math.min(MOST_EXAMPLES, texts.size());
        Map<String, BitSet> with = new LinkedHashMap<>();
        Map<Optional<Object>, BitSet> having = new LinkedHashMap<>();
        for (int i = 0; i < size; i++) {
            having.computeIfAbsent(values.get(i), value -> new BitSet()).set(i);
            for (String word : texts.get(i)) {
                with.computeIfAbsent(word, key -> new BitSet()).set(i);
            }
        }
        List<Judged<WordRule>> candidates = new ArrayList<>();
        with.forEach((word, matched) -> having.forEach((value, all) -> {
            BitSet right = (BitSet) matched.clone();
            right.and(all);
            if (right.cardinality() > 1) {
                candidates.add(new Judged<>(new WordRule(word, value), word.length(), matched, right));
            }
        }));
        BitSet asOtherwise = having.getOrDefault(otherwise, new BitSet());
        return new ValueWords(Judged.cover(candidates, size, asOtherwise, LEAST_GAIN));
    }

    /** The value that the first word of the list says which a text has, empty in it for null; empty if it has none. */
    Optional<Optional<Object>> find(Set<String> text) {
        return rules.stream()
                .filter(rule -> text.contains(rule.word()))
                .map(WordRule::value)
                .findFirst();
    }
}
