package dev.llmadapt.distillation;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * An account of what a teacher was asked, what was kept, and what it cost.
 *
 * @param inputs the number of inputs given
 * @param kept the number of inputs whose answer the student learns
 * @param ownExamples the number of the task's own examples that it learns too
 * @param dropped the numbers of the other inputs, by the reason why each was dropped
 * @param answers how often each label was kept, most often first; empty where answers are no labels
 * @param spent the cost of this run
 * @param reused the cost, in an earlier run, of the answers that were read from a file
 * @param overlap the number of inputs that the task has an example of, with an answer that passed the filters
 * @param overlapScore the mean score of those answers against the examples, by the task's metric; 0 where there are
 *     none
 * @param errors the first errors of the teacher, ten at most
 */
public record DistillationReport(
        int inputs,
        int kept,
        int ownExamples,
        Map<Reason, Integer> dropped,
        Map<String, Integer> answers,
        Cost spent,
        Cost reused,
        int overlap,
        double overlapScore,
        List<String> errors) {
    private static final int MAX_SHOWN = 20;

    /** Copies the collections. */
    public DistillationReport {
        Map<Reason, Integer> reasons = new EnumMap<>(Reason.class);
        reasons.putAll(dropped);
        dropped = Collections.unmodifiableMap(reasons);
        answers = Collections.unmodifiableMap(new LinkedHashMap<>(answers));
        errors = List.copyOf(errors);
    }

    /** The reason why an input is not learned. */
    public enum Reason {
        /** It has no text. */
        EMPTY("empty"),
        /** An input whose text equals that of an earlier one. */
        DUPLICATE("twice"),
        /** It is a text that must not be learned, such as a test text. */
        HELD_OUT("held out"),
        /** There were as many inputs before it as may be asked. */
        BEYOND_LIMIT("beyond the limit of inputs"),
        /** The limit of tokens was reached before. */
        OVER_BUDGET("beyond the limit of tokens"),
        /** A teacher failed to answer. */
        ERROR("failed"),
        /** The answer was cut off by its limit of tokens. */
        CUT_OFF("cut off"),
        /** The answer is no label, does not fit the schema, or is empty. */
        INVALID("no answer of the task"),
        /** The answers do not agree enough. */
        DISAGREEMENT("in disagreement"),
        /** The answer is not probable enough. */
        UNSURE("unsure"),
        /** The task's own example of this text is learned instead. */
        KNOWN("known from an example");

        private final String words;

        Reason(String words) {
            this.words = words;
        }

        /** The reason in words. */
        @Override
        public String toString() {
            return words;
        }
    }

    /**
     * The cost of answers.
     *
     * @param calls the number of answers
     * @param promptTokens the tokens that the teachers read
     * @param completionTokens the tokens that they wrote
     * @param time how long it took; of answers in a batch, their share of its time
     */
    public record Cost(long calls, long promptTokens, long completionTokens, Duration time) {
        /** No cost. */
        public static final Cost NONE = new Cost(0, 0, 0, Duration.ZERO);

        /** The sum of both. */
        public Cost plus(Cost other) {
            return new Cost(
                    calls + other.calls,
                    promptTokens + other.promptTokens,
                    completionTokens + other.completionTokens,
                    time.plus(other.time));
        }

        /** All tokens, read and written. */
        public long tokens() {
            return promptTokens + completionTokens;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%,d answers, %,d tokens read, %,d written, %.1f s",
                    calls,
                    promptTokens,
                    completionTokens,
                    time.toMillis() / 1000.0);
        }
    }

    /** The cost of all answers, whether of this run or an earlier one. */
    public Cost cost() {
        return spent.plus(reused);
    }

    /** The report in a few lines, for people. */
    public String text() {
        List<String> lines = new ArrayList<>();
        lines.add("teacher: " + kept + " of " + inputs + " inputs kept"
                + (dropped.isEmpty() ? "" : ", dropped: " + listed(dropped, MAX_SHOWN))
                + (ownExamples > 0 ? "; " + ownExamples + " examples of the task beside them" : ""));
        if (!answers.isEmpty()) {
            lines.add("answers: " + listed(answers, MAX_SHOWN));
        }
        lines.add("cost: " + spent + (reused.calls() > 0 ? "; read from an earlier run: " + reused : ""));
        if (overlap > 0) {
            lines.add(String.format(Locale.ROOT, "against the task's own examples: %.3f on %d", overlapScore, overlap));
        }
        errors.forEach(error -> lines.add("error: " + error));
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    /** The report as a JSON object, for programs. */
    public String json() {
        JsonObject json = new JsonObject();
        json.addProperty("inputs", inputs);
        json.addProperty("kept", kept);
        json.addProperty("ownExamples", ownExamples);
        JsonObject reasons = new JsonObject();
        dropped.forEach((reason, count) -> reasons.addProperty(reason.name().toLowerCase(Locale.ROOT), count));
        json.add("dropped", reasons);
        JsonObject labels = new JsonObject();
        answers.forEach(labels::addProperty);
        json.add("answers", labels);
        json.add("spent", json(spent));
        json.add("reused", json(reused));
        json.addProperty("overlap", overlap);
        json.addProperty("overlapScore", overlapScore);
        JsonArray told = new JsonArray();
        errors.forEach(told::add);
        json.add("errors", told);
        return new GsonBuilder()
                        .setPrettyPrinting()
                        .disableHtmlEscaping()
                        .create()
                        .toJson(json)
                + "\n";
    }

    /**
     * Reads what {@link #json} wrote.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static DistillationReport read(String json) {
        return ReportReader.read(json);
    }

    private static JsonObject json(Cost cost) {
        JsonObject json = new JsonObject();
        json.addProperty("answers", cost.calls());
        json.addProperty("promptTokens", cost.promptTokens());
        json.addProperty("completionTokens", cost.completionTokens());
        json.addProperty("seconds", cost.time().toMillis() / 1000.0);
        return json;
    }

    private static String listed(Map<?, Integer> counts, int most) {
        String shown = counts.entrySet().stream()
                .limit(most)
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
        return counts.size() <= most ? shown : shown + " and " + (counts.size() - most) + " more";
    }
}
