package dev.llmadapt.heads;

import dev.llmadapt.Example;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import java.util.List;

/** The examples of a task, as a head reads them; what it cannot learn from is refused. */
final class HeadExamples {
    private HeadExamples() {}

    /** The texts as requests. */
    static List<Request> requests(Task task) {
        return task.examples().stream()
                .map(example -> Request.of(example.input()))
                .toList();
    }

    /** Refuses a task without examples, or with one that has no text. */
    static void requireTexts(Features<?> features, Task task) {
        if (task.examples().isEmpty()) {
            throw new IllegalArgumentException(
                    head(features) + " learns from examples, " + name(task) + " has none; add examples");
        }
        List<String> blank = task.examples().stream()
                .filter(example -> example.input().isBlank())
                .map(Example::id)
                .toList();
        if (!blank.isEmpty()) {
            throw new IllegalArgumentException(head(features) + " cannot learn from empty texts, examples of "
                    + name(task) + " with one: " + some(blank) + "; leave them out");
        }
    }

    /**
     * Refuses labels without an example, unless the options leave them out and enough are left.
     *
     * @param met the labels that have an example
     * @param missing those that have none
     * @param least the least number of labels to learn
     */
    static void requireLabels(
            Features<?> features, HeadOptions options, Task task, List<String> met, List<String> missing, int least) {
        if (met.size() < least) {
            throw new IllegalArgumentException(head(features) + " needs examples of at least "
                    + (least == 1 ? "one label" : least + " labels") + ", those of " + name(task)
                    + (met.isEmpty() ? " have none" : " are all of " + met) + "; add examples of " + some(missing));
        }
        if (!missing.isEmpty() && !options.leavesOut()) {
            throw new IllegalArgumentException(head(features) + " needs an example of every label, " + name(task)
                    + " has " + (met.size() + missing.size()) + " labels and "
                    + task.examples().size() + " examples, none of " + some(missing)
                    + "; add examples, leave these labels out of the task, or allow that they are never answered"
                    + " (HeadOptions.leavingOutLabelsWithoutExamples)");
        }
    }

    /** The head in errors. */
    static String head(Features<?> features) {
        return "the head '" + features.name() + "'";
    }

    /** The task in errors. */
    static String name(Task task) {
        return "the task '" + task.name() + "'";
    }

    private static String some(List<String> names) {
        return names.size() <= 5 ? names.toString() : names.subList(0, 5) + " and " + (names.size() - 5) + " more";
    }
}
