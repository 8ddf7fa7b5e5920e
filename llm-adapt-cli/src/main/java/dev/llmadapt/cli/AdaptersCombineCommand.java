package dev.llmadapt.cli;

import dev.llmadapt.peft.PeftAdapter;
import dev.llmadapt.peft.combine.Combination;
import dev.llmadapt.peft.combine.Combination.MajoritySign;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code adapters combine}: one adapter of several. */
@Command(name = "combine", description = "Makes one adapter of several.", sortOptions = false)
final class AdaptersCombineCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    final AdapterArguments adapters = new AdapterArguments();

    @Option(
            names = "--how",
            paramLabel = "KIND",
            defaultValue = "cat",
            description = "cat (exact; ranks add up), svd (nearest of a rank), linear, ties, dare_linear, dare_ties,"
                    + " magnitude_prune, or one of the last four with _svd. Default: ${DEFAULT-VALUE}.")
    String how = "cat";

    @Option(names = "--rank", paramLabel = "N", description = "Rank of the result, for svd. Default: the largest.")
    @Nullable
    Integer rank;

    @Option(names = "--density", paramLabel = "D", description = "Share of numbers that ties, dare and prune keep.")
    @Nullable
    Double density;

    @Option(names = "--majority", paramLabel = "KIND", description = "How ties elects signs: total or frequency.")
    @Nullable
    MajoritySign majority;

    @Option(names = "--seed", paramLabel = "S", description = "Of dare's choice. Default: 0.")
    @Nullable
    Long seed;

    @Option(names = "--out", paramLabel = "FOLDER", required = true, description = "A folder that is new or empty.")
    Path out = Path.of("");

    AdaptersCombineCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        PeftAdapter combined = InvalidInput.check(() -> {
            Combination combination = Combination.named(
                    how,
                    new Combination.Settings(
                            rank == null ? OptionalInt.empty() : OptionalInt.of(rank),
                            density == null ? OptionalDouble.empty() : OptionalDouble.of(density),
                            Optional.ofNullable(majority),
                            seed == null ? OptionalLong.empty() : OptionalLong.of(seed)));
            return PeftAdapter.combine("combined", adapters.read(), combination);
        });
        combined.write(out);
        context.out().println("combined " + adapters.size() + " adapters by " + how + " into " + out);
        context.out().flush();
        return 0;
    }
}
