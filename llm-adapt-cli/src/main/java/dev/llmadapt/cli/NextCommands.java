package dev.llmadapt.cli;

import dev.llmadapt.pilot.recommendation.Stakes;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.results.Measured;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The commands to type after a pilot, quoted for a shell. */
final class NextCommands {
    private static final String COMMAND = "pilot";

    private NextCommands() {}

    /**
     * The commands that use a saved strategy.
     *
     * @param program the program as it was called
     * @param report where the strategy is from
     * @param saved its folder
     */
    static List<String> use(String program, PilotReport report, Path saved) {
        String answer = program + " answer " + quoted(saved.toString());
        String choice = report.recommendation().choice().orElse("");
        boolean probabilities = report.measured().stream()
                .filter(row -> row.strategy().equals(choice))
                .map(Measured::calibration)
                .anyMatch(calibration -> calibration.answers() > 0);
        Stakes stakes = report.needs().stakes();
        boolean wanted = probabilities && stakes.asksPrecision();
        return List.of(
                "Use it: " + answer + " \"...\"",
                "        " + answer + " --in new.csv --out labelled.csv"
                        + (wanted ? String.format(Locale.ROOT, " --min-precision %s", stakes.precision()) : ""));
    }

    /**
     * The command that saves the strategy which a run recommends, that with a folder for its work, and without files
     * that would be written again.
     *
     * @param program the program as it was called
     * @param arguments of the run, the command among them
     * @param work the folder of its work; null where it had none, and must be run again
     */
    static List<String> keep(String program, List<String> arguments, @Nullable Path work) {
        List<String> kept = new ArrayList<>();
        for (int i = arguments.indexOf(COMMAND) + 1; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.equals("--json") || argument.equals("--html")) {
                i++;
            } else if (!argument.startsWith("--json=") && !argument.startsWith("--html=")) {
                kept.add(argument);
            }
        }
        if (work == null) {
            kept.addAll(List.of("--work", "run"));
        }
        kept.addAll(List.of("--save", "chosen"));
        return List.of((work == null ? "Keep it (this measures again): " : "Keep it: ") + program + " " + COMMAND + " "
                + kept.stream().map(NextCommands::quoted).collect(Collectors.joining(" ")));
    }

    /** The command line of a run, as it is kept in its report. */
    static String line(List<String> arguments) {
        return Main.NAME + " " + arguments.stream().map(NextCommands::quoted).collect(Collectors.joining(" "));
    }

    /** A word as a POSIX shell reads it. */
    static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:=,@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
