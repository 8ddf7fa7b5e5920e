package dev.llmadapt;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A task for a model, with solved examples.
 *
 * @param name the name of the task in reports
 * @param instruction the instruction that the model reads
 * @param labels the only allowed answers; empty when the answer is not a label
 * @param schema the schema of the answer when it is JSON; without labels and schema the answer is free text
 * @param examples solved examples to learn from, may be empty
 * @param corpus the passages to retrieve from, may be empty
 * @param metric the measure of how right an answer is
 */
public record Task(
        String name,
        String instruction,
        List<String> labels,
        Optional<JsonSchema.ObjectOf> schema,
        List<Example> examples,
        List<Passage> corpus,
        Metric metric) {
    /** Validates the components and copies the lists. */
    public Task {
        Objects.requireNonNull(name, "name must not be null");
        Objects.requireNonNull(instruction, "instruction must not be null");
        Objects.requireNonNull(schema, "schema must not be null, empty where there is none");
        Objects.requireNonNull(metric, "metric must not be null");
        labels = List.copyOf(Objects.requireNonNull(labels, "labels must not be null"));
        examples = List.copyOf(Objects.requireNonNull(examples, "examples must not be null"));
        corpus = List.copyOf(Objects.requireNonNull(corpus, "corpus must not be null"));
        LinkedHashSet<String> distinct = new LinkedHashSet<>(labels);
        if (distinct.size() != labels.size()) {
            throw new IllegalArgumentException("labels must all differ, labels: " + labels);
        }
        if (!labels.isEmpty() && schema.isPresent()) {
            throw new IllegalArgumentException("an answer is a label or JSON, labels: " + labels + ", schema: "
                    + schema.get().describe());
        }
        if (labels.size() == 1) {
            throw new IllegalArgumentException("a label task needs at least two labels, labels: " + labels);
        }
        if (!labels.isEmpty()) {
            for (Example example : examples) {
                if (!distinct.contains(example.output())) {
                    throw new IllegalArgumentException("example '" + example.id() + "' has the label '"
                            + example.output() + "', expected one of " + labels);
                }
            }
        }
    }

    /** A task whose answer is a label, or free text where there are no labels. */
    public Task(
            String name,
            String instruction,
            List<String> labels,
            List<Example> examples,
            List<Passage> corpus,
            Metric metric) {
        this(name, instruction, labels, Optional.empty(), examples, corpus, metric);
    }

    /**
     * A task that chooses a label, judged by exact match.
     *
     * @param labels at least two
     */
    public static Task classification(String name, String instruction, List<String> labels, List<Example> examples) {
        if (Objects.requireNonNull(labels, "labels must not be null").size() < 2) {
            throw new IllegalArgumentException("a classification needs at least two labels, labels: " + labels
                    + "; a task without labels is Task.answering");
        }
        return new Task(name, instruction, labels, examples, List.of(), Metric.exactMatch());
    }

    /** A task that answers in free text, judged by exact match unless {@link #withMetric another metric} is given. */
    public static Task answering(String name, String instruction, List<Example> examples) {
        return new Task(name, instruction, List.of(), examples, List.of(), Metric.exactMatch());
    }

    /**
     * A task that answers with a JSON object, judged by exact match unless {@link #withMetric another metric} is given.
     *
     * @param examples solved examples whose outputs are JSON of the schema, on one line, with a space after each comma
     *     and colon
     */
    public static Task extraction(String name, String instruction, JsonSchema.ObjectOf schema, List<Example> examples) {
        return answering(name, instruction, examples).withSchema(schema);
    }

    /**
     * A task that answers with a record: an {@link #extraction} whose schema has a property for each component, null
     * where an {@code Optional} is empty. {@code model.generate(task.request(input), Invoice.class)} returns it.
     *
     * @param type a record of {@code String}, {@code boolean}, numbers, enums, {@code List}, {@code Optional} and other
     *     such records
     * @param examples solved examples, such as {@link Example#of} makes
     * @throws IllegalArgumentException if a component is of another type; names it
     */
    public static Task extracting(
            Class<? extends Record> type, String name, String instruction, List<Example> examples) {
        return extraction(name, instruction, RecordSchemas.built(RecordShape.of(type)), examples);
    }

    /** The request for one input: a user message, constrained to the labels or the schema where there are some. */
    public Request request(String input) {
        OutputConstraint constraint = schema.map(OutputConstraint::json)
                .orElseGet(() -> labels.isEmpty() ? OutputConstraint.none() : OutputConstraint.oneOf(labels));
        return Request.of(Message.user(input)).withConstraint(constraint);
    }

    /** This task with another instruction. */
    public Task withInstruction(String instruction) {
        return new Task(name, instruction, labels, schema, examples, corpus, metric);
    }

    /** This task with answers that are JSON of a schema. */
    public Task withSchema(JsonSchema.ObjectOf schema) {
        return new Task(name, instruction, labels, Optional.of(schema), examples, corpus, metric);
    }

    /** This task with other examples. */
    public Task withExamples(List<Example> examples) {
        return new Task(name, instruction, labels, schema, examples, corpus, metric);
    }

    /** This task with passages to retrieve from. */
    public Task withCorpus(List<Passage> corpus) {
        return new Task(name, instruction, labels, schema, examples, corpus, metric);
    }

    /** This task with another metric. */
    public Task withMetric(Metric metric) {
        return new Task(name, instruction, labels, schema, examples, corpus, metric);
    }
}
