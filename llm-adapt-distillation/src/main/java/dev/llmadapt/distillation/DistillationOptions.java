package dev.llmadapt.distillation;

import java.util.function.Consumer;

/**
 * The options for asking a teacher, and for choosing among its answers.
 *
 * @param ownExamples whether the student learns the task's own examples too
 * @param probabilities whether the student learns the teacher's probabilities over labels in place of its answers; it
 *     must be a {@link dev.llmadapt.DecisionLearner}, and the teacher must give probabilities
 * @param minConfidence the smallest probability of an answer that is kept, in [0, 1]; above 0 the teacher must give
 *     probabilities ({@link dev.llmadapt.Generation#decision})
 * @param samples how often a teacher is asked the same input, at least 1. More than one needs a teacher that samples
 *     its answers
 * @param temperature the temperature of several samples, above 0; a single one is asked as the task asks it
 * @param minAgreement the smallest share of the answers to an input, over samples and teachers, that the chosen one
 *     agrees with, in [0, 1]; a single answer always agrees. Answers without labels agree as far as the task's metric
 *     says
 * @param maxInputs the largest number of inputs to ask, the first ones, at least 1
 * @param maxTokens after so many tokens, read and written, nothing more is asked; at least 1. What was begun is
 *     finished
 * @param maxErrors how many questions a teacher may fail to answer, at least 0; one more ends the work
 * @param batchSize how many inputs are asked together, at least 1
 * @param seed the seed of samples
 */
public record DistillationOptions(
        boolean ownExamples,
        boolean probabilities,
        double minConfidence,
        int samples,
        double temperature,
        double minAgreement,
        int maxInputs,
        long maxTokens,
        int maxErrors,
        int batchSize,
        long seed) {
    private static final int MAX_SAMPLES = 100;
    private static final DistillationOptions DEFAULTS =
            new DistillationOptions(true, false, 0, 1, 0.7, 1, Integer.MAX_VALUE, Long.MAX_VALUE, 10, 16, 0);

    /** Refuses values that cannot be. */
    public DistillationOptions {
        requireShare("minConfidence", minConfidence);
        requireShare("minAgreement", minAgreement);
        if (samples < 1 || samples > MAX_SAMPLES) {
            throw new IllegalArgumentException("samples must be 1 to " + MAX_SAMPLES + ", samples: " + samples);
        }
        if (!(temperature > 0 && temperature <= 100)) {
            throw new IllegalArgumentException("temperature must be in (0, 100], temperature: " + temperature);
        }
        requireAtLeast(1, "maxInputs", maxInputs);
        requireAtLeast(1, "maxTokens", maxTokens);
        requireAtLeast(0, "maxErrors", maxErrors);
        requireAtLeast(1, "batchSize", batchSize);
    }

    private static void requireShare(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be in [0, 1], " + name + ": " + value);
        }
    }

    private static void requireAtLeast(long least, String name, long value) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ", " + name + ": " + value);
        }
    }

    /** One answer an input, all kept, beside the task's own examples; ten errors are borne, sixteen inputs a batch. */
    public static DistillationOptions defaults() {
        return DEFAULTS;
    }

    /** These options with or without the task's own examples. */
    public DistillationOptions withOwnExamples(boolean ownExamples) {
        return with(copy -> copy.ownExamples = ownExamples);
    }

    /** These options with probabilities to learn, or answers. */
    public DistillationOptions withProbabilities(boolean probabilities) {
        return with(copy -> copy.probabilities = probabilities);
    }

    /** These options with another smallest probability of an answer. */
    public DistillationOptions withMinConfidence(double minConfidence) {
        return with(copy -> copy.minConfidence = minConfidence);
    }

    /** These options with several answers of each teacher to an input, sampled at a temperature. */
    public DistillationOptions withSamples(int samples, double temperature) {
        return with(copy -> {
            copy.samples = samples;
            copy.temperature = temperature;
        });
    }

    /** These options with another smallest share of answers that agree. */
    public DistillationOptions withMinAgreement(double minAgreement) {
        return with(copy -> copy.minAgreement = minAgreement);
    }

    /** These options with another largest number of inputs. */
    public DistillationOptions withMaxInputs(int maxInputs) {
        return with(copy -> copy.maxInputs = maxInputs);
    }

    /** These options with another limit of the tokens that a teacher reads and writes. */
    public DistillationOptions withMaxTokens(long maxTokens) {
        return with(copy -> copy.maxTokens = maxTokens);
    }

    /** These options with another number of errors that are borne. */
    public DistillationOptions withMaxErrors(int maxErrors) {
        return with(copy -> copy.maxErrors = maxErrors);
    }

    /** These options with another number of inputs that are asked together. */
    public DistillationOptions withBatchSize(int batchSize) {
        return with(copy -> copy.batchSize = batchSize);
    }

    /** These options with another seed. */
    public DistillationOptions withSeed(long seed) {
        return with(copy -> copy.seed = seed);
    }

    private DistillationOptions with(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return copy.get();
    }

    /** The components by name, to be changed. */
    private static final class Copy {
        private boolean ownExamples;
        private boolean probabilities;
        private double minConfidence;
        private int samples;
        private double temperature;
        private double minAgreement;
        private int maxInputs;
        private long maxTokens;
        private int maxErrors;
        private int batchSize;
        private long seed;

        Copy(DistillationOptions of) {
            ownExamples = of.ownExamples;
            probabilities = of.probabilities;
            minConfidence = of.minConfidence;
            samples = of.samples;
            temperature = of.temperature;
            minAgreement = of.minAgreement;
            maxInputs = of.maxInputs;
            maxTokens = of.maxTokens;
            maxErrors = of.maxErrors;
            batchSize = of.batchSize;
            seed = of.seed;
        }

        DistillationOptions get() {
            return new DistillationOptions(
                    ownExamples,
                    probabilities,
                    minConfidence,
                    samples,
                    temperature,
                    minAgreement,
                    maxInputs,
                    maxTokens,
                    maxErrors,
                    batchSize,
                    seed);
        }
    }
}
