package dev.llmadapt.cli;

import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.recommendation.Needs.KnowledgeChange;
import dev.llmadapt.pilot.recommendation.Prices;
import dev.llmadapt.pilot.recommendation.Stakes;
import dev.llmadapt.pilot.task.LabelPair;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which needs the model is to meet. */
final class NeedsArguments {
    @Option(names = "--ask", description = "Ask for the needs on the terminal.")
    boolean ask;

    @Option(names = "--data-may-leave", description = "Questions may be sent to a hosted model.")
    boolean dataMayLeave;

    @Option(
            names = "--knowledge",
            paramLabel = "HOW",
            description = "How often what must be known changes: never, monthly, weekly or daily. Default: never.")
    KnowledgeChange knowledge = KnowledgeChange.NEVER;

    @Option(names = "--consistent", description = "The same question in other words must get the same answer.")
    boolean consistent;

    @Option(names = "--quality", paramLabel = "SHARE", description = "The least quality of use, 0 to 1.")
    double quality;

    @Option(
            names = "--tolerance",
            paramLabel = "SHARE",
            description = "How much less than the best is as good. Default: ${DEFAULT-VALUE}.")
    double tolerance = Needs.defaults().tolerance();

    @Option(names = "--latency", paramLabel = "TIME", description = "What 95%% of answers may take, such as 800ms.")
    String latency = "0";

    @Option(names = "--memory", paramLabel = "MB", description = "What the serving process may hold.")
    long memory;

    @Option(names = "--requests", paramLabel = "N", description = "Requests a month. Default: ${DEFAULT-VALUE}.")
    long requests = Needs.defaults().requestsPerMonth();

    @Option(
            names = "--training",
            paramLabel = "TIME",
            description = "What one adaptation may take; 0 trains nothing. Default: ${DEFAULT-VALUE}.")
    String training = "24h";

    @Option(
            names = "--compute-price",
            paramLabel = "X",
            description = "An hour of this machine, in any currency. Default: ${DEFAULT-VALUE}.")
    double computePrice = Prices.defaults().computeHour();

    @Option(names = "--prompt-price", paramLabel = "X", description = "A million tokens read by a hosted model.")
    double promptPrice;

    @Option(names = "--completion-price", paramLabel = "X", description = "A million tokens written by it.")
    double completionPrice;

    @Option(
            names = "--error-price",
            paramLabel = "X",
            description =
                    "A wrong answer; 0, with --quality, for the cheapest that reaches it; or a CSV with the columns"
                            + " right, given, price for pairs of labels, the others costing nothing; or both, the"
                            + " option given twice.")
    List<String> errorPrices = List.of();

    @Option(names = "--label-price", paramLabel = "X", description = "One labelled example.")
    double labelPrice;

    @Option(names = "--person-price", paramLabel = "X", description = "One request that a person answers.")
    double personPrice;

    @Option(
            names = "--horizon",
            paramLabel = "TIME",
            description = "Over what adaptation and labels are spread, such as 6m or 2y. Default: ${DEFAULT-VALUE}.")
    String horizon = "12m";

    @Option(
            names = "--min-precision",
            paramLabel = "SHARE",
            description = "Share of automatic answers that must be right, above 0 and below 1; the rest goes to a"
                    + " person. Default: none is asked for.")
    @Nullable
    Double precision;

    @Option(names = "--currency", paramLabel = "SIGN", description = "The currency of all prices, such as EUR.")
    String currency = "";

    /** The needs, as the user answered or as the options say. */
    Needs needs(CommandContext context) {
        Duration most = Durations.parse("--latency", latency);
        Duration train = Durations.parse("--training", training);
        Needs given = new Needs(
                dataMayLeave,
                knowledge,
                consistent,
                quality,
                tolerance,
                most,
                Math.multiplyExact(memory, 1L << 20),
                requests,
                train,
                new Prices(computePrice, promptPrice, completionPrice),
                stakes());
        Needs needs = ask ? Questionnaire.ask(given, context.in(), context.err()) : given;
        if (needs.stakes().freeErrors() && needs.minimumQuality() == 0) {
            throw new InvalidInput(
                    "--error-price 0 says that wrong answers cost nothing, so the cheapest candidate would"
                            + " do whatever it answers; say with --quality what is enough, or leave the option out where the"
                            + " price is not known");
        }
        return needs;
    }

    /** The stakes, as the options say. */
    Stakes stakes() {
        Double wanted = precision;
        if (wanted != null && !(wanted > 0 && wanted < 1)) {
            throw new InvalidInput("--min-precision must be above 0 and below 1, got " + wanted);
        }
        Stakes stakes = Stakes.none()
                .withLabel(labelPrice)
                .withPerson(personPrice)
                .withHorizonMonths(months(horizon))
                .withPrecision(wanted == null ? 0 : wanted)
                .withCurrency(currency.strip());
        boolean one = false;
        for (String given : errorPrices) {
            if (given.strip().matches("[-0-9.,]+")) {
                if (one) {
                    throw new InvalidInput("--error-price was given two numbers, " + errorPrices
                            + "; give one, and a file for pairs of labels");
                }
                one = true;
                stakes = stakes.withError(price(given.strip()));
            } else if (!stakes.errors().isEmpty()) {
                throw new InvalidInput("--error-price was given two files, " + errorPrices + "; give one");
            } else {
                stakes = stakes.withErrors(LabelPair.readPrices(Path.of(given)));
            }
        }
        return stakes;
    }

    private static double price(String text) {
        try {
            double price = Double.parseDouble(text);
            if (price >= 0) {
                return price;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new InvalidInput(
                "--error-price expects a number such as 2.50, 0 or more, or a CSV file, got '" + text + "'");
    }

    /** The months of a time written as 6m or 2y. */
    private static int months(String text) {
        if (!text.strip().matches("[1-9][0-9]{0,2}[my]")) {
            throw new InvalidInput("--horizon expects months or years such as 6m or 2y, got '" + text + "'");
        }
        int number = Integer.parseInt(text.strip().substring(0, text.strip().length() - 1));
        return text.strip().endsWith("y") ? 12 * number : number;
    }
}
