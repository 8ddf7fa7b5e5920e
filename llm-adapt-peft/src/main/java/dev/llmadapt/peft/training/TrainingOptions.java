package dev.llmadapt.peft.training;

import dev.llmadapt.Precision;
import dev.llmadapt.peft.data.TrainingExample;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How an adapter is trained.
 *
 * @param epochs how often each text is learned, from 1
 * @param batchSize texts of a step, from 1
 * @param microBatchSize texts that run at once, from 1: a step whose batch is larger adds up gradients
 * @param learningRate the highest learning rate, positive
 * @param schedule how the learning rate changes
 * @param warmUp share of the steps in which it rises to its highest, 0 to below 1
 * @param optimizer how a step changes the numbers that learn
 * @param maxGradientNorm to which the norm of a step's gradient is cut, or 0 for none
 * @param maxLength the most tokens of a text, from 8, and no more than the model's context holds; longer ones lose the
 *     beginning of their prompt
 * @param packing whether a row holds several short texts one after the other, which do not see each other, and what all of
 *     them begin with only once; else texts of like length make a batch, a row each. The result is the same but for
 *     rounding
 * @param learn what of a text is learned
 * @param validationShare share of the texts that is not learned but measured, 0 to 0.5
 * @param evaluations how often the validation texts are measured, at equal distances; from 1
 * @param patience how many measurements in a row may bring nothing better before training ends, or 0 for no end
 * @param select by which measurement the best is chosen
 * @param seed fixes the order of the texts, the split, and the numbers to begin with
 * @param precision of the frozen weights
 * @param recompute whether blocks are computed again on the way back: less memory, more time
 * @param threads threads of one run, from 1
 * @param folder where the curve is written, and snapshots from which a later call with the same settings and data goes on
 * @param snapshots how often the state is written there, at equal distances; from 1
 */
public record TrainingOptions(
        int epochs,
        int batchSize,
        int microBatchSize,
        double learningRate,
        Schedule schedule,
        double warmUp,
        Optimizer optimizer,
        double maxGradientNorm,
        int maxLength,
        boolean packing,
        Learn learn,
        double validationShare,
        int evaluations,
        int patience,
        Select select,
        long seed,
        Precision precision,
        boolean recompute,
        int threads,
        Optional<Path> folder,
        int snapshots) {
    /** The least {@code maxLength}. */
    public static final int SHORTEST = 8;

    /** How the learning rate changes after the warm-up. */
    public enum Schedule {
        /** Not at all. */
        CONSTANT,
        /** Down to 0 along a line. */
        LINEAR,
        /** Down to 0 along half a cosine (Loshchilov and Hutter 2017). */
        COSINE
    }

    /** What of a text is learned. */
    public enum Learn {
        /** The last answer. */
        COMPLETION,
        /** Every answer of the assistant; of training data, those that are {@linkplain TrainingExample#supervised() supervised}. */
        ASSISTANT,
        /** Everything but the first token. */
        ALL
    }

    /** What is best. */
    public enum Select {
        /** The lowest loss on the validation texts. */
        LOSS,
        /** The highest score of the task's metric on their answers, then the lowest loss. */
        METRIC
    }

    /** Checks the components. */
    public TrainingOptions {
        atLeast("epochs", epochs, 1);
        atLeast("batchSize", batchSize, 1);
        atLeast("microBatchSize", microBatchSize, 1);
        atLeast("maxLength", maxLength, SHORTEST);
        atLeast("evaluations", evaluations, 1);
        atLeast("patience", patience, 0);
        atLeast("threads", threads, 1);
        atLeast("snapshots", snapshots, 1);
        if (!(learningRate > 0 && Double.isFinite(learningRate))) {
            throw new IllegalArgumentException("learningRate must be positive, learningRate: " + learningRate);
        }
        if (!(warmUp >= 0 && warmUp < 1)) {
            throw new IllegalArgumentException("warmUp must be from 0 to below 1, warmUp: " + warmUp);
        }
        if (!(maxGradientNorm >= 0 && Double.isFinite(maxGradientNorm))) {
            throw new IllegalArgumentException(
                    "maxGradientNorm must be 0 or more, maxGradientNorm: " + maxGradientNorm);
        }
        if (!(validationShare >= 0 && validationShare <= 0.5)) {
            throw new IllegalArgumentException(
                    "validationShare must be from 0 to 0.5, validationShare: " + validationShare);
        }
        Objects.requireNonNull(schedule, "schedule");
        Objects.requireNonNull(optimizer, "optimizer");
        Objects.requireNonNull(learn, "learn");
        Objects.requireNonNull(select, "select");
        Objects.requireNonNull(precision, "precision");
        Objects.requireNonNull(folder, "folder");
    }

    private static void atLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ", " + name + ": " + value);
        }
    }

    /**
     * Three epochs, 16 texts a step, 16 at once, a rate of 2e-4 that falls along a cosine after a warm-up of 5 %, AdamW,
     * norms up to 1, 1024 tokens, packing, the last answer, no validation, 32-bit floats, a thread for each processor.
     */
    public static TrainingOptions defaults() {
        return new TrainingOptions(
                3,
                16,
                16,
                2e-4,
                Schedule.COSINE,
                0.05,
                Optimizer.adamW(),
                1,
                1024,
                true,
                Learn.COMPLETION,
                0,
                5,
                0,
                Select.LOSS,
                0,
                Precision.FP32,
                false,
                Runtime.getRuntime().availableProcessors(),
                Optional.empty(),
                10);
    }

    /** The same with other epochs. */
    public TrainingOptions withEpochs(int epochs) {
        return with(draft -> draft.epochs = epochs);
    }

    /** The same with other batches. */
    public TrainingOptions withBatchSize(int batchSize) {
        return with(draft -> draft.batchSize = batchSize);
    }

    /** The same with other runs. */
    public TrainingOptions withMicroBatchSize(int microBatchSize) {
        return with(draft -> draft.microBatchSize = microBatchSize);
    }

    /** The same with another learning rate. */
    public TrainingOptions withLearningRate(double learningRate) {
        return with(draft -> draft.learningRate = learningRate);
    }

    /** The same with another schedule. */
    public TrainingOptions withSchedule(Schedule schedule) {
        return with(draft -> draft.schedule = schedule);
    }

    /** The same with another warm-up. */
    public TrainingOptions withWarmUp(double warmUp) {
        return with(draft -> draft.warmUp = warmUp);
    }

    /** The same with another optimiser. */
    public TrainingOptions withOptimizer(Optimizer optimizer) {
        return with(draft -> draft.optimizer = optimizer);
    }

    /** The same with another limit of the gradient. */
    public TrainingOptions withMaxGradientNorm(double maxGradientNorm) {
        return with(draft -> draft.maxGradientNorm = maxGradientNorm);
    }

    /** The same with another limit of length. */
    public TrainingOptions withMaxLength(int maxLength) {
        return with(draft -> draft.maxLength = maxLength);
    }

    /** The same with or without packing. */
    public TrainingOptions withPacking(boolean packing) {
        return with(draft -> draft.packing = packing);
    }

    /** The same with something else learned. */
    public TrainingOptions withLearn(Learn learn) {
        return with(draft -> draft.learn = learn);
    }

    /** The same with another share for validation. */
    public TrainingOptions withValidationShare(double validationShare) {
        return with(draft -> draft.validationShare = validationShare);
    }

    /** The same with other measurements. */
    public TrainingOptions withEvaluations(int evaluations) {
        return with(draft -> draft.evaluations = evaluations);
    }

    /** The same with other patience. */
    public TrainingOptions withPatience(int patience) {
        return with(draft -> draft.patience = patience);
    }

    /** The same with another choice of the best. */
    public TrainingOptions withSelect(Select select) {
        return with(draft -> draft.select = select);
    }

    /** The same with another seed. */
    public TrainingOptions withSeed(long seed) {
        return with(draft -> draft.seed = seed);
    }

    /** The same with another precision. */
    public TrainingOptions withPrecision(Precision precision) {
        return with(draft -> draft.precision = precision);
    }

    /** The same with or without recomputation. */
    public TrainingOptions withRecompute(boolean recompute) {
        return with(draft -> draft.recompute = recompute);
    }

    /** The same with other threads. */
    public TrainingOptions withThreads(int threads) {
        return with(draft -> draft.threads = threads);
    }

    /** The same with a folder. */
    public TrainingOptions withFolder(Path folder) {
        return with(draft -> draft.folder = Optional.of(folder));
    }

    /** The same with other snapshots. */
    public TrainingOptions withSnapshots(int snapshots) {
        return with(draft -> draft.snapshots = snapshots);
    }

    private TrainingOptions with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.options();
    }

    /** The components, to be changed. */
    private static final class Draft {
        int epochs;
        int batchSize;
        int microBatchSize;
        double learningRate;
        Schedule schedule;
        double warmUp;
        Optimizer optimizer;
        double maxGradientNorm;
        int maxLength;
        boolean packing;
        Learn learn;
        double validationShare;
        int evaluations;
        int patience;
        Select select;
        long seed;
        Precision precision;
        boolean recompute;
        int threads;
        Optional<Path> folder;
        int snapshots;

        Draft(TrainingOptions options) {
            epochs = options.epochs;
            batchSize = options.batchSize;
            microBatchSize = options.microBatchSize;
            learningRate = options.learningRate;
            schedule = options.schedule;
            warmUp = options.warmUp;
            optimizer = options.optimizer;
            maxGradientNorm = options.maxGradientNorm;
            maxLength = options.maxLength;
            packing = options.packing;
            learn = options.learn;
            validationShare = options.validationShare;
            evaluations = options.evaluations;
            patience = options.patience;
            select = options.select;
            seed = options.seed;
            precision = options.precision;
            recompute = options.recompute;
            threads = options.threads;
            folder = options.folder;
            snapshots = options.snapshots;
        }

        TrainingOptions options() {
            return new TrainingOptions(
                    epochs,
                    batchSize,
                    microBatchSize,
                    learningRate,
                    schedule,
                    warmUp,
                    optimizer,
                    maxGradientNorm,
                    maxLength,
                    packing,
                    learn,
                    validationShare,
                    evaluations,
                    patience,
                    select,
                    seed,
                    precision,
                    recompute,
                    threads,
                    folder,
                    snapshots);
        }
    }
}
