package dev.llmadapt.cli;

import dev.llmadapt.remote.ApiKey;
import dev.llmadapt.remote.RemoteOptions;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How models on servers are asked, as the command line has it. Models in this process take nothing of it.
 *
 * @param apiKeyFile the file with the key; empty for that of the environment, if there is one
 * @param concurrency the most requests at once
 * @param retries the most tries after the first one
 * @param requestsPerMinute the most requests that start within a minute; 0 for no limit
 */
record ServerAccess(Optional<Path> apiKeyFile, int concurrency, int retries, double requestsPerMinute) {
    /** The variable of the environment that holds the key where no file does. */
    static final String KEY_VARIABLE = "LLM_ADAPT_API_KEY";

    private static final RemoteOptions OPTIONS = RemoteOptions.of("http://localhost");

    /** The key of the environment, and the numbers of {@link RemoteOptions}. */
    static final ServerAccess DEFAULT =
            new ServerAccess(Optional.empty(), OPTIONS.concurrency(), OPTIONS.retries(), OPTIONS.requestsPerMinute());

    /** Options of a model with this access. */
    RemoteOptions applyTo(RemoteOptions options) {
        ApiKey key = apiKeyFile.map(ApiKey::ofFile).orElseGet(() -> ApiKey.ofEnvironment(KEY_VARIABLE));
        return options.withApiKey(key)
                .withConcurrency(concurrency)
                .withRetries(retries)
                .withRequestsPerMinute(requestsPerMinute);
    }
}
