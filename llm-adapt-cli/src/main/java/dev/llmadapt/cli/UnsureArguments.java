package dev.llmadapt.cli;

import dev.llmadapt.pilot.recommendation.Abstention;
import dev.llmadapt.pilot.saved.SavedStrategy;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which answers are too unsure to be given without a person. */
final class UnsureArguments {
    @Option(
            names = "--unsure-below",
            paramLabel = "P",
            description = "Answers of a lower probability, 0 to 1, are unsure.")
    @Nullable
    Double below;

    @Option(
            names = "--min-precision",
            paramLabel = "SHARE",
            description = "Share of the answers that are not unsure that must be right, 0 to 1: sets the threshold by"
                    + " the test answers that the pilot saved.")
    @Nullable
    Double precision;

    /**
     * The least probability of an answer that is sure.
     *
     * @param probability the threshold
     * @param exclusive whether an answer of just this probability is unsure, too
     */
    record Threshold(double probability, boolean exclusive) {
        /** Whether an answer is unsure; one without a probability is. */
        boolean unsure(@Nullable Double given) {
            return given == null || (exclusive ? given <= probability : given < probability);
        }
    }

    /** The threshold, if one is asked for. */
    Optional<Threshold> threshold(SavedStrategy saved, CommandContext context) {
        if (below == null && precision == null) {
            return Optional.empty();
        }
        if (below != null && precision != null) {
            throw new InvalidInput("--unsure-below and --min-precision both set the threshold, give one");
        }
        String option = below == null ? "--min-precision" : "--unsure-below";
        if (saved.measured().calibration().answers() == 0) {
            throw new InvalidInput(option + " needs answers with probabilities, which '" + saved.text()
                    + "' does not give; leave it out, or save a strategy that scores labels");
        }
        if (below != null) {
            if (!(below >= 0 && below <= 1)) {
                throw new InvalidInput("--unsure-below must be in [0, 1], got " + below);
            }
            return Optional.of(new Threshold(below, false));
        }
        return Optional.of(byPrecision(saved, context));
    }

    private Threshold byPrecision(SavedStrategy saved, CommandContext context) {
        double wanted = precision == null ? 0 : precision;
        if (!(wanted > 0 && wanted < 1)) {
            throw new InvalidInput("--min-precision must be in (0, 1), got " + wanted);
        }
        Abstention abstention = Abstention.of(saved.measured().outcomes(), wanted);
        Abstention.Point point = abstention
                .chosen()
                .orElseThrow(
                        () -> new InvalidInput(
                                "--min-precision " + wanted + " is not shown for any threshold by"
                                        + " the " + abstention.examples() + " test answers (it takes at least "
                                        + Abstention.leastAnswers(wanted)
                                        + " that are all right, the surest first); measure on more, or set a threshold by --unsure-below"));
        context.err()
                .println(String.format(
                        Locale.ROOT,
                        "note: answers of a probability of %.4f or less are unsure; of the test answers %.1f%% were"
                                + " above, and %d of these %d were right",
                        point.above(),
                        100 * point.share(),
                        point.right(),
                        point.answered()));
        // above 0 all answers that have a probability are given
        return new Threshold(point.above(), point.above() > 0);
    }
}
