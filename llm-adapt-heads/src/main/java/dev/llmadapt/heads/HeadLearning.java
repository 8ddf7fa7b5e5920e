package dev.llmadapt.heads;

import dev.llmadapt.Decision;
import dev.llmadapt.Example;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.heads.RegularizationSearch.Tried;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The learning of a head: the variant of the features, then regularisation and calibration are chosen by
 * cross-validation, then the classifier is learned from all examples. What a fold holds out is never seen, not even by
 * the projection of that fold.
 */
final class HeadLearning<T> {
    private final Features<T> features;
    private final HeadOptions options;
    private final RegularizationSearch.Criterion criterion;
    private final Progress progress;
    private final List<String> labels;
    private final List<String> leftOut;
    private final List<T> readings;
    private final int[] answers;
    private final double[][] targets;

    private HeadLearning(
            Features<T> features, HeadOptions options, Task task, List<Decision> decisions, Progress progress) {
        this.features = features;
        this.options = options;
        this.criterion = RegularizationSearch.Criterion.of(features.loss());
        this.progress = progress;
        this.labels = labels(task, true);
        this.leftOut = labels(task, false);
        Map<String, Integer> places = new HashMap<>();
        labels.forEach(label -> places.put(label, places.size()));
        this.answers = task.examples().stream()
                .mapToInt(example -> places.getOrDefault(example.output(), -1))
                .toArray();
        this.targets = decisions.isEmpty()
                ? SoftLabels.certain(answers, labels.size())
                : SoftLabels.of(task, labels, decisions);
        progress.report("read", 0, answers.length);
        this.readings = features.read(HeadExamples.requests(task));
        progress.report("read", answers.length, answers.length);
    }

    /**
     * Learns a head from a task's examples.
     *
     * @param decisions the probabilities of the labels to learn for each example; none where its label is certain
     */
    static <T> Head<T> learn(
            Features<T> features, HeadOptions options, Task task, List<Decision> decisions, Progress progress) {
        requireLearnable(features, options, task);
        return new HeadLearning<>(features, options, task, decisions, progress).learn();
    }

    private static void requireLearnable(Features<?> features, HeadOptions options, Task task) {
        if (task.labels().isEmpty()) {
            throw new IllegalArgumentException(HeadExamples.head(features) + " chooses among labels, "
                    + HeadExamples.name(task) + " has none; a task of JSON that is a list of labels is learned by"
                    + " withSeveralLabels()");
        }
        HeadExamples.requireTexts(features, task);
        HeadExamples.requireLabels(features, options, task, labels(task, true), labels(task, false), 2);
    }

    /** The labels of a task that have an example, or those that have none. */
    private static List<String> labels(Task task, boolean met) {
        Set<String> outputs = task.examples().stream().map(Example::output).collect(Collectors.toSet());
        return task.labels().stream()
                .filter(label -> outputs.contains(label) == met)
                .toList();
    }

    private Head<T> learn() {
        Folds folds = Folds.stratified(answers, labels.size(), options.folds(), options.seed());
        CrossValidation trials = new CrossValidation(List.of());
        Calibration calibration = Calibration.NONE;
        double chosen = RegularizationSearch.middle(options.regularization());
        Features<T> features = this.features.variants().get(0);
        if (folds.count() > 1) {
            features = variant(folds);
            List<HeldOut> heldOut = heldOut(features, folds);
            Collection<Tried<Calibration>> tried = RegularizationSearch.run(
                            options.regularization(), criterion, c -> attempt(c, heldOut), progress)
                    .values();
            Tried<Calibration> best = criterion.best(tried);
            chosen = best.trial().regularization();
            calibration = best.learned();
            trials = new CrossValidation(tried.stream().map(Tried::trial).toList());
        }
        int[] all = IntStream.range(0, answers.length).toArray();
        progress.report("learn", 0, 1);
        Features.Projection<T> projection = features.project(readings);
        LinearClassifier classifier = learner(features, projection, all).learn(chosen);
        progress.report("learn", 1, 1);
        return new Head<>(features, projection, classifier, calibration, labels, leftOut, chosen, trials);
    }

    /** The best variant of the features, by the value of C in the middle. */
    private Features<T> variant(Folds folds) {
        List<? extends Features<T>> variants = features.variants();
        double middle = RegularizationSearch.middle(options.regularization());
        List<Tried<Calibration>> tried = new ArrayList<>();
        for (int i = 0; i < variants.size() && variants.size() > 1; i++) {
            progress.report("choose features", i, variants.size());
            tried.add(attempt(middle, heldOut(variants.get(i), folds)));
        }
        return tried.isEmpty() ? variants.get(0) : variants.get(tried.indexOf(criterion.best(tried)));
    }

    private List<HeldOut> heldOut(Features<T> features, Folds folds) {
        List<HeldOut> heldOut = new ArrayList<>();
        for (int fold = 0; fold < folds.count(); fold++) {
            heldOut.add(new HeldOut(features, folds.learned(fold), folds.heldOut(fold)));
        }
        return heldOut;
    }

    private Tried<Calibration> attempt(double regularization, List<HeldOut> heldOut) {
        List<LinearClassifier> classifiers = heldOut.parallelStream()
                .map(fold -> fold.learner.learn(regularization))
                .toList();
        List<double[]> values = new ArrayList<>();
        List<Integer> right = new ArrayList<>();
        int correct = 0;
        for (HeldOut fold : heldOut) {
            LinearClassifier classifier = classifiers.get(heldOut.indexOf(fold));
            for (int i = 0; i < fold.rows.size(); i++) {
                double[] decision = classifier.values(fold.rows.get(i));
                values.add(decision);
                right.add(fold.right[i]);
                correct += best(decision) == fold.right[i] ? 1 : 0;
            }
        }
        int[] labels = right.stream().mapToInt(Integer::intValue).toArray();
        Calibration calibration = Calibration.fit(values, labels);
        return new Tried<>(
                new CrossValidation.Trial(
                        regularization, (double) correct / labels.length, calibration.logLoss(values, labels)),
                calibration);
    }

    /** The index of the highest value; the first of equals. */
    static int best(double[] values) {
        return IntStream.range(0, values.length).reduce(0, (best, i) -> values[i] > values[best] ? i : best);
    }

    private List<Row> rows(Features.Projection<T> projection, int[] examples) {
        return Arrays.stream(examples)
                .mapToObj(readings::get)
                .map(projection::row)
                .toList();
    }

    private Learner learner(Features<T> features, Features.Projection<T> projection, int[] examples) {
        return Learner.of(
                features.loss(),
                rows(projection, examples),
                projection.dimension(),
                Arrays.stream(examples).mapToObj(i -> targets[i]).toArray(double[][]::new),
                options.seed());
    }

    /** A fold: what learns from the other examples, and the rows that are held out. */
    private final class HeldOut {
        final Learner learner;
        final List<Row> rows;
        final int[] right;

        HeldOut(Features<T> features, int[] learned, int[] heldOut) {
            IntFunction<T> reading = readings::get;
            Features.Projection<T> projection =
                    features.project(Arrays.stream(learned).mapToObj(reading).toList());
            this.learner = learner(features, projection, learned);
            this.rows = HeadLearning.this.rows(projection, heldOut);
            this.right = Arrays.stream(heldOut).map(i -> answers[i]).toArray();
        }
    }
}
