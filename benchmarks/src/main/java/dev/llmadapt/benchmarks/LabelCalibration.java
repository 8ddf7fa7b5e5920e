package dev.llmadapt.benchmarks;

import static dev.llmadapt.prompting.LabelChoice.Calibration.BATCH;
import static dev.llmadapt.prompting.LabelChoice.Calibration.NONE;

import dev.llmadapt.Example;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.pilot.results.Calibration;
import dev.llmadapt.pilot.results.Confidence;
import dev.llmadapt.pilot.results.Outcome;
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
 * The calibration of zero-shot answers that are chosen by scores, with and without a temperature, on all test examples
 * of a task; each text is scored once, whatever is made of its scores. Arguments: a model's source, and the task.
 */
public final class LabelCalibration {
    private LabelCalibration() {}

    /** Prints a row of a Markdown table per way to choose. */
    public static void main(String[] arguments) {
        TaskSplit split = TaskFiles.read(Path.of(arguments[1]), TaskFileOptions.defaults());
        System.out.println("| choice | temperature fitted on | accuracy | at 5 percent error | ECE | Brier |");
        System.out.println("|---|---|---|---|---|---|");
        try (LocalModel model =
                        LocalModel.open(ModelSource.parse(arguments[0]).fetch(Progress.NONE), ModelOptions.defaults());
                Model prompted = ZeroShot.defaults().adapt(model, split.task(), Progress.NONE);
                Model remembering = new Remembering(prompted)) {
            for (int examples : new int[] {0, 16, 64}) {
                measure("mean a token", LabelChoice.scored(Normalization.TOKENS, NONE), examples, remembering, split);
                measure("sum", LabelChoice.scored(Normalization.SUM, NONE), examples, remembering, split);
                LabelChoice.Scored batch = LabelChoice.scored(Normalization.TOKENS, BATCH);
                measure(
                        "mean a token, batch calibration",
                        examples == 0 ? batch : batch.withBatchInputs(examples),
                        examples,
                        remembering,
                        split);
            }
        }
    }

    private static void measure(String name, LabelChoice.Scored choice, int examples, Model prompted, TaskSplit split) {
        Task task = split.task();
        List<Outcome> outcomes = new ArrayList<>();
        try (Model adapted = choice.withTemperature(examples).adapt(prompted, task, Progress.NONE)) {
            for (Example example : split.test()) {
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
        System.out.println(String.format(
                Locale.ROOT,
                "| %s | %s | %.1f %% | %.1f %% | %.3f | %.3f |",
                name,
                examples == 0 ? "none" : examples + " examples",
                100 * outcomes.stream().mapToDouble(Outcome::score).average().orElseThrow(),
                100 * calibration.answerable(),
                calibration.expectedError(),
                calibration.brier()));
    }

    /** A model that scores each text once. */
    private static final class Remembering extends ModelLayer {
        private final Map<Request, Scores> known = new HashMap<>();

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
                    return known.computeIfAbsent(request, asked -> inside.score(asked, continuations));
                }
            };
        }
    }
}
