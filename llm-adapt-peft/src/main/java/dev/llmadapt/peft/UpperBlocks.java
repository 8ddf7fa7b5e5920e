package dev.llmadapt.peft;

import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.AdapterConfig.Targets;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The settings of an adapter on the upper blocks of a model alone, as {@code layers_to_transform} names them. */
final class UpperBlocks {
    private static final Targets ALL = Targets.matching("all-linear");
    private static final Pattern IN_A_BLOCK = Pattern.compile(".*\\.(?:layers|h)\\.\\d+\\.(?:.*\\.)?([^.]+)");

    private UpperBlocks() {}

    /**
     * Limits settings that change each block to the upper ones; others are left as they are.
     *
     * @param share of the blocks, more than 0; at least one block is left
     */
    static AdapterConfig.Lora of(AdapterConfig.Lora config, Checkpoint base, double share) {
        Targets targets = config.targets();
        boolean all = targets.equals(ALL);
        boolean named = !targets.names().isEmpty() && targets.layers().isEmpty();
        int blocks = base.config().layers();
        int first = Math.min(blocks - 1, (int) Math.round(blocks * (1 - share)));
        if (first == 0 || !(all || named)) {
            return config;
        }
        return config.withTargets(new Targets(
                all ? projections(base) : targets.names(),
                targets.pattern().filter(pattern -> !all),
                targets.excluded(),
                IntStream.range(first, blocks).boxed().toList(),
                List.of()));
    }

    /** The names of the linear modules of blocks. */
    private static List<String> projections(Checkpoint base) {
        TreeSet<String> names = new TreeSet<>();
        for (String path : BaseModules.of(base).linear().keySet()) {
            Matcher matcher = IN_A_BLOCK.matcher(path);
            if (matcher.matches()) {
                names.add(matcher.group(1));
            }
        }
        return List.copyOf(names);
    }
}
