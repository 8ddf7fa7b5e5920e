package dev.llmadapt.cli;

import dev.llmadapt.Device;
import dev.llmadapt.Model;
import dev.llmadapt.Precision;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.local.CacheType;
import dev.llmadapt.remote.RemoteModel;
import dev.llmadapt.remote.RemoteOptions;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model on a server, as {@code --model} has it: {@code http://HOST/v1#MODEL}.
 *
 * @param baseUrl the address before the hash
 * @param model the name after it; empty takes the only one that the server has
 */
record RemoteSource(String baseUrl, String model) {
    /** Whether a source is one on a server. */
    static boolean is(String source) {
        return source.startsWith("http://") || source.startsWith("https://");
    }

    static RemoteSource parse(String source) {
        int hash = source.indexOf('#');
        return hash < 0
                ? new RemoteSource(source, "")
                : new RemoteSource(source.substring(0, hash), source.substring(hash + 1));
    }

    /**
     * Opens a model on a server.
     *
     * @throws IllegalArgumentException if options are given that only a model in this process has, or the server does
     *     not have the model
     */
    static Model open(ModelChoice choice) {
        Map<String, Boolean> local = new LinkedHashMap<>();
        local.put("--adapter", !choice.adapters().isEmpty());
        local.put("--precision", choice.precision() != Precision.AS_STORED);
        local.put("--device", !choice.device().equals(Device.CPU));
        local.put("--chat-template", !choice.chatTemplate().isEmpty());
        local.put("--cache-memory", choice.cacheMemory() != 0);
        local.put("--cache-type", choice.cacheType() != CacheType.AS_COMPUTED);
        local.put("--prompt-lookup", choice.promptLookup());
        local.put("--tool-format", choice.toolFormat().isPresent());
        local.forEach((option, given) -> {
            if (given) {
                throw new IllegalArgumentException(option + " is for a model in this process, " + choice.source()
                        + " is on a server; leave it out"
                        + (option.equals("--adapter") ? ", and name the server's adapter after '#'" : ""));
            }
        });
        RemoteSource source = parse(choice.source());
        return RemoteModel.open(choice.server().applyTo(RemoteOptions.of(source.baseUrl(), source.model())));
    }

    /** What is known of it without asking: its address and name tell it from others. */
    static ModelFiles files(String source) {
        return new ModelFiles(0, Sha256.of("remote " + source));
    }
}
