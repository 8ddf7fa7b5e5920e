package dev.llmadapt.benchmarks;

import static dev.llmadapt.prompting.LabelChoice.Calibration.BATCH;
import static dev.llmadapt.prompting.LabelChoice.Calibration.CONTENT_FREE;
import static dev.llmadapt.prompting.LabelChoice.Calibration.NONE;
import static dev.llmadapt.prompting.LabelChoice.Normalization.SUM;
import static dev.llmadapt.prompting.LabelChoice.Normalization.TOKENS;

import dev.llmadapt.Example;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.pilot.results.Calibration;
import dev.llmadapt.pilot.results.Confidence;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.task.Stratified;
import dev.llmadapt.pilot.task.TaskFileOptions;
import dev.llmadapt.pilot.task.TaskFiles;
import dev.llmadapt.pilot.task.TaskSplit;
import dev.llmadapt.prompting.LabelChoice;
import dev.llmadapt.prompting.LabelChoice.Normalization;
import dev.llmadapt.prompting.ZeroShot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The accuracy and the calibration of zero-shot answers that are chosen by the scores of labels or of letters, with and
 * without a temperature, on the test examples of a task; each text is scored once, whatever is made of its scores.
 * Arguments: a model's source, the task, and, if not all test examples, how many, drawn evenly over the labels.
 */
public final class LabelCalibration {
    private LabelCalibration() {}

    /** Prints a row of a Markdown table per way to choose. */
    public static void main(String[] arguments) {
        TaskSplit split = TaskFiles.read(Path.of(arguments[1]), TaskFileOptions.defaults());
        int limit = arguments.length > 2 ? Integer.parseInt(arguments[2]) : Integer.MAX_VALUE;
        List<Example> test = split.test().size() > limit ? Stratified.sample(split.test(), limit, 0) : split.test();
        System.out.println(
                "| choice | temperature fitted on | accuracy | 95 % interval | at 5 percent error | ECE | Brier |");
        System.out.println("|---|---|---|---|---|---|---|");
        try (LocalModel model =
                        LocalModel.open(ModelSource.parse(arguments[0]).fetch(Progress.NONE), ModelOptions.defaults());
                Model remembering = new Remembering(model)) {
            ZeroShot labels = ZeroShot.defaults();
            ZeroShot options = labels.withoutLabels();
            for (int examples : new int[] {0, 16, 64}) {
                measure(
                        "mean a token",
                        labels.then(scored(TOKENS, NONE, examples)),
                        examples,
                        remembering,
                        split,
                        test);
                measure("sum", labels.then(scored(SUM, NONE, examples)), examples, remembering, split, test);
                measure(
                        "mean a token, batch calibration",
                        labels.then(scored(TOKENS, BATCH, examples)),
                        examples,
                        remembering,
                        split,
                        test);
                measure("letters", letters(NONE, examples).around(options), examples, remembering, split, test);
                if (examples == 0) {
                    measure(
                            "letters, content-free calibration",
                            letters(CONTENT_FREE, 0).around(options),
                            0,
                            remembering,
                            split,
                            test);
                }
                measure(
                        "letters, batch calibration",
                        letters(BATCH, examples).around(options),
                        examples,
                        remembering,
                        split,
                        test);
            }
        }
    }

    private static LabelChoice scored(Normalization normalization, LabelChoice.Calibration calibration, int examples) {
        LabelChoice.Scored choice = LabelChoice.scored(normalization, calibration);
        return examples == 0 ? choice : choice.withBatchInputs(examples).withTemperature(examples);
    }

    private static LabelChoice.Letters letters(LabelChoice.Calibration calibration, int examples) {
        LabelChoice.Letters choice = LabelChoice.byLetters(calibration);
        return examples == 0 ? choice : choice.withBatchInputs(examples).withTemperature(examples);
    }

    private static void measure(
            String name, Strategy strategy, int examples, Model model, TaskSplit split, List<Example> test) {
        Task task = split.task();
        List<Outcome> outcomes = new ArrayList<>();
        try (Model adapted = strategy.adapt(model, task, Progress.NONE)) {
            for (Example example : test) {
                Generation answer = adapted.generate(task.request(example.input()));
                outcomes.add(new Outcome(
                        example.id(),
                        example.output(),
                        answer.text(),
                        task.metric().score(example.output(), answer.text()),
                        Duration.ZERO,
                        0,
                        0,
                        "",
                        answer.decision().map(decision -> Confidence.of(decision, example.output()))));
            }
        }
        Calibration calibration = Calibration.of(outcomes);
        int right =
                (int) outcomes.stream().filter(outcome -> outcome.score() == 1).count();
        Interval interval = Interval.wilson(right, outcomes.size());
        System.out.println(String.format(
                Locale.ROOT,
                "| %s | %s | %.1f %% | %.1f to %.1f %% | %.1f %% | %.3f | %.3f |",
                name,
                examples == 0 ? "none" : examples + " examples",
                100.0 * right / outcomes.size(),
                100 * interval.low(),
                100 * interval.high(),
                100 * calibration.answerable(),
                calibration.expectedError(),
                calibration.brier()));
    }

    /** A model that scores each text once. */
    private static final class Remembering extends ModelLayer {
        private final Map<Asked, Scores> known = new HashMap<>();

        /** A request with the texts to score. */
        private record Asked(Request request, List<String> continuations) {}

        Remembering(Model base) {
            super(base);
        }

        @Override
        protected Exchange exchange(Request request) {
            return new Exchange() {
                @Override
                public Request asked() {
                    return request;
                }

                @Override
                public Scores scored(Model inside, List<String> continuations) {
                    return known.computeIfAbsent(
                            new Asked(request, continuations), asked -> inside.score(request, continuations));
                }
            };
        }
    }
}
