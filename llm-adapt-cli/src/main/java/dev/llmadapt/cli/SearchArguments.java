package dev.llmadapt.cli;

import dev.llmadapt.peft.TuningSearch;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a search for good settings before training. */
final class SearchArguments {
    @Option(
            names = "--search",
            description = "First try other rates, ranks and numbers of steps for a while, and train with the best:"
                    + " successive halving, judged by examples that a trial does not learn.")
    boolean search;

    @Option(
            names = "--budget",
            paramLabel = "TIME",
            description =
                    "The time for --search alone, such as 90s or 1h, after which the training itself begins; 0 for"
                            + " no limit. Default: 10m.")
    @Nullable
    String budget;

    /** Whether any option is given. */
    boolean given() {
        return search || budget != null;
    }

    /**
     * The search, if one is asked for.
     *
     * @param work the folder to go on from, if there is one
     */
    Optional<TuningSearch> search(@Nullable Path work) {
        if (!search) {
            if (budget != null) {
                throw new InvalidInput("--budget is the time for --search; give both, or neither");
            }
            return Optional.empty();
        }
        TuningSearch defaults = TuningSearch.defaults();
        TuningSearch timed = budget == null ? defaults : defaults.withBudget(Durations.parse("--budget", budget));
        return Optional.of(work == null ? timed : timed.withFolder(work.resolve("search")));
    }
}
