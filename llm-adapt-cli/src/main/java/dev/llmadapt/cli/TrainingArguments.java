package dev.llmadapt.cli;

import dev.llmadapt.Precision;
import dev.llmadapt.peft.training.TrainingOptions;
import dev.llmadapt.peft.training.TrainingOptions.LossOn;
import dev.llmadapt.peft.training.TrainingOptions.LossOver;
import dev.llmadapt.peft.training.TrainingOptions.Schedule;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how long, how fast and with what memory training goes, whatever is trained. */
final class TrainingArguments {
    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the examples. Default: 3, and more where that is less than --min-steps.")
    @Nullable
    Integer epochs;

    @Option(
            names = "--min-steps",
            paramLabel = "N",
            description = "The least steps, whatever the passes. Default: 80, or 0 where --epochs is given.")
    @Nullable
    Integer minSteps;

    @Option(
            names = "--max-steps",
            paramLabel = "N",
            description = "The number of steps, whatever the passes and least steps.")
    @Nullable
    Integer maxSteps;

    @Option(names = "--batch", paramLabel = "N", description = "Examples of a step. Default: by method, 8 or 16.")
    @Nullable
    Integer batch;

    @Option(
            names = "--micro-batch",
            paramLabel = "N",
            description = "Examples that run at once; gradients of several runs add up. Default: 16.")
    @Nullable
    Integer microBatch;

    @Option(names = "--rate", paramLabel = "X", description = "The highest learning rate. Default: by method.")
    @Nullable
    Double rate;

    @Option(names = "--schedule", paramLabel = "KIND", description = "constant, linear or cosine. Default: cosine.")
    @Nullable
    Schedule schedule;

    @Option(names = "--max-length", paramLabel = "N", description = "Tokens of a text. Default: 1024.")
    @Nullable
    Integer maxLength;

    @Option(
            names = "--learn",
            paramLabel = "WHAT",
            description =
                    "completion: the last answer; assistant: every answer but those marked as not to be learned; all:"
                            + " every token."
                            + " Default: assistant.")
    @Nullable
    LossOn learn;

    @Option(
            names = "--loss-over",
            paramLabel = "WHAT",
            description =
                    "What the tokens of an answer compete with: vocabulary, or choices, the labels of --task alone, as"
                            + " when an answer is chosen among them. Default: vocabulary.")
    @Nullable
    LossOver lossOver;

    @Option(
            names = "--validation",
            paramLabel = "SHARE",
            description = "Share of the examples to choose the best step by, 0 to 0.5. Default: 0.")
    @Nullable
    Double validation;

    @Option(
            names = "--patience",
            paramLabel = "N",
            description = "Stop after N measurements that bring nothing better.")
    @Nullable
    Integer patience;

    @Option(
            names = "--train-precision",
            paramLabel = "KIND",
            converter = PlainModelArguments.PrecisionName.class,
            description = "Of the frozen weights while training: fp32, or as-stored, int8, int4 to save memory."
                    + " Default: fp32.")
    @Nullable
    Precision trainPrecision;

    @Option(names = "--recompute", description = "Save memory by computing activations twice.")
    boolean recompute;

    @Option(
            names = "--work",
            paramLabel = "FOLDER",
            description = "Write the curve and snapshots there; a run that was stopped goes on from them.")
    @Nullable
    Path work;

    @Option(names = "--seed", paramLabel = "N", description = "Fixes order and beginning. Default: ${DEFAULT-VALUE}.")
    long seed;

    /**
     * The options of training that are given, over those that a method has by default.
     *
     * @param usual what is learned of a text unless an option says it
     */
    TrainingOptions options(TrainingOptions defaults, LossOn usual) {
        TrainingOptions options = defaults.withSeed(seed)
                .withLossOn(learn == null ? usual : learn)
                .withGradientCheckpointing(recompute);
        options = lossOver == null ? options : options.withLossOver(lossOver);
        options = epochs == null ? options : options.withEpochs(epochs).withMinSteps(0);
        options = minSteps == null ? options : options.withMinSteps(minSteps);
        options = maxSteps == null ? options : options.withMaxSteps(maxSteps);
        options = batch == null ? options : options.withBatchSize(batch);
        options = microBatch == null ? options : options.withMicroBatchSize(microBatch);
        options = rate == null ? options : options.withLearningRate(rate);
        options = schedule == null ? options : options.withSchedule(schedule);
        options = maxLength == null ? options : options.withMaxLength(maxLength);
        options = validation == null ? options : options.withValidationShare(validation);
        options = patience == null ? options : options.withPatience(patience);
        options = trainPrecision == null ? options : options.withPrecision(trainPrecision);
        return work == null ? options : options.withOutputDir(work);
    }
}
