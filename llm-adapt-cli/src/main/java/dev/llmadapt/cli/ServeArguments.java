package dev.llmadapt.cli;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.server.ServerLimits;
import dev.llmadapt.server.ServerOptions;
import dev.llmadapt.server.http.ApiKeys;
import dev.llmadapt.server.http.Tls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options of a server: where it listens, who may ask, its limits, and what it takes where a request says nothing.
 */
final class ServeArguments {
    static final String KEY_VARIABLE = "LLM_ADAPT_SERVER_API_KEY";

    private static final ServerLimits LIMITS = ServerLimits.defaults();
    private static final GenerationOptions GENERATION = ServerOptions.defaults().generation();

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Listen at this address; 0.0.0.0 is all of the machine's. Default: ${DEFAULT-VALUE}.")
    String host = ServerOptions.defaults().host();

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Listen at this port; 0 takes any that is free. Default: ${DEFAULT-VALUE}.")
    int port = 8080;

    @Option(
            names = "--api-key-file",
            paramLabel = "FILE",
            description = "Keys of those who may ask, one a line. The environment variable " + KEY_VARIABLE
                    + " has one, too.")
    @Nullable
    Path keyFile;

    @Option(
            names = "--no-auth",
            description = "Let everybody ask who reaches an address of other machines, without a key.")
    boolean noAuth;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "Serve HTTPS by the certificate in this PEM file, followed by those between it and the root.")
    @Nullable
    Path certificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "The private key of --tls-cert: a PEM file in PKCS#8, not encrypted.")
    @Nullable
    Path certificateKey;

    @Option(
            names = "--max-concurrent",
            paramLabel = "N",
            description = "Answer this many requests at a time. Default: ${DEFAULT-VALUE}.")
    int concurrent = LIMITS.concurrentAnswers();

    @Option(
            names = "--queue",
            paramLabel = "N",
            description =
                    "Let this many more wait; the next one is refused with status 429. Default: ${DEFAULT-VALUE}.")
    int queue = LIMITS.queueLength();

    @Option(
            names = "--max-choices",
            paramLabel = "N",
            description = "The most answers of one request (n). Default: ${DEFAULT-VALUE}.")
    int maxChoices = LIMITS.maxChoices();

    @Option(
            names = "--request-seconds",
            paramLabel = "N",
            description = "Stop a request after this time, that in the queue included. Default: ${DEFAULT-VALUE}.")
    int requestSeconds = (int) LIMITS.requestTime().toSeconds();

    @Option(
            names = "--drain-seconds",
            paramLabel = "N",
            description = "After Ctrl-C, let requests under way go on for this time. Default: ${DEFAULT-VALUE}.")
    int drainSeconds = (int) LIMITS.drainTime().toSeconds();

    @Option(names = "--max-tokens", paramLabel = "N", description = "The longest answer. Default: ${DEFAULT-VALUE}.")
    int maxTokens = GENERATION.maxTokens();

    @Option(names = "--temperature", paramLabel = "X", description = "0 is greedy. Default: ${DEFAULT-VALUE}.")
    double temperature = GENERATION.temperature();

    @Option(names = "--top-k", paramLabel = "N", description = "Keep the N likeliest tokens, 0 keeps all.")
    int topK = GENERATION.topK();

    @Option(names = "--top-p", paramLabel = "X", description = "Keep the likeliest that reach this probability.")
    double topP = GENERATION.topP();

    @Option(names = "--min-p", paramLabel = "X", description = "Keep those of this share of the likeliest one's.")
    double minP = GENERATION.minP();

    @Option(names = "--repetition-penalty", paramLabel = "X", description = "Above 1 repeats less.")
    double repetitionPenalty = GENERATION.repetitionPenalty();

    /** The options, all checked. */
    ServerOptions options() {
        return InvalidInput.check(() -> {
            GenerationOptions generation = new GenerationOptions(
                    maxTokens, temperature, topK, topP, minP, repetitionPenalty, List.of(), 0, false);
            ServerLimits limits = LIMITS.withConcurrentAnswers(concurrent)
                    .withQueueLength(queue)
                    .withMaxChoices(maxChoices)
                    .withRequestTime(Duration.ofSeconds(requestSeconds))
                    .withDrainTime(Duration.ofSeconds(drainSeconds));
            ServerOptions options = ServerOptions.defaults()
                    .withHost(host)
                    .withPort(port)
                    .withKeys(keys(System.getenv(KEY_VARIABLE)))
                    .withoutKeys(noAuth)
                    .withLimits(limits)
                    .withGeneration(generation);
            return tls().map(options::withTls).orElse(options);
        });
    }

    private Optional<Tls> tls() {
        if (certificate == null && certificateKey == null) {
            return Optional.empty();
        } else if (certificate == null || certificateKey == null) {
            throw new InvalidInput("HTTPS needs both, --tls-cert and --tls-key; 'openssl req -x509 -newkey rsa:2048"
                    + " -nodes -keyout key.pem -out cert.pem' makes both for trying");
        }
        try {
            return Optional.of(Tls.ofPem(certificate, certificateKey));
        } catch (IOException e) {
            throw new InvalidInput("--tls-cert, --tls-key: " + e.getMessage(), e);
        }
    }

    private ApiKeys keys(@Nullable String variable) {
        if (keyFile == null) {
            return variable == null || variable.isEmpty() ? ApiKeys.none() : ApiKeys.of(List.of(variable));
        }
        if (variable != null && !variable.isEmpty()) {
            throw new InvalidInput("give keys by --api-key-file or by " + KEY_VARIABLE + ", not by both");
        }
        try {
            return ApiKeys.read(keyFile);
        } catch (IOException e) {
            throw new InvalidInput("--api-key-file " + keyFile + " cannot be read: " + e, e);
        }
    }
}
