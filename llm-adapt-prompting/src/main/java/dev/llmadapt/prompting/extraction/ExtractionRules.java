package dev.llmadapt.prompting.extraction;

import dev.llmadapt.Example;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rules that find the fields of a JSON schema in a text, one for each field, those of objects in objects among them. A
 * list, and an object that may be null, is one value, the most frequent of the examples or the one that the text's
 * words tell. What they say is always JSON of the schema. Immutable.
 */
public final class ExtractionRules {
    private final JsonSchema.ObjectOf schema;
    private final Map<String, FieldRule> rules = new LinkedHashMap<>();

    private ExtractionRules(JsonSchema.ObjectOf schema) {
        this.schema = schema;
    }

    /**
     * Learns from examples whose answers are JSON of a schema.
     *
     * @param examples at least one
     * @param patterns regular expressions by fields ({@code a.b} for a field of an object), each with one group; they
     *     come before what is learned
     * @throws IllegalArgumentException if an answer does not fit the schema, or a pattern is none or is for a field
     *     that the schema does not have
     */
    public static ExtractionRules learn(
            JsonSchema.ObjectOf schema, List<Example> examples, Map<String, String> patterns) {
        Map<String, JsonSchema> fields = new LinkedHashMap<>();
        collect(schema, "", fields);
        for (String field : patterns.keySet()) {
            if (!fields.containsKey(field)) {
                throw new IllegalArgumentException("a pattern is for the field '" + field
                        + "', which the schema does not have, expected one of " + fields.keySet());
            }
        }
        List<Map<String, Object>> answers = examples.stream()
                .map(example -> answer(example, schema, fields.keySet()))
                .toList();
        List<TokenText> texts =
                examples.stream().map(example -> TokenText.of(example.input())).toList();
        List<Set<String>> words = texts.stream().map(TokenText::words).toList();
        ExtractionRules learned = new ExtractionRules(schema);
        fields.forEach((name, field) -> learned.rules.put(
                name,
                FieldRule.learn(
                        field,
                        Optional.ofNullable(patterns.get(name)).map(regex -> GivenPattern.of(name, regex)),
                        answers.stream()
                                .map(answer -> Optional.ofNullable(answer.get(name)))
                                .toList(),
                        texts,
                        words)));
        return learned;
    }

    /**
     * Checks patterns without a schema, so that what is wrong with them is told early.
     *
     * @throws IllegalArgumentException if one is no regular expression with one group
     */
    public static void requireValid(Map<String, String> patterns) {
        patterns.forEach(GivenPattern::of);
    }

    /**
     * The answer to a text: JSON of the schema in its canonical form.
     *
     * @throws dev.llmadapt.InferenceException if a pattern that was given takes too long
     */
    public String answer(String text) {
        TokenText tokens = TokenText.of(text);
        Set<String> words = tokens.words();
        Map<String, Object> values = new LinkedHashMap<>();
        rules.forEach((name, rule) -> rule.value(tokens, words).ifPresent(value -> values.put(name, value)));
        return schema.canonical(nested(schema, "", values));
    }

    /** The schema of the answers. */
    public JsonSchema.ObjectOf schema() {
        return schema;
    }

    private static void collect(JsonSchema.ObjectOf object, String place, Map<String, JsonSchema> fields) {
        object.properties().forEach((name, value) -> {
            if (value instanceof JsonSchema.ObjectOf inner) {
                collect(inner, place + name + ".", fields);
            } else if (fields.put(place + name, value) != null) {
                throw new IllegalArgumentException(
                        "two fields of the schema are called '" + place + name + "'; rename one");
            }
        });
    }

    private static Map<String, Object> answer(Example example, JsonSchema.ObjectOf schema, Set<String> fields) {
        Map<String, Object> values = new LinkedHashMap<>();
        try {
            Map<String, @Nullable Object> answer = StrictJson.map(example.output());
            schema.canonical(answer);
            flatten(answer, "", fields, values);
            return values;
        } catch (BrokenRecord e) {
            throw new IllegalArgumentException(
                    "the answer of example '" + example.id() + "' is no JSON object: " + e.reason(), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the answer of example '" + example.id() + "' does not fit the schema: " + e.getMessage(), e);
        }
    }

    private static void flatten(Map<?, ?> object, String place, Set<String> fields, Map<String, Object> values) {
        object.forEach((name, value) -> {
            String path = place + name;
            if (value instanceof Map<?, ?> inner && !fields.contains(path)) {
                flatten(inner, path + ".", fields, values);
            } else if (value != null) {
                values.put(path, ValueReader.normal(value));
            }
        });
    }

    private static Map<String, Object> nested(JsonSchema.ObjectOf object, String place, Map<String, Object> values) {
        Map<String, Object> result = new LinkedHashMap<>();
        object.properties().forEach((name, value) -> {
            Object found = value instanceof JsonSchema.ObjectOf inner
                    ? nested(inner, place + name + ".", values)
                    : values.get(place + name);
            if (found != null) {
                result.put(name, found);
            }
        });
        return result;
    }
}
