package dev.llmadapt.cli;

import dev.llmadapt.Device;
import dev.llmadapt.Precision;
import dev.llmadapt.local.CacheType;
import java.util.List;

/**
 * A model as the command line names it.
 *
 * @param source where it comes from, as {@code --model} has it
 * @param precision how to compute with its weights, as {@code --precision} has it
 * @param device where to compute, as {@code --device} has it
 * @param chatTemplate what lays conversations out, as {@code --chat-template} has it; empty takes the checkpoint's
 * @param cacheMemory bytes for keys and values, as {@code --cache-memory} has it in megabytes; 0 for the default
 * @param cacheType how keys and values are held, as {@code --cache-type} has it
 * @param adapters what acts on every request, as {@code --adapter} has it
 */
record ModelChoice(
        String source,
        Precision precision,
        Device device,
        String chatTemplate,
        long cacheMemory,
        CacheType cacheType,
        List<AdapterArgument> adapters) {
    /** Copies the adapters. */
    ModelChoice {
        adapters = List.copyOf(adapters);
    }
}
