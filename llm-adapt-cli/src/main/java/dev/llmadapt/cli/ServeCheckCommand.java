package dev.llmadapt.cli;

import dev.llmadapt.Model;
import dev.llmadapt.cli.terminal.ProgressLine;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.saved.ServeCheck;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm-adapt serve-check}. */
@Command(
        name = "serve-check",
        description = {
            "Replays the held-out examples against a saved strategy.",
            "The status is 0 if quality and latency are within their intervals, else 1; a median of up to 20 ms always is."
        },
        sortOptions = false)
final class ServeCheckCommand implements Callable<Integer> {
    private final CommandContext context;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything runs
    private CommandSpec spec;

    @Parameters(paramLabel = "FOLDER", description = "What 'pilot --save' wrote.")
    Path folder = Path.of("");

    @Option(
            names = "--latency-factor",
            paramLabel = "X",
            description = "How much slower this machine may be than the one that measured. Default: ${DEFAULT-VALUE}.")
    double latencyFactor = 1;

    @Mixin
    final ModelArguments model = new ModelArguments();

    ServeCheckCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (!(latencyFactor >= 1)) {
            throw new InvalidInput("--latency-factor must be at least 1, got " + latencyFactor);
        }
        SavedStrategy saved = SavedStrategy.load(folder);
        ServeCheck check;
        try (ProgressLine progress = context.progress();
                Model opened = SavedModel.open(saved, model, spec.commandLine().getParseResult(), context, progress)) {
            check = ServeCheck.replay(saved, opened, progress);
        }
        context.out()
                .println(String.format(
                        Locale.ROOT,
                        "%s on %s: %.1f%% (was %.1f%%, %.1f%% to %.1f%%), %d of %d answers the same, median %d ms (at most"
                                + " %d)",
                        saved.text(),
                        saved.model(),
                        100 * check.quality(),
                        100 * saved.measured().quality(),
                        100 * check.interval().low(),
                        100 * check.interval().high(),
                        check.same(),
                        check.of(),
                        check.median().toMillis(),
                        check.limit(latencyFactor).toMillis()));
        List<String> worse = check.regressions(latencyFactor);
        worse.forEach(line -> context.out().println("regression: " + line));
        context.out().flush();
        return worse.isEmpty() ? 0 : 1;
    }
}
