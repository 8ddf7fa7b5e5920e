package dev.llmadapt.heads;

import dev.llmadapt.Decision;
import dev.llmadapt.Example;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The learning of a head: the variant of the features, then regularisation and calibration are chosen by
 * cross-validation, then the classifier is learned from all examples. What a fold holds out is never seen, not even by
 * the projection of that fold.
 */
final class HeadLearning<T> {
    /** C is not tried beyond these. */
    private static final double LEAST = 1e-5;

    private static final double MOST = 1e5;
    /** A smaller share of the log loss is no reason to try a further value. */
    private static final double CLEARLY = 0.01;

    private final Features<T> features;
    private final HeadOptions options;
    private final Progress progress;
    private final List<String> labels;
    private final List<T> readings;
    private final int[] answers;
    private final double[][] targets;

    private HeadLearning(
            Features<T> features, HeadOptions options, Task task, List<Decision> decisions, Progress progress) {
        this.features = features;
        this.options = options;
        this.progress = progress;
        this.labels = task.labels();
        Map<String, Integer> places = new HashMap<>();
        labels.forEach(label -> places.put(label, places.size()));
        this.answers = task.examples().stream()
                .mapToInt(example -> places.getOrDefault(example.output(), -1))
                .toArray();
        this.targets =
                decisions.isEmpty() ? SoftLabels.certain(answers, labels.size()) : SoftLabels.of(task, decisions);
        progress.report("read", 0, answers.length);
        this.readings = features.read(task.examples().stream()
                .map(example -> Request.of(example.input()))
                .toList());
        progress.report("read", answers.length, answers.length);
    }

    /**
     * Learns a head from a task's examples.
     *
     * @param decisions the probabilities of the labels to learn for each example; none where its label is certain
     */
    static <T> Head<T> learn(
            Features<T> features, HeadOptions options, Task task, List<Decision> decisions, Progress progress) {
        requireLearnable(features, task);
        return new HeadLearning<>(features, options, task, decisions, progress).learn();
    }

    private static void requireLearnable(Features<?> features, Task task) {
        String head = "the head '" + features.name() + "'";
        String name = "the task '" + task.name() + "'";
        if (task.labels().isEmpty()) {
            throw new IllegalArgumentException(head + " chooses among labels, " + name + " has none");
        }
        if (task.examples().isEmpty()) {
            throw new IllegalArgumentException(head + " learns from examples, " + name + " has none");
        }
        List<String> blank = task.examples().stream()
                .filter(example -> example.input().isBlank())
                .map(Example::id)
                .toList();
        if (!blank.isEmpty()) {
            throw new IllegalArgumentException(head + " cannot learn from empty texts, examples of " + name
                    + " with one: " + some(blank) + "; leave them out");
        }
        List<String> missing = new ArrayList<>(task.labels());
        task.examples().forEach(example -> missing.remove(example.output()));
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(head + " needs an example of every label, " + name + " has "
                    + task.labels().size() + " labels and " + task.examples().size() + " examples, none of "
                    + some(missing) + "; add examples, or leave these labels out of the task");
        }
    }

    private static String some(List<String> names) {
        return names.size() <= 5 ? names.toString() : names.subList(0, 5) + " and " + (names.size() - 5) + " more";
    }

    private Head<T> learn() {
        Folds folds = Folds.stratified(answers, labels.size(), options.folds(), options.seed());
        CrossValidation trials = new CrossValidation(List.of());
        Calibration calibration = Calibration.NONE;
        double chosen = middle();
        Features<T> features = this.features.variants().get(0);
        if (folds.count() > 1) {
            features = variant(folds);
            NavigableMap<Double, Tried> tried = choose(heldOut(features, folds));
            Tried best = best(tried.values());
            chosen = best.trial().regularization();
            calibration = best.calibration();
            trials = new CrossValidation(
                    tried.values().stream().map(Tried::trial).toList());
        }
        int[] all = IntStream.range(0, answers.length).toArray();
        progress.report("learn", 0, 1);
        Features.Projection<T> projection = features.project(readings);
        LinearClassifier classifier = learner(features, projection, all).learn(chosen);
        progress.report("learn", 1, 1);
        return new Head<>(features, projection, classifier, calibration, labels, chosen, trials);
    }

    /** The value of C in the middle of the options. */
    private double middle() {
        List<Double> values = options.regularization();
        return values.get((values.size() - 1) / 2);
    }

    /** The best variant of the features, by the value of C in the middle. */
    private Features<T> variant(Folds folds) {
        List<? extends Features<T>> variants = features.variants();
        List<Tried> tried = new ArrayList<>();
        for (int i = 0; i < variants.size() && variants.size() > 1; i++) {
            progress.report("choose features", i, variants.size());
            tried.add(attempt(middle(), heldOut(variants.get(i), folds)));
        }
        return tried.isEmpty() ? variants.get(0) : variants.get(tried.indexOf(best(tried)));
    }

    private List<HeldOut> heldOut(Features<T> features, Folds folds) {
        List<HeldOut> heldOut = new ArrayList<>();
        for (int fold = 0; fold < folds.count(); fold++) {
            heldOut.add(new HeldOut(features, folds.learned(fold), folds.heldOut(fold)));
        }
        return heldOut;
    }

    /** Tries the values of the options, and further ones while the best is the first or the last, and not by a tie. */
    private NavigableMap<Double, Tried> choose(List<HeldOut> heldOut) {
        NavigableMap<Double, Tried> tried = new TreeMap<>();
        List<Double> values = options.regularization();
        for (double value : values) {
            progress.report("cross-validate", tried.size(), values.size());
            tried.put(value, attempt(value, heldOut));
        }
        if (values.size() > 1) {
            double down = values.get(0) / values.get(1);
            double up = values.get(values.size() - 1) / values.get(values.size() - 2);
            while (goesOn(tried.firstKey(), tried) && tried.firstKey() * down >= LEAST) {
                double value = tried.firstKey() * down;
                tried.put(value, attempt(value, heldOut));
            }
            while (goesOn(tried.lastKey(), tried) && tried.lastKey() * up <= MOST) {
                double value = tried.lastKey() * up;
                tried.put(value, attempt(value, heldOut));
            }
        }
        progress.report("cross-validate", tried.size(), tried.size());
        return tried;
    }

    /** The trial of the highest accuracy; of equals the one with the smallest log loss. */
    private static Tried best(Collection<Tried> tried) {
        return tried.stream()
                .min(Comparator.<Tried>comparingDouble(one -> -one.trial().accuracy())
                        .thenComparingDouble(one -> one.trial().logLoss()))
                .orElseThrow();
    }

    /** Whether an edge is better than all others: more accurate, or as accurate with a log loss that clearly falls. */
    private static boolean goesOn(double edge, NavigableMap<Double, Tried> tried) {
        CrossValidation.Trial best = best(tried.values()).trial();
        return best.regularization() == edge
                && tried.values().stream()
                        .map(Tried::trial)
                        .filter(other -> other.regularization() != edge)
                        .allMatch(other ->
                                best.accuracy() > other.accuracy() || best.logLoss() < (1 - CLEARLY) * other.logLoss());
    }

    private Tried attempt(double regularization, List<HeldOut> heldOut) {
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
        return new Tried(
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

    private record Tried(CrossValidation.Trial trial, Calibration calibration) {}

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
