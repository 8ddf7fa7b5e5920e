package dev.llmadapt.heads;

import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.heads.RegularizationSearch.Criterion;
import dev.llmadapt.heads.RegularizationSearch.Tried;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The learning of a head that gives several labels: one classifier a label, of which C, the calibration and the
 * thresholds come from one cross-validation, whose folds spread the rarest label of each example evenly.
 */
final class MultiLabelLearning<T> {
    private final HeadOptions options;
    private final Progress progress;
    private final List<String> labels;
    private final List<T> readings;
    private final double[][] targets;

    private MultiLabelLearning(
            Features<T> features,
            HeadOptions options,
            Task task,
            List<String> labels,
            double[][] targets,
            Progress progress) {
        this.options = options;
        this.progress = progress;
        this.labels = labels;
        this.targets = targets;
        progress.report("read", 0, targets.length);
        this.readings = features.read(HeadExamples.requests(task));
        progress.report("read", targets.length, targets.length);
    }

    /** Learns a head with its thresholds from a task's examples. */
    static <T> MultiLabelModel.Learned<T> learn(
            Features<T> features, HeadOptions options, Task task, LabelSets sets, Progress progress) {
        HeadExamples.requireTexts(features, task);
        double[][] targets = task.examples().stream().map(sets::of).toArray(double[][]::new);
        List<String> met = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (int label = 0; label < sets.labels().size(); label++) {
            int place = label;
            (Arrays.stream(targets).anyMatch(target -> target[place] == 1) ? met : missing)
                    .add(sets.labels().get(label));
        }
        HeadExamples.requireLabels(features, options, task, met, missing, 1);
        int[] kept = met.stream().mapToInt(sets.labels()::indexOf).toArray();
        double[][] learned = Arrays.stream(targets)
                .map(target ->
                        Arrays.stream(kept).mapToDouble(place -> target[place]).toArray())
                .toArray(double[][]::new);
        return new MultiLabelLearning<>(features, options, task, met, learned, progress).learn(features, missing, sets);
    }

    private MultiLabelModel.Learned<T> learn(Features<T> features, List<String> leftOut, LabelSets sets) {
        Folds folds = Folds.stratified(rarest(), labels.size() + 1, options.folds(), options.seed());
        double chosen = RegularizationSearch.middle(options.regularization());
        double[] thresholds =
                labels.stream().mapToDouble(label -> Thresholds.EVEN).toArray();
        Calibration calibration = Calibration.NONE;
        CrossValidation trials = new CrossValidation(List.of());
        Features<T> variant = features.variants().get(0);
        if (folds.count() > 1) {
            variant = variant(features, folds);
            List<Fold> heldOut = heldOut(variant, folds);
            Collection<Tried<Chosen>> tried = RegularizationSearch.run(
                            options.regularization(), Criterion.LOG_LOSS, c -> attempt(c, heldOut), progress)
                    .values();
            Tried<Chosen> best = Criterion.LOG_LOSS.best(tried);
            chosen = best.trial().regularization();
            calibration = best.learned().calibration;
            thresholds = best.learned().thresholds;
            trials = new CrossValidation(tried.stream().map(Tried::trial).toList());
        }
        progress.report("learn", 0, 1);
        int[] all = IntStream.range(0, targets.length).toArray();
        Features.Projection<T> projection = variant.project(readings);
        LinearClassifier classifier = learner(variant, projection, all).learn(chosen);
        progress.report("learn", 1, 1);
        return new MultiLabelModel.Learned<>(
                new Head<>(variant, projection, classifier, calibration, labels, leftOut, chosen, trials),
                sets,
                thresholds);
    }

    /** The rarest label of each example; a further one where it has none. */
    private int[] rarest() {
        double[] counts = new double[labels.size()];
        for (double[] target : targets) {
            for (int label = 0; label < counts.length; label++) {
                counts[label] += target[label];
            }
        }
        return Arrays.stream(targets)
                .mapToInt(target -> IntStream.range(0, counts.length)
                        .filter(label -> target[label] == 1)
                        .reduce((a, b) -> counts[b] < counts[a] ? b : a)
                        .orElse(counts.length))
                .toArray();
    }

    private Features<T> variant(Features<T> features, Folds folds) {
        List<? extends Features<T>> variants = features.variants();
        double middle = RegularizationSearch.middle(options.regularization());
        List<Tried<Chosen>> tried = new ArrayList<>();
        for (int i = 0; i < variants.size() && variants.size() > 1; i++) {
            progress.report("choose features", i, variants.size());
            tried.add(attempt(middle, heldOut(variants.get(i), folds)));
        }
        return tried.isEmpty() ? variants.get(0) : variants.get(tried.indexOf(Criterion.LOG_LOSS.best(tried)));
    }

    private record Chosen(Calibration calibration, double[] thresholds) {}

    private record Fold(Learner learner, List<Row> rows, List<double[]> truth) {}

    private List<Fold> heldOut(Features<T> features, Folds folds) {
        return IntStream.range(0, folds.count())
                .mapToObj(fold -> {
                    int[] learned = folds.learned(fold);
                    int[] heldOut = folds.heldOut(fold);
                    Features.Projection<T> projection = features.project(
                            Arrays.stream(learned).mapToObj(readings::get).toList());
                    return new Fold(
                            learner(features, projection, learned),
                            rows(projection, heldOut),
                            Arrays.stream(heldOut).mapToObj(i -> targets[i]).toList());
                })
                .toList();
    }

    private Tried<Chosen> attempt(double regularization, List<Fold> heldOut) {
        List<LinearClassifier> classifiers = heldOut.parallelStream()
                .map(fold -> fold.learner.learn(regularization))
                .toList();
        List<double[]> values = new ArrayList<>();
        List<double[]> truth = new ArrayList<>();
        for (int fold = 0; fold < heldOut.size(); fold++) {
            heldOut.get(fold).rows.stream().map(classifiers.get(fold)::values).forEach(values::add);
            truth.addAll(heldOut.get(fold).truth);
        }
        Calibration calibration = Calibration.fitEach(values, truth);
        List<double[]> probabilities = values.stream().map(calibration::each).toList();
        double[] thresholds = Thresholds.choose(probabilities, truth, labels.size());
        int right = 0;
        for (int i = 0; i < truth.size(); i++) {
            int row = i;
            right += IntStream.range(0, thresholds.length)
                            .allMatch(label ->
                                    probabilities.get(row)[label] >= thresholds[label] == (truth.get(row)[label] == 1))
                    ? 1
                    : 0;
        }
        return new Tried<>(
                new CrossValidation.Trial(
                        regularization, (double) right / truth.size(), calibration.lossOfEach(values, truth)),
                new Chosen(calibration, thresholds));
    }

    private Learner learner(Features<T> features, Features.Projection<T> projection, int[] examples) {
        return Learner.ofSeveral(
                features.loss(),
                rows(projection, examples),
                projection.dimension(),
                Arrays.stream(examples).mapToObj(i -> targets[i]).toArray(double[][]::new),
                options.seed());
    }

    private List<Row> rows(Features.Projection<T> projection, int[] examples) {
        return Arrays.stream(examples)
                .mapToObj(readings::get)
                .map(projection::row)
                .toList();
    }
}
