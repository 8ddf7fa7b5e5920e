package dev.llmadapt.cli;

import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.recommendation.Needs.KnowledgeChange;
import dev.llmadapt.pilot.recommendation.Prices;
import java.time.Duration;
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
                new Prices(computePrice, promptPrice, completionPrice));
        return ask ? Questionnaire.ask(given, context.in(), context.err()) : given;
    }
}
