package dev.llmadapt.prompting.extraction;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import dev.llmadapt.JsonSchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The rule of one field: the pattern that was given for it, then what was learned, patterns of the value in the text or
 * the words that tell it, whichever is right for more examples, then a value for all texts.
 *
 * @param given comes first
 * @param reader reads what a pattern matches
 * @param patterns find the value in the text
 * @param words tell it by the words of the text; empty where patterns do better
 * @param otherwise the value where nothing is found, empty for null
 */
record FieldRule(
        Optional<GivenPattern> given,
        ValueReader reader,
        FieldPatterns patterns,
        Optional<ValueWords> words,
        Optional<Object> otherwise) {
    /**
     * Learns from examples.
     *
     * @param schema of the field
     * @param values the value of each text, empty for null
     */
    static FieldRule learn(
            JsonSchema schema,
            Optional<GivenPattern> given,
            List<Optional<Object>> values,
            List<TokenText> texts,
            List<Set<String>> words) {
        boolean nullable = schema instanceof JsonSchema.Nullable;
        JsonSchema inner = schema instanceof JsonSchema.Nullable outer ? outer.value() : schema;
        ValueReader reader = ValueReader.of(inner, values, texts);
        Optional<Object> usual = usual(values, nullable);
        FieldPatterns patterns = FieldPatterns.learn(reader, values, texts, usual);
        List<Optional<Object>> found = texts.stream().map(patterns::find).toList();
        List<Optional<Object>> left = IntStream.range(0, values.size())
                .filter(i -> found.get(i).isEmpty())
                .mapToObj(values::get)
                .toList();
        Optional<Object> otherwise = left.isEmpty() ? usual : usual(left, nullable);
        Optional<ValueWords> told = Optional.empty();
        if (ValueWords.fits(values)) {
            ValueWords learned = ValueWords.learn(values, words, usual);
            long byPatterns = IntStream.range(0, values.size())
                    .filter(i -> found.get(i).or(() -> otherwise).equals(values.get(i)))
                    .count();
            long byWords = IntStream.range(0, values.size())
                    .filter(i -> learned.find(words.get(i)).orElse(usual).equals(values.get(i)))
                    .count();
            told = byWords > byPatterns ? Optional.of(learned) : Optional.empty();
        }
        return told.isPresent()
                ? new FieldRule(given, reader, patterns, told, usual)
                : new FieldRule(given, reader, patterns, told, otherwise);
    }

    /** The value of most; where null is allowed and no value has more than half, null. */
    private static Optional<Object> usual(List<Optional<Object>> values, boolean nullable) {
        Map<Optional<Object>, Long> counts =
                values.stream().collect(groupingBy(v -> v, LinkedHashMap::new, counting()));
        Map.Entry<Optional<Object>, Long> most = counts.entrySet().stream()
                .reduce((best, each) -> each.getValue() > best.getValue() ? each : best)
                .orElseThrow();
        return nullable && most.getValue() * 2 <= values.size() ? Optional.empty() : most.getKey();
    }

    /** The value that a text has, empty for null; always one that the schema allows. */
    Optional<Object> value(TokenText text, Set<String> said) {
        Optional<Object> first =
                given.flatMap(pattern -> pattern.find(text.text())).flatMap(reader::read);
        if (first.isPresent()) {
            return first;
        }
        return words.map(learned -> learned.find(said).orElse(otherwise))
                .orElseGet(() -> patterns.find(text).or(() -> otherwise));
    }
}
