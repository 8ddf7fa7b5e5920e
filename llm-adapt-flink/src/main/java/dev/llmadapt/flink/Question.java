package dev.llmadapt.flink;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scheduling;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.pilot.rows.RowAnswerer;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/**
 * What is asked about the text of a row. Of a strategy only the timeout holds, it knows the rest itself. Immutable.
 *
 * @param strategy whether a strategy is asked
 * @param adapter whether the model's adapter answers
 * @param systemPrompt empty for none
 * @param labels the answers to choose from, empty for none
 * @param jsonSchema of the answer, empty for none
 * @param timeout zero for none
 */
record Question(
        boolean strategy,
        boolean adapter,
        String systemPrompt,
        List<String> labels,
        String jsonSchema,
        int maxTokens,
        double temperature,
        Duration timeout)
        implements Serializable {
    /** Refuses what no model can be asked. */
    Question {
        labels = List.copyOf(labels);
        if (labels.size() == 1) {
            throw new IllegalArgumentException("'labels' needs two or more, separated by ';', got " + labels);
        }
        if (!labels.isEmpty() && !jsonSchema.isEmpty()) {
            throw new IllegalArgumentException(
                    "an answer is one of 'labels' or JSON of 'json-schema'; leave one of them out");
        }
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("'timeout' must not be negative, got " + timeout);
        }
        var unused = List.of(options(maxTokens, temperature), constraint(jsonSchema)); // refuse what cannot be
        if (!labels.isEmpty()) {
            var unusedToo = List.of(OutputConstraint.oneOf(labels), Task.classification("rows", "", labels, List.of()));
        }
    }

    /** Reads it. */
    static Question of(ReadableConfig options) {
        boolean labelled = options.getOptional(LlmAdaptOptions.LABELS).isPresent();
        if (labelled && options.get(LlmAdaptOptions.LABELS).size() < 2) {
            throw new IllegalArgumentException(
                    "'labels' needs two or more, separated by ';', got " + options.get(LlmAdaptOptions.LABELS));
        }
        if (options.getOptional(LlmAdaptOptions.JSON_SCHEMA)
                .filter(String::isBlank)
                .isPresent()) {
            throw new IllegalArgumentException("'json-schema' is empty; leave it out, or write a schema");
        }
        for (ConfigOption<?> free : List.of(LlmAdaptOptions.MAX_TOKENS, LlmAdaptOptions.TEMPERATURE)) {
            if (labelled && options.getOptional(free).isPresent()) {
                throw new IllegalArgumentException(
                        "the option '" + free.key() + "' has no effect on the choice of one of 'labels'; leave it out");
            }
        }
        return new Question(
                options.get(LlmAdaptOptions.STRATEGY) != null,
                options.get(LlmAdaptOptions.ADAPTER) != null,
                options.get(LlmAdaptOptions.SYSTEM_PROMPT),
                options.get(LlmAdaptOptions.LABELS),
                options.get(LlmAdaptOptions.JSON_SCHEMA),
                options.get(LlmAdaptOptions.MAX_TOKENS),
                options.get(LlmAdaptOptions.TEMPERATURE),
                options.get(LlmAdaptOptions.TIMEOUT));
    }

    /** Whether answers have probabilities. */
    boolean hasProbabilities() {
        return strategy || !labels.isEmpty();
    }

    /**
     * What asks this of an open model. Its model is another layer over the open one, to be closed by itself, unless
     * that is a strategy's.
     */
    RowAnswerer ask(RowAnswerer open) {
        if (strategy) {
            return new RowAnswerer(open.model(), text -> timed(open.request().apply(text)), open.label());
        }
        Task task = labels.isEmpty()
                ? Task.answering("rows", systemPrompt, List.of())
                : Task.classification("rows", systemPrompt, labels, List.of());
        // an adapter has learned to write labels, and there are no examples to calibrate on
        String choice = adapter ? "scored-sum" : "calibrated-content-free";
        Strategy told = StrategyCatalog.parse("zero-shot/" + choice, 0).get(0);
        return new RowAnswerer(told.adapt(open.model(), task, Progress.NONE), text -> timed(asked(task.request(text))));
    }

    private Request asked(Request request) {
        Request asked = request.withOptions(options(maxTokens, temperature));
        asked = adapter ? asked.withAdapter(ModelSettings.ADAPTER) : asked;
        return jsonSchema.isEmpty() ? asked : asked.withConstraint(constraint(jsonSchema));
    }

    private Request timed(Request request) {
        return request.withScheduling(Scheduling.NONE.withTimeLimit(timeout));
    }

    private static GenerationOptions options(int maxTokens, double temperature) {
        return GenerationOptions.defaults().withMaxTokens(maxTokens).withTemperature(temperature);
    }

    private static OutputConstraint constraint(String jsonSchema) {
        return jsonSchema.isEmpty() ? OutputConstraint.none() : OutputConstraint.json(JsonSchema.parse(jsonSchema));
    }
}
