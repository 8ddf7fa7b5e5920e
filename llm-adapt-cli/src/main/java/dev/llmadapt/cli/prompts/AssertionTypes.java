package dev.llmadapt.cli.prompts;

import static dev.llmadapt.cli.prompts.AssertionTypes.Value.LIST;
import static dev.llmadapt.cli.prompts.AssertionTypes.Value.NONE;
import static dev.llmadapt.cli.prompts.AssertionTypes.Value.SCHEMA;
import static dev.llmadapt.cli.prompts.AssertionTypes.Value.TEXT;
import static dev.llmadapt.cli.prompts.AssertionTypes.Value.TEXT_OR_JSON;

import com.google.gson.JsonElement;
import dev.llmadapt.Metric;
import dev.llmadapt.cli.prompts.Assertion.Check;
import dev.llmadapt.pilot.task.Metrics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The types of assertions, one row each, with promptfoo's names and defaults. */
final class AssertionTypes {
    /** promptfoo's types that need another language, a service or a model that is none of ours. */
    static final List<String> REFUSED = List.of(
            "javascript",
            "python",
            "ruby",
            "webhook",
            "classifier",
            "moderation",
            "factuality",
            "model-graded-factuality",
            "model-graded-closedqa",
            "g-eval",
            "answer-relevance",
            "context-faithfulness",
            "context-recall",
            "context-relevance",
            "select-best",
            "max-score",
            "search-rubric",
            "pi",
            "perplexity",
            "perplexity-score",
            "bleu",
            "gleu",
            "meteor",
            "f-score",
            "is-html",
            "contains-html",
            "is-sql",
            "contains-sql",
            "is-xml",
            "contains-xml",
            "is-refusal",
            "is-valid-function-call",
            "is-valid-openai-function-call",
            "is-valid-openai-tools-call",
            "tool-call-f1",
            "guardrails",
            "conversation-relevance",
            "trajectory",
            "trace-span-count");

    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final Metric rouge = Metrics.named("rouge-1").orElseThrow();

    /** What a value is. */
    enum Value {
        NONE,
        TEXT,
        TEXT_OR_JSON,
        LIST,
        SCHEMA
    }

    /**
     * A type of assertion.
     *
     * @param value what its value is
     * @param threshold its threshold where none is given; NaN where one has to be, null where it has none
     * @param check makes the check of a threshold, which is 0 where there is none, and of a schema
     */
    record Row(Value value, @Nullable Double threshold, Making check) {}

    @FunctionalInterface
    interface Making {
        Check make(double threshold, Optional<SchemaCheck> schema);
    }

    private AssertionTypes() {
        rows.put(
                "equals",
                new Row(TEXT_OR_JSON, null, (t, s) -> (subject, values) -> equal(subject.text(), values.get(0))));
        text("contains", "contain", String::contains);
        text(
                "icontains",
                "contain, in any case,",
                (answer, value) -> lower(answer).contains(lower(value)));
        text("starts-with", "start with", String::startsWith);
        text(
                "regex",
                "match",
                (answer, value) -> Pattern.compile(value).matcher(answer).find());
        list("contains-all", true, String::contains);
        list("contains-any", false, String::contains);
        list("icontains-all", true, (answer, value) -> lower(answer).contains(lower(value)));
        list("icontains-any", false, (answer, value) -> lower(answer).contains(lower(value)));
        rows.put("is-json", new Row(SCHEMA, null, (t, schema) -> (subject, values) -> isJson(subject.text(), schema)));
        rows.put(
                "contains-json",
                new Row(SCHEMA, null, (t, schema) -> (subject, values) -> containsJson(subject.text(), schema)));
        Making similar = (t, s) -> (subject, values) -> Verdict.atLeast(
                values.stream()
                        .mapToDouble(value -> subject.graders().similarity().score(value, subject.text()))
                        .max()
                        .orElse(0),
                t,
                "the similarity");
        rows.put("similar", new Row(LIST, 0.75, similar));
        rows.put("similar:cosine", new Row(LIST, 0.75, similar));
        rows.put(
                "rouge-n",
                new Row(
                        TEXT,
                        0.75,
                        (t, s) -> (subject, values) ->
                                Verdict.atLeast(rouge.score(values.get(0), subject.text()), t, "ROUGE-1")));
        rows.put(
                "levenshtein",
                new Row(
                        TEXT,
                        5.0,
                        (t, s) -> (subject, values) -> Verdict.atMost(
                                EditDistance.of(values.get(0), subject.text()), t, "the Levenshtein distance")));
        rows.put(
                "latency",
                new Row(
                        NONE,
                        Double.NaN,
                        (t, s) -> (subject, values) ->
                                Verdict.atMost((double) subject.answer().millis(), t, "the time in milliseconds")));
        rows.put(
                "cost",
                new Row(
                        NONE,
                        Double.NaN,
                        (t, s) -> (subject, values) ->
                                Verdict.atMost(subject.cost().orElseThrow(), t, "the cost")));
        rows.put(
                "tokens",
                new Row(
                        NONE,
                        Double.NaN,
                        (t, s) -> (subject, values) -> Verdict.atMost(
                                subject.answer().usage().promptTokens()
                                        + subject.answer().usage().completionTokens(),
                                t,
                                "the number of tokens")));
        rows.put("finish-reason", new Row(TEXT, null, (t, s) -> (subject, values) -> {
            String reason = subject.answer().finishReason().name().toLowerCase(Locale.ROOT);
            return Verdict.of(
                    reason.equals(values.get(0)),
                    "the answer ended by '" + reason + "', expected '" + values.get(0) + "'");
        }));
        rows.put(
                "llm-rubric",
                new Row(
                        TEXT,
                        0.5,
                        (t, s) -> (subject, values) -> Verdict.atLeast(
                                subject.graders().judge().grade(values.get(0), subject.question(), subject.text()),
                                t,
                                "the grade")));
    }

    private void text(String type, String verb, BiPredicate<String, String> kept) {
        rows.put(
                type,
                new Row(
                        TEXT,
                        null,
                        (t, s) -> (subject, values) -> Verdict.of(
                                kept.test(subject.text(), values.get(0)),
                                "the answer must " + verb + " '" + values.get(0) + "'")));
    }

    private void list(String type, boolean all, BiPredicate<String, String> kept) {
        rows.put(type, new Row(LIST, null, (t, s) -> (subject, values) -> {
            List<String> missing = values.stream()
                    .filter(value -> !kept.test(subject.text(), value))
                    .toList();
            boolean passed = all ? missing.isEmpty() : missing.size() < values.size();
            return Verdict.of(
                    passed,
                    "the answer must contain " + (all ? "all" : "one") + " of " + values
                            + (all ? ", misses " + missing : ""));
        }));
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private static Verdict equal(String answer, String value) {
        Optional<JsonElement> expected =
                value.startsWith("{") || value.startsWith("[") ? JsonAnswers.whole(value) : Optional.empty();
        boolean same = answer.equals(value)
                || (expected.isPresent()
                        && JsonAnswers.whole(answer)
                                .filter(json -> SchemaCheck.same(json, expected.get()))
                                .isPresent());
        return Verdict.of(same, "the answer must equal '" + value + "'");
    }

    private static Verdict isJson(String answer, Optional<SchemaCheck> schema) {
        Optional<JsonElement> json = JsonAnswers.whole(answer);
        if (json.isEmpty()) {
            return Verdict.of(false, "the answer must be JSON");
        }
        Optional<String> violation = schema.flatMap(check -> check.violation(json.get()));
        return Verdict.of(
                violation.isEmpty(),
                violation.orElse("the answer is JSON" + (schema.isPresent() ? " of the schema" : "")));
    }

    private static Verdict containsJson(String answer, Optional<SchemaCheck> schema) {
        List<JsonElement> found = JsonAnswers.within(answer);
        if (found.isEmpty()) {
            return Verdict.of(false, "the answer must contain JSON");
        }
        List<String> violations = new ArrayList<>();
        for (JsonElement each : found) {
            Optional<String> violation = schema.flatMap(check -> check.violation(each));
            if (violation.isEmpty()) {
                return Verdict.of(true, "the answer contains JSON" + (schema.isPresent() ? " of the schema" : ""));
            }
            violations.add(violation.get());
        }
        return Verdict.of(false, String.join("; ", violations));
    }

    /** The rows by their types. */
    static Map<String, Row> rows() {
        return new AssertionTypes().rows;
    }
}
