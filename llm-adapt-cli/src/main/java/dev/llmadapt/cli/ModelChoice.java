package dev.llmadapt.cli;

import dev.llmadapt.Device;
import dev.llmadapt.Precision;
import dev.llmadapt.local.CacheType;
import dev.llmadapt.prompting.tool.ToolFormat;
import java.util.List;
import java.util.Optional;

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
 * @param promptLookup whether answers are decoded with drafts, as {@code --prompt-lookup} has it; they are the same
 * @param toolFormat how the model writes tool calls, as {@code --tool-format} has it; empty takes the chat template's
 * @param server how a model on a server is asked
 */
record ModelChoice(
        String source,
        Precision precision,
        Device device,
        String chatTemplate,
        long cacheMemory,
        CacheType cacheType,
        List<AdapterArgument> adapters,
        boolean promptLookup,
        Optional<ToolFormat> toolFormat,
        ServerAccess server) {
    /** Copies the adapters. */
    ModelChoice {
        adapters = List.copyOf(adapters);
    }

    /** A model that decodes token by token and writes tool calls as its chat template tells. */
    ModelChoice(
            String source,
            Precision precision,
            Device device,
            String chatTemplate,
            long cacheMemory,
            CacheType cacheType,
            List<AdapterArgument> adapters) {
        this(
                source,
                precision,
                device,
                chatTemplate,
                cacheMemory,
                cacheType,
                adapters,
                false,
                Optional.empty(),
                ServerAccess.DEFAULT);
    }

    /** This model with the format of its tool calls. */
    ModelChoice withToolFormat(ToolFormat format) {
        return new ModelChoice(
                source,
                precision,
                device,
                chatTemplate,
                cacheMemory,
                cacheType,
                adapters,
                promptLookup,
                Optional.of(format),
                server);
    }

    /** This model with prompt lookup decoding. */
    ModelChoice withPromptLookup() {
        return new ModelChoice(
                source, precision, device, chatTemplate, cacheMemory, cacheType, adapters, true, toolFormat, server);
    }

    /** This model, asked in another way if it is on a server. */
    ModelChoice withServer(ServerAccess server) {
        return new ModelChoice(
                source,
                precision,
                device,
                chatTemplate,
                cacheMemory,
                cacheType,
                adapters,
                promptLookup,
                toolFormat,
                server);
    }
}
