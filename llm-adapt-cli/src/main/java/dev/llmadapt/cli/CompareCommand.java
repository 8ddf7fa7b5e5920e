package dev.llmadapt.cli;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.pilot.comparison.ComparisonJson;
import dev.llmadapt.pilot.comparison.ComparisonTable;
import dev.llmadapt.pilot.comparison.RunComparison;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.report.ReportJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code llm-adapt compare}. */
@Command(
        name = "compare",
        description = {
            "Compares two runs of the pilot, on the test examples that both have.",
            "Say before and after a change of data, prompts or model. A run is a folder of 'pilot --work'",
            "or 'pilot --save', or a file of 'pilot --json'.",
            "The status is 1 if a candidate is shown to be worse by more than the tolerance, 2 if the runs have too",
            "few tests in common to tell, else 0."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  llm-adapt compare run1 run2",
            "  llm-adapt compare before.json after.json --strategy recommended --tolerance 0.03"
        })
final class CompareCommand implements Callable<Integer> {
    private final CommandContext context;

    @Parameters(index = "0", paramLabel = "BEFORE", description = "The first run.")
    Path before = Path.of("");

    @Parameters(index = "1", paramLabel = "AFTER", description = "The second run.")
    Path after = Path.of("");

    @Option(
            names = "--strategy",
            paramLabel = "NAME",
            description = "Compare this candidate alone, or 'recommended': what each of the runs recommends.")
    @Nullable
    String strategy;

    @Option(
            names = "--tolerance",
            paramLabel = "SHARE",
            description = "The loss of quality that is accepted, 0 to 1. Default: that of the second run's needs.")
    @Nullable
    Double tolerance;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the comparison as JSON.")
    @Nullable
    Path json;

    CompareCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Double given = tolerance;
        if (given != null && !(given >= 0 && given <= 1)) {
            throw new InvalidInput("--tolerance must be in [0, 1], got " + given);
        }
        PilotReport first = read(before);
        PilotReport second = read(after);
        RunComparison comparison = InvalidInput.check(() -> {
            RunComparison all = RunComparison.of(first, second);
            return strategy == null ? all : all.only(strategy);
        });
        double accepted = given == null ? second.needs().tolerance() : given;
        if (json != null) {
            try (JsonTarget target = new JsonTarget(json)) {
                target.write(ComparisonJson.write(comparison, accepted));
            }
        }
        context.out()
                .print(ComparisonTable.write(
                        comparison, accepted, context.terminal().width()));
        context.out().flush();
        if (!comparison.tells()) {
            return Main.INVALID_INPUT;
        }
        return comparison.worse(accepted).isEmpty() ? 0 : 1;
    }

    /** Reads a report: a file, or the one in a folder of a run or of a saved strategy. */
    private static PilotReport read(Path run) {
        Path file = run;
        if (Files.isDirectory(run)) {
            file = List.of(PilotCommand.REPORT, "heldout.json").stream()
                    .map(run::resolve)
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow(() -> new InvalidInput(run + " has no " + PilotCommand.REPORT
                            + ", which the pilot writes at its end; finish it by the same command with --work " + run));
        }
        try {
            return ReportJson.read(Files.readString(file));
        } catch (IOException e) {
            throw new InvalidInput(file + " cannot be read: " + e.getMessage(), e);
        } catch (LlmAdaptException e) {
            throw new InvalidInput(file + ": " + e.getMessage(), e);
        }
    }
}
