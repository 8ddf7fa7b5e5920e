package dev.llmadapt.prompting;

import dev.llmadapt.Example;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.prompting.LabelChoice.Normalization;
import java.util.ArrayList;
import java.util.List;

/**
 * Examples of a task, evenly spaced over all, with the scores of its labels: what priors and temperatures are learned
 * from.
 *
 * @param task the task
 * @param examples some of its examples
 * @param scores one normalised score per label, of each of these examples: (examples, labels)
 */
record ScoredExamples(Task task, List<Example> examples, List<List<Double>> scores) {
    /**
     * Scores examples of a task.
     *
     * @param most the most examples
     * @param what what they are for, for the message
     * @throws IllegalArgumentException if the task has no labels or no examples
     */
    static ScoredExamples of(
            Model model, Normalization normalization, Task task, int most, String what, Progress progress) {
        List<String> labels = task.labels();
        int count = Math.min(most, task.examples().size());
        if (labels.isEmpty() || count == 0) {
            throw new IllegalArgumentException(what + " needs labels and examples, task '" + task.name() + "' has "
                    + labels.size() + " labels and " + task.examples().size() + " examples");
        }
        List<Example> examples = new ArrayList<>();
        List<List<Double>> scores = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            progress.report("calibrate", i, count);
            Example example =
                    task.examples().get((int) ((long) i * task.examples().size() / count));
            examples.add(example);
            scores.add(LabelPrior.normalized(model.score(task.request(example.input()), labels), normalization));
        }
        progress.report("calibrate", count, count);
        return new ScoredExamples(task, examples, scores);
    }

    /** The temperature that fits the examples, after a prior is subtracted from their scores. */
    Temperature temperature(LabelPrior prior) {
        List<double[]> rows = new ArrayList<>();
        List<Integer> right = new ArrayList<>();
        for (int i = 0; i < examples.size(); i++) {
            Example example = examples.get(i);
            List<Double> subtracted =
                    prior.of(task.request(example.input()), task.labels()).scores();
            double[] row = new double[subtracted.size()];
            for (int label = 0; label < row.length; label++) {
                row[label] = scores.get(i).get(label) - subtracted.get(label);
            }
            rows.add(row);
            right.add(task.labels().indexOf(example.output()));
        }
        return Temperature.fit(task.labels(), rows, right);
    }
}
