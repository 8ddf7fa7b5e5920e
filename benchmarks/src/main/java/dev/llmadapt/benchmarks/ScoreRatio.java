package dev.llmadapt.benchmarks;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The time to score labels over that of reading their prompt alone, one after the other in turn, so that what else the
 * machine does falls on both. Run it from the root of the repository with a source of a model, a precision and the
 * number of labels.
 */
public final class ScoreRatio {
    private static final int ROUNDS = 25;
    private static final int WARM_UP = 4;

    private ScoreRatio() {}

    /** Prints medians, and the ratio with its quartiles. */
    public static void main(String[] arguments) throws IOException {
        int labels = Integer.parseInt(arguments[2]);
        LabelTask task = LabelTask.read(Path.of("llm-adapt-pilot/tasks/pennywell/task.json"), labels);
        ModelOptions options =
                ModelOptions.defaults().withThreads(Sessions.THREADS).withPrecision(Precision.valueOf(arguments[1]));
        try (LocalModel model = LocalModel.open(ModelSource.parse(arguments[0]).fetch(Progress.NONE), options)) {
            measure(model, task, false);
            measure(model, task, true);
        }
    }

    private static void measure(LocalModel model, LabelTask task, boolean instructionsRead) {
        double[] reads = new double[ROUNDS];
        double[] scores = new double[ROUNDS];
        double[] ratios = new double[ROUNDS];
        int asked = 0;
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            Request read = task.prompt(instructionsRead ? "" : ++asked + ". ", 2 * (round + WARM_UP));
            Request score = task.prompt(instructionsRead ? "" : ++asked + ". ", 2 * (round + WARM_UP) + 1);
            long start = System.nanoTime();
            model.generate(read.withOptions(GenerationOptions.defaults().withMaxTokens(1)));
            long between = System.nanoTime();
            model.score(score, task.labels());
            long end = System.nanoTime();
            if (round >= 0) {
                reads[round] = (between - start) / 1e6;
                scores[round] = (end - between) / 1e6;
                ratios[round] = scores[round] / reads[round];
            }
        }
        Arrays.sort(ratios);
        System.out.printf(
                "instructions %s before: prompt %.1f ms, with %d labels %.1f ms, ratio %.2f (%.2f to %.2f)%n",
                instructionsRead ? "read" : "not read",
                median(reads),
                task.labels().size(),
                median(scores),
                ratios[ROUNDS / 2],
                ratios[ROUNDS / 4],
                ratios[ROUNDS - 1 - ROUNDS / 4]);
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
