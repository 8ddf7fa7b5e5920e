package dev.llmadapt.remote;

import dev.llmadapt.observation.ModelListener;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Options of a remote model: where it is, and how it is asked.
 *
 * @param baseUrl the address below which {@code /chat/completions} is, such as {@code http://localhost:8000/v1}
 * @param model the name that the server knows the model by; empty takes the only one that it serves
 * @param apiKey the key that the server asks for
 * @param connectTimeout the longest time until a connection stands
 * @param answerTimeout the longest time for one whole answer, from the sending of its request
 * @param retries the most tries after the first one of a request that broke or was answered 408, 409, 429 or 5xx; in
 *     [0, 20]
 * @param concurrency the most requests at once, at least 1; those of a batch are sent at once up to it
 * @param requestsPerMinute the most requests that start within a minute, evenly spaced; 0 for no limit
 * @param answerFolder where answers are kept and looked up, so that the same request is not sent twice; empty keeps
 *     none. Answers that are sampled are kept by their seed. Times are those of the first answer
 * @param extraBody more fields of the body of every request for an answer, such as {@code priority} of vLLM; JSON's
 *     values
 * @param promptPrice the price of a million tokens read, in any currency
 * @param completionPrice the price of a million tokens written
 * @param contextLength the most tokens of prompt and answer, where the server does not say; 0 where it is not known
 * @param features what the server can do; empty asks it
 * @param listener hears of every request to the server, on the thread that made it; of answers that were kept nothing
 */
public record RemoteOptions(
        URI baseUrl,
        String model,
        ApiKey apiKey,
        Duration connectTimeout,
        Duration answerTimeout,
        int retries,
        int concurrency,
        double requestsPerMinute,
        Optional<Path> answerFolder,
        Map<String, Object> extraBody,
        double promptPrice,
        double completionPrice,
        int contextLength,
        Optional<ServerFeatures> features,
        ModelListener listener) {
    /** Validates the components. */
    public RemoteOptions {
        baseUrl = checked(Objects.requireNonNull(baseUrl, "baseUrl must not be null"));
        Objects.requireNonNull(model, "model must not be null, empty where the server serves one");
        Objects.requireNonNull(apiKey, "apiKey must not be null");
        require(
                !connectTimeout.isNegative() && !connectTimeout.isZero(),
                "connectTimeout must be positive, got " + connectTimeout);
        require(
                !answerTimeout.isNegative() && !answerTimeout.isZero(),
                "answerTimeout must be positive, got " + answerTimeout);
        require(retries >= 0 && retries <= 20, "retries must be in [0, 20], retries: " + retries);
        require(concurrency >= 1, "concurrency must be at least 1, concurrency: " + concurrency);
        require(
                requestsPerMinute >= 0 && requestsPerMinute < Double.POSITIVE_INFINITY,
                "requestsPerMinute must be 0 (no limit) or more, requestsPerMinute: " + requestsPerMinute);
        Objects.requireNonNull(answerFolder, "answerFolder must not be null, empty for none");
        extraBody = Collections.unmodifiableMap(new LinkedHashMap<>(extraBody));
        ExtraFields.check(extraBody);
        for (double price : new double[] {promptPrice, completionPrice}) {
            require(
                    price >= 0 && price < Double.POSITIVE_INFINITY,
                    "a price must be 0 or more, promptPrice: " + promptPrice + ", completionPrice: " + completionPrice);
        }
        require(contextLength >= 0, "contextLength must be 0 (not known) or more, contextLength: " + contextLength);
        Objects.requireNonNull(features, "features must not be null, empty to ask the server");
        Objects.requireNonNull(listener, "listener must not be null, ModelListener.NONE for none");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    private static URI checked(URI url) {
        boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        if (!http || url.getHost() == null || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "baseUrl must be http or https with a host, without '?' and '#', such as http://localhost:8000/v1,"
                            + " got " + withoutUser(url));
        }
        if (url.getRawUserInfo() != null) {
            throw new IllegalArgumentException("baseUrl must not hold a user or password, got one at "
                    + withoutUser(url) + "; give the key with withApiKey");
        }
        String text = url.toString();
        return text.endsWith("/") ? URI.create(text.replaceAll("/+$", "")) : url;
    }

    private static String withoutUser(URI url) {
        return url.toString().replaceAll("//[^/@]*@", "//");
    }

    /**
     * The options of a server's only model, asked without a key: 10 seconds to connect, 10 minutes for an answer, 2
     * retries, 8 requests at once, no other limit.
     *
     * @param baseUrl such as {@code http://localhost:8000/v1}
     */
    public static RemoteOptions of(String baseUrl) {
        return of(baseUrl, "");
    }

    /**
     * The options of a model, asked without a key.
     *
     * @param model the name that the server knows it by
     */
    public static RemoteOptions of(String baseUrl, String model) {
        return new RemoteOptions(
                URI.create(baseUrl),
                model,
                ApiKey.none(),
                Duration.ofSeconds(10),
                Duration.ofMinutes(10),
                2,
                8,
                0,
                Optional.empty(),
                Map.of(),
                0,
                0,
                0,
                Optional.empty(),
                ModelListener.NONE);
    }

    /** These options with another model of the server. */
    public RemoteOptions withModel(String model) {
        return with(copy -> copy.model = model);
    }

    /** These options with a key. */
    public RemoteOptions withApiKey(ApiKey apiKey) {
        return with(copy -> copy.apiKey = apiKey);
    }

    /** These options with another longest time until a connection stands. */
    public RemoteOptions withConnectTimeout(Duration connectTimeout) {
        return with(copy -> copy.connectTimeout = connectTimeout);
    }

    /** These options with another longest time for an answer. */
    public RemoteOptions withAnswerTimeout(Duration answerTimeout) {
        return with(copy -> copy.answerTimeout = answerTimeout);
    }

    /** These options with another number of retries. */
    public RemoteOptions withRetries(int retries) {
        return with(copy -> copy.retries = retries);
    }

    /** These options with another number of requests at once. */
    public RemoteOptions withConcurrency(int concurrency) {
        return with(copy -> copy.concurrency = concurrency);
    }

    /** These options with a limit on the requests a minute; 0 for none. */
    public RemoteOptions withRequestsPerMinute(double requestsPerMinute) {
        return with(copy -> copy.requestsPerMinute = requestsPerMinute);
    }

    /** These options with a folder where answers are kept. */
    public RemoteOptions withAnswerFolder(Path answerFolder) {
        return with(copy -> copy.answerFolder = Optional.of(answerFolder));
    }

    /** These options with more fields of the body of requests, in place of others. */
    public RemoteOptions withExtraBody(Map<String, Object> extraBody) {
        return with(copy -> copy.extraBody = extraBody);
    }

    /** These options with the prices of a million tokens read and written. */
    public RemoteOptions withPrices(double promptPrice, double completionPrice) {
        return with(copy -> {
            copy.promptPrice = promptPrice;
            copy.completionPrice = completionPrice;
        });
    }

    /** These options with the length of the context, for a server that does not say. */
    public RemoteOptions withContextLength(int contextLength) {
        return with(copy -> copy.contextLength = contextLength);
    }

    /** These options with what the server can do, which is then not asked for. */
    public RemoteOptions withFeatures(ServerFeatures features) {
        return with(copy -> copy.features = Optional.of(features));
    }

    /** These options with a listener for requests, in the place of another. */
    public RemoteOptions withListener(ModelListener listener) {
        return with(copy -> copy.listener = listener);
    }

    private RemoteOptions with(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return copy.options();
    }

    private static final class Copy {
        private URI baseUrl;
        private String model;
        private ApiKey apiKey;
        private Duration connectTimeout;
        private Duration answerTimeout;
        private int retries;
        private int concurrency;
        private double requestsPerMinute;
        private Optional<Path> answerFolder;
        private Map<String, Object> extraBody;
        private double promptPrice;
        private double completionPrice;
        private int contextLength;
        private Optional<ServerFeatures> features;
        private ModelListener listener;

        Copy(RemoteOptions of) {
            baseUrl = of.baseUrl;
            model = of.model;
            apiKey = of.apiKey;
            connectTimeout = of.connectTimeout;
            answerTimeout = of.answerTimeout;
            retries = of.retries;
            concurrency = of.concurrency;
            requestsPerMinute = of.requestsPerMinute;
            answerFolder = of.answerFolder;
            extraBody = of.extraBody;
            promptPrice = of.promptPrice;
            completionPrice = of.completionPrice;
            contextLength = of.contextLength;
            features = of.features;
            listener = of.listener;
        }

        RemoteOptions options() {
            return new RemoteOptions(
                    baseUrl,
                    model,
                    apiKey,
                    connectTimeout,
                    answerTimeout,
                    retries,
                    concurrency,
                    requestsPerMinute,
                    answerFolder,
                    extraBody,
                    promptPrice,
                    completionPrice,
                    contextLength,
                    features,
                    listener);
        }
    }
}
