package dev.llmadapt.pilot;

import dev.llmadapt.ModelInfo;
import dev.llmadapt.Strategy;
import dev.llmadapt.peft.training.TrainingOptions;
import dev.llmadapt.pilot.results.PilotOptions;
import dev.llmadapt.pilot.strategy.Candidate;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The text by which a journal knows its run: task, model, options, budget and candidates.
 *
 * <p>Journals hold this text, so a field keeps its name and its place. A field that is added later is written at the
 * end of its brackets, and only where it does not have its default: then journals from before go on.
 */
final class RunIdentity {
    private RunIdentity() {}

    /**
     * The text of a run.
     *
     * @param searches whether it may search for better wordings or settings
     */
    static String of(
            String taskHash,
            Optional<ModelInfo> model,
            PilotOptions options,
            Duration budget,
            List<? extends Strategy> candidates,
            boolean searches) {
        return String.join(
                " ",
                taskHash,
                model.map(RunIdentity::model).orElse("ModelInfo[none]"),
                options(options),
                budget.toString(),
                candidates.stream().map(each -> Candidate.of(each).identity()).collect(Collectors.joining(","))
                        + trained(candidates)
                        + " Race[1]" // the number changes when the order of work does
                        + (searches ? " Search[1]" : "")); // and this one when that of a search does
    }

    /** How tunings count by default, where one is a candidate: journals from before there were least steps end here. */
    private static String trained(List<? extends Strategy> candidates) {
        boolean any = candidates.stream()
                .anyMatch(candidate -> Candidate.of(candidate).traits().training() == Candidate.Training.LONG);
        return any ? " Training[minSteps=" + TrainingOptions.DEFAULT_MIN_STEPS + "]" : "";
    }

    private static String model(ModelInfo model) {
        return String.format(
                Locale.ROOT,
                "ModelInfo[name=%s, architecture=%s, parameterCount=%d, contextLength=%d, vocabularySize=%d, precision=%s]",
                model.name(),
                model.architecture(),
                model.parameterCount(),
                model.contextLength(),
                model.vocabularySize(),
                model.precision());
    }

    private static String options(PilotOptions options) {
        return String.format(Locale.ROOT, "PilotOptions[limit=%d, seed=%d]", options.limit(), options.seed());
    }
}
