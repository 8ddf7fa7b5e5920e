package dev.llmadapt.peft.training;

import dev.llmadapt.Precision;
import dev.llmadapt.peft.data.TrainingExample;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The options of a training.
 *
 * @param learning what is learned
 * @param optimization how a step changes the parameters
 * @param validation how the best parameters are chosen
 * @param machine how a step is computed; the result is the same but for rounding
 * @param files where the course of the training is written
 */
public record TrainingOptions(
        Learning learning, Optimization optimization, Validation validation, Machine machine, Files files) {
    /** The least {@code maxLength}. */
    public static final int MIN_LENGTH = 8;

    /** The least steps of a training by default: with fewer, few texts leave a model worse than its base. */
    public static final int DEFAULT_MIN_STEPS = 80;

    /**
     * The settings of what is learned, and for how long: {@code epochs} passes over the texts, but at least
     * {@code minSteps} steps; or {@code maxSteps} steps, whatever the two say, where that is given. A training with
     * {@link Validation#patience() patience} may end before.
     *
     * @param epochs how often each text is learned, from 1
     * @param minSteps the least steps, which few texts are learned more often for; 0 for none
     * @param maxSteps the number of steps, as {@code max_steps} of Hugging Face, or 0 to count by the two above
     * @param batchSize texts of a step, from 1
     * @param maxLength the most tokens of a text, from {@value #MIN_LENGTH}, and no more than the model's context
     *     holds; longer texts lose the beginning of their prompt
     * @param lossOn the tokens of a text that count
     * @param lossOver what the tokens of an answer compete with
     * @param seed fixes the order of the texts, the split, and the parameters to begin with
     */
    public record Learning(
            int epochs,
            int minSteps,
            int maxSteps,
            int batchSize,
            int maxLength,
            LossOn lossOn,
            LossOver lossOver,
            long seed) {
        /** Validates the components. */
        public Learning {
            atLeast("epochs", epochs, 1);
            atLeast("minSteps", minSteps, 0);
            atLeast("maxSteps", maxSteps, 0);
            atLeast("batchSize", batchSize, 1);
            atLeast("maxLength", maxLength, MIN_LENGTH);
            Objects.requireNonNull(lossOn, "lossOn");
            Objects.requireNonNull(lossOver, "lossOver");
            if (lossOver == LossOver.CHOICES && lossOn == LossOn.ALL) {
                throw new IllegalArgumentException("a loss over choices counts answers that are labels, and lossOn ALL"
                        + " counts every token; take COMPLETION, or a loss over the VOCABULARY");
            }
        }

        /** The steps that so many texts are learned in. */
        public int steps(int texts) {
            return maxSteps > 0 ? maxSteps : Math.max(minSteps, Math.multiplyExact(stepsPerEpoch(texts), epochs));
        }

        /** The steps of one pass over so many texts. */
        int stepsPerEpoch(int texts) {
            return (texts + batchSize - 1) / batchSize;
        }
    }

    /**
     * How a step changes the parameters.
     *
     * @param optimizer the rule of a step
     * @param learningRate the highest learning rate, positive
     * @param schedule how the learning rate changes
     * @param warmUp share of the steps in which the learning rate rises to its highest, 0 to below 1
     * @param maxGradientNorm to which the norm of a step's gradient is cut, or 0 for none
     */
    public record Optimization(
            Optimizer optimizer, double learningRate, Schedule schedule, double warmUp, double maxGradientNorm) {
        /** Validates the components. */
        public Optimization {
            Objects.requireNonNull(optimizer, "optimizer");
            Objects.requireNonNull(schedule, "schedule");
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
        }
    }

    /**
     * How the best parameters are chosen.
     *
     * @param share share of the texts that is not learned but measured, 0 to 0.5
     * @param evaluations how often these texts are measured, at equal distances; from 1
     * @param patience how many measurements in a row may bring nothing better before training ends, or 0 for no end
     * @param select the measurement by which the best is chosen
     */
    public record Validation(double share, int evaluations, int patience, Select select) {
        /** Validates the components. */
        public Validation {
            if (!(share >= 0 && share <= 0.5)) {
                throw new IllegalArgumentException("validationShare must be from 0 to 0.5, validationShare: " + share);
            }
            atLeast("evaluations", evaluations, 1);
            atLeast("patience", patience, 0);
            Objects.requireNonNull(select, "select");
        }
    }

    /**
     * How a step is computed.
     *
     * @param microBatchSize texts that run at once, from 1: a step whose batch is larger adds up gradients
     * @param packing whether a row holds several short texts one after the other, which do not see each other, and what
     *     all of them begin with only once; else texts of like length make a batch, a row each
     * @param precision the precision of the frozen weights
     * @param gradientCheckpointing whether blocks are computed again on the way back: less memory, more time
     * @param threads threads of one run, from 1
     */
    public record Machine(
            int microBatchSize, boolean packing, Precision precision, boolean gradientCheckpointing, int threads) {
        /** Validates the components. */
        public Machine {
            atLeast("microBatchSize", microBatchSize, 1);
            Objects.requireNonNull(precision, "precision");
            atLeast("threads", threads, 1);
        }
    }

    /**
     * Where the course of the training is written.
     *
     * @param outputDir a folder for the curve, and for checkpoints from which a later call with the same settings and
     *     data goes on
     * @param checkpoints how often a checkpoint is written there, at equal distances; from 1
     */
    public record Files(Optional<Path> outputDir, int checkpoints) {
        /** Validates the components. */
        public Files {
            Objects.requireNonNull(outputDir, "outputDir");
            atLeast("checkpoints", checkpoints, 1);
        }
    }

    /** How the learning rate changes after the warm-up. */
    public enum Schedule {
        /** Not at all. */
        CONSTANT,
        /** Down to 0 along a line. */
        LINEAR,
        /** Down to 0 along half a cosine (Loshchilov and Hutter 2017). */
        COSINE
    }

    /** The tokens of a text that count: TRL's {@code completion_only_loss} and {@code assistant_only_loss}. */
    public enum LossOn {
        /** The last answer. */
        COMPLETION,
        /**
         * Every answer of the assistant; of training data, those that are {@linkplain TrainingExample#supervised()
         * supervised}.
         */
        ASSISTANT,
        /** Everything but the first token. */
        ALL
    }

    /** What a learned token competes with: what the loss's softmax goes over. */
    public enum LossOver {
        /** Every token. */
        VOCABULARY,
        /**
         * The tokens with which one of the task's labels can go on, which a constrained answer is chosen from; a token
         * without a competitor costs nothing. Only for tasks with labels.
         */
        CHOICES
    }

    /** The measurement by which the best is chosen. */
    public enum Select {
        /** The lowest loss on the validation texts. */
        LOSS,
        /** The highest score of the task's metric on their answers, then the lowest loss. */
        METRIC
    }

    /** Validates the components. */
    public TrainingOptions {
        Objects.requireNonNull(learning, "learning");
        Objects.requireNonNull(optimization, "optimization");
        Objects.requireNonNull(validation, "validation");
        Objects.requireNonNull(machine, "machine");
        Objects.requireNonNull(files, "files");
    }

    private static void atLeast(String name, int value, int min) {
        if (value < min) {
            throw new IllegalArgumentException(name + " must be at least " + min + ", " + name + ": " + value);
        }
    }

    /**
     * Three epochs but at least {@value #DEFAULT_MIN_STEPS} steps, 16 texts a step, 16 at once, a rate of 2e-4 that
     * falls along a cosine after a warm-up of 5 %, AdamW, norms up to 1, 1024 tokens, packing, the last answer against
     * the vocabulary, no validation, 32-bit floats, a thread for each processor.
     */
    public static TrainingOptions defaults() {
        return new TrainingOptions(
                new Learning(3, DEFAULT_MIN_STEPS, 0, 16, 1024, LossOn.COMPLETION, LossOver.VOCABULARY, 0),
                new Optimization(Optimizer.adamW(), 2e-4, Schedule.COSINE, 0.05, 1),
                new Validation(0, 5, 0, Select.LOSS),
                new Machine(
                        16, true, Precision.FP32, false, Runtime.getRuntime().availableProcessors()),
                new Files(Optional.empty(), 10));
    }

    private TrainingOptions with(Learning changed) {
        return new TrainingOptions(changed, optimization, validation, machine, files);
    }

    private TrainingOptions with(Optimization changed) {
        return new TrainingOptions(learning, changed, validation, machine, files);
    }

    private TrainingOptions with(Validation changed) {
        return new TrainingOptions(learning, optimization, changed, machine, files);
    }

    private TrainingOptions with(Machine changed) {
        return new TrainingOptions(learning, optimization, validation, changed, files);
    }

    private TrainingOptions with(Files changed) {
        return new TrainingOptions(learning, optimization, validation, machine, changed);
    }

    /** Returns these options with another number of epochs; the least steps stay, which are 0 for exactly so many. */
    public TrainingOptions withEpochs(int epochs) {
        return with(new Learning(
                epochs,
                learning.minSteps,
                learning.maxSteps,
                learning.batchSize,
                learning.maxLength,
                learning.lossOn,
                learning.lossOver,
                learning.seed));
    }

    /** Returns these options with another least number of steps, or 0 for none. */
    public TrainingOptions withMinSteps(int minSteps) {
        return with(new Learning(
                learning.epochs,
                minSteps,
                learning.maxSteps,
                learning.batchSize,
                learning.maxLength,
                learning.lossOn,
                learning.lossOver,
                learning.seed));
    }

    /** Returns these options with a number of steps whatever the epochs, or 0 to count by epochs. */
    public TrainingOptions withMaxSteps(int maxSteps) {
        return with(new Learning(
                learning.epochs,
                learning.minSteps,
                maxSteps,
                learning.batchSize,
                learning.maxLength,
                learning.lossOn,
                learning.lossOver,
                learning.seed));
    }

    /** Returns these options with another number of texts a step. */
    public TrainingOptions withBatchSize(int batchSize) {
        return with(new Learning(
                learning.epochs,
                learning.minSteps,
                learning.maxSteps,
                batchSize,
                learning.maxLength,
                learning.lossOn,
                learning.lossOver,
                learning.seed));
    }

    /** Returns these options with another limit of length, in tokens. */
    public TrainingOptions withMaxLength(int maxLength) {
        return with(new Learning(
                learning.epochs,
                learning.minSteps,
                learning.maxSteps,
                learning.batchSize,
                maxLength,
                learning.lossOn,
                learning.lossOver,
                learning.seed));
    }

    /** Returns these options with a loss on other tokens. */
    public TrainingOptions withLossOn(LossOn lossOn) {
        return with(new Learning(
                learning.epochs,
                learning.minSteps,
                learning.maxSteps,
                learning.batchSize,
                learning.maxLength,
                lossOn,
                learning.lossOver,
                learning.seed));
    }

    /** Returns these options with a loss over other tokens. */
    public TrainingOptions withLossOver(LossOver lossOver) {
        return with(new Learning(
                learning.epochs,
                learning.minSteps,
                learning.maxSteps,
                learning.batchSize,
                learning.maxLength,
                learning.lossOn,
                lossOver,
                learning.seed));
    }

    /** Returns these options with another seed. */
    public TrainingOptions withSeed(long seed) {
        return with(new Learning(
                learning.epochs,
                learning.minSteps,
                learning.maxSteps,
                learning.batchSize,
                learning.maxLength,
                learning.lossOn,
                learning.lossOver,
                seed));
    }

    /** Returns these options with another optimiser. */
    public TrainingOptions withOptimizer(Optimizer optimizer) {
        return with(new Optimization(
                optimizer,
                optimization.learningRate,
                optimization.schedule,
                optimization.warmUp,
                optimization.maxGradientNorm));
    }

    /** Returns these options with another learning rate. */
    public TrainingOptions withLearningRate(double learningRate) {
        return with(new Optimization(
                optimization.optimizer,
                learningRate,
                optimization.schedule,
                optimization.warmUp,
                optimization.maxGradientNorm));
    }

    /** Returns these options with another schedule of the learning rate. */
    public TrainingOptions withSchedule(Schedule schedule) {
        return with(new Optimization(
                optimization.optimizer,
                optimization.learningRate,
                schedule,
                optimization.warmUp,
                optimization.maxGradientNorm));
    }

    /** Returns these options with another share of steps to warm up. */
    public TrainingOptions withWarmUp(double warmUp) {
        return with(new Optimization(
                optimization.optimizer,
                optimization.learningRate,
                optimization.schedule,
                warmUp,
                optimization.maxGradientNorm));
    }

    /** Returns these options with another limit of the gradient. */
    public TrainingOptions withMaxGradientNorm(double maxGradientNorm) {
        return with(new Optimization(
                optimization.optimizer,
                optimization.learningRate,
                optimization.schedule,
                optimization.warmUp,
                maxGradientNorm));
    }

    /** Returns these options with another share of texts to measure. */
    public TrainingOptions withValidationShare(double validationShare) {
        return with(new Validation(validationShare, validation.evaluations, validation.patience, validation.select));
    }

    /** Returns these options with another number of measurements. */
    public TrainingOptions withEvaluations(int evaluations) {
        return with(new Validation(validation.share, evaluations, validation.patience, validation.select));
    }

    /** Returns these options with another number of measurements without success. */
    public TrainingOptions withPatience(int patience) {
        return with(new Validation(validation.share, validation.evaluations, patience, validation.select));
    }

    /** Returns these options with another choice of the best. */
    public TrainingOptions withSelect(Select select) {
        return with(new Validation(validation.share, validation.evaluations, validation.patience, select));
    }

    /** Returns these options with another number of texts that run at once. */
    public TrainingOptions withMicroBatchSize(int microBatchSize) {
        return with(new Machine(
                microBatchSize, machine.packing, machine.precision, machine.gradientCheckpointing, machine.threads));
    }

    /** Returns these options with or without packing. */
    public TrainingOptions withPacking(boolean packing) {
        return with(new Machine(
                machine.microBatchSize, packing, machine.precision, machine.gradientCheckpointing, machine.threads));
    }

    /** Returns these options with another precision of the frozen weights. */
    public TrainingOptions withPrecision(Precision precision) {
        return with(new Machine(
                machine.microBatchSize, machine.packing, precision, machine.gradientCheckpointing, machine.threads));
    }

    /** Returns these options with or without gradient checkpointing. */
    public TrainingOptions withGradientCheckpointing(boolean gradientCheckpointing) {
        return with(new Machine(
                machine.microBatchSize, machine.packing, machine.precision, gradientCheckpointing, machine.threads));
    }

    /** Returns these options with another number of threads. */
    public TrainingOptions withThreads(int threads) {
        return with(new Machine(
                machine.microBatchSize, machine.packing, machine.precision, machine.gradientCheckpointing, threads));
    }

    /** Returns these options with a folder for the curve and checkpoints. */
    public TrainingOptions withOutputDir(Path outputDir) {
        return with(new Files(Optional.of(outputDir), files.checkpoints));
    }

    /** Returns these options without a folder for the curve and checkpoints. */
    public TrainingOptions withoutOutputDir() {
        return with(new Files(Optional.empty(), files.checkpoints));
    }

    /** Returns these options with another number of checkpoints. */
    public TrainingOptions withCheckpoints(int checkpoints) {
        return with(new Files(files.outputDir, checkpoints));
    }
}
