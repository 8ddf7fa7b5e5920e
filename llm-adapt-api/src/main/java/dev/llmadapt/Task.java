package dev.llmadapt;

import java.util.LinkedHashSet;
import java.util.List;

/**
 * What a model should do, with examples of it done.
 *
 * @param name for reports
 * @param instruction what to do, in words the model reads
 * @param labels the only allowed answers, or empty when the answer is free text
 * @param examples solved cases to learn from, may be empty
 * @param corpus passages to retrieve from, may be empty
 * @param metric how an answer is judged
 */
public record Task(
        String name,
        String instruction,
        List<String> labels,
        List<Example> examples,
        List<Passage> corpus,
        Metric metric) {
    /** Checks and copies. */
    public Task {
        labels = List.copyOf(labels);
        examples = List.copyOf(examples);
        corpus = List.copyOf(corpus);
        LinkedHashSet<String> distinct = new LinkedHashSet<>(labels);
        if (distinct.size() != labels.size()) {
            throw new IllegalArgumentException("labels must all differ, labels: " + labels);
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

    /** A task that chooses a label, judged by exact match. */
    public static Task classification(String name, String instruction, List<String> labels, List<Example> examples) {
        return new Task(name, instruction, labels, examples, List.of(), Metric.exactMatch());
    }

    /** The request for one input: a user message, constrained to the labels where there are some. */
    public Request request(String input) {
        Request request = Request.of(Message.user(input));
        return labels.isEmpty() ? request : request.withConstraint(OutputConstraint.oneOf(labels));
    }

    /** The same with other examples. */
    public Task withExamples(List<Example> examples) {
        return new Task(name, instruction, labels, examples, corpus, metric);
    }

    /** The same with passages to retrieve from. */
    public Task withCorpus(List<Passage> corpus) {
        return new Task(name, instruction, labels, examples, corpus, metric);
    }
}
