package dev.llmadapt.prompting.extraction;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Patterns of one field as a decision list (Rivest 1987, "Learning Decision Lists"): the first that matches a text says
 * the value. They are learned by covering: of all patterns around the values of the examples the most precise is taken
 * first, precise on those examples that no pattern before it matches. An example counts as found by a pattern only if
 * another example teaches it, too, so that nothing is taken that would not be there without the example it is judged
 * by.
 *
 * @param reader reads what was matched
 * @param patterns in order
 */
record FieldPatterns(ValueReader reader, List<SpanPattern> patterns) {
    private static final int MOST_EXAMPLES = 500;
    private static final int MOST_CANDIDATES = 2_000;

    /** Copies the list. */
    FieldPatterns {
        patterns = List.copyOf(patterns);
    }

    /**
     * Learns from examples, of many from the first {@value #MOST_EXAMPLES}.
     *
     * @param values the value of each text, empty for null
     * @param otherwise the value where no pattern matches
     */
    static FieldPatterns learn(
            ValueReader reader, List<Optional<Object>> values, List<TokenText> texts, Optional<Object> otherwise) {
        int size = Math.min(MOST_EXAMPLES, values.size());
        Map<SpanPattern, Integer> taught = new LinkedHashMap<>();
        for (int i = 0; i < size; i++) {
            TokenText text = texts.get(i);
            values.get(i).stream()
                    .flatMap(value -> reader.places(text, value).stream())
                    .flatMap(span -> SpanPattern.around(text, span))
                    .distinct()
                    .forEach(pattern -> taught.merge(pattern, 1, Integer::sum));
        }
        List<Judged<SpanPattern>> candidates = taught.entrySet().stream()
                .filter(entry -> entry.getValue() > 1)
                .sorted(Map.Entry.<SpanPattern, Integer>comparingByValue().reversed())
                .limit(MOST_CANDIDATES)
                .map(entry -> judged(entry.getKey(), reader, values, texts, size))
                .toList();
        BitSet asOtherwise = new BitSet();
        IntStream.range(0, size).filter(i -> values.get(i).equals(otherwise)).forEach(asOtherwise::set);
        List<SpanPattern> taken = new ArrayList<>(Judged.cover(candidates, size, asOtherwise, 1));
        if (values.stream().allMatch(Optional::isPresent)) {
            // There is a value in every text: where none of these matches, what finds most of all.
            candidates.stream()
                    .max(Comparator.<Judged<SpanPattern>>comparingInt(
                                    judged -> judged.right().cardinality())
                            .thenComparingInt(judged -> -judged.detail()))
                    .map(Judged::condition)
                    .filter(pattern -> !taken.contains(pattern))
                    .ifPresent(taken::add);
        }
        return new FieldPatterns(reader, taken);
    }

    private static Judged<SpanPattern> judged(
            SpanPattern pattern, ValueReader reader, List<Optional<Object>> values, List<TokenText> texts, int size) {
        BitSet matched = new BitSet();
        BitSet right = new BitSet();
        for (int i = 0; i < size; i++) {
            Optional<Object> found = value(pattern, reader, texts.get(i));
            matched.set(i, found.isPresent());
            right.set(i, found.isPresent() && found.equals(values.get(i)));
        }
        return new Judged<>(pattern, pattern.context(), matched, right);
    }

    /** The value that the first matching pattern says; empty if none matches. */
    Optional<Object> find(TokenText text) {
        return patterns.stream()
                .flatMap(pattern -> value(pattern, reader, text).stream())
                .findFirst();
    }

    private static Optional<Object> value(SpanPattern pattern, ValueReader reader, TokenText text) {
        return pattern.first(text)
                .filter(span -> reader.fits(text, span))
                .flatMap(span -> reader.read(text.span(span.from(), span.to())));
    }
}
