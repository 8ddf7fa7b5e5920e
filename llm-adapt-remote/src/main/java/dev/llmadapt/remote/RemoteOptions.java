package dev.llmadapt.remote;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

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
        Optional<ServerFeatures> features) {
    private static final Set<String> OWN_FIELDS = Set.of(
            "model",
            "messages",
            "prompt",
            "stream",
            "stream_options",
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "repetition_penalty",
            "repeat_penalty",
            "repeat_last_n",
            "max_tokens",
            "max_completion_tokens",
            "stop",
            "seed",
            "logprobs",
            "top_logprobs",
            "return_token_ids",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "response_format",
            "structured_outputs",
            "grammar",
            "json_schema",
            "chat_template_kwargs",
            "add_generation_prompt",
            "continue_final_message",
            "echo",
            "n");

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
        Set<String> taken = new TreeSet<>(extraBody.keySet());
        taken.retainAll(OWN_FIELDS);
        require(
                taken.isEmpty(),
                "the fields " + taken + " of the body are set by requests and their options; set them there");
        toJson(extraBody);
        for (double price : new double[] {promptPrice, completionPrice}) {
            require(
                    price >= 0 && price < Double.POSITIVE_INFINITY,
                    "a price must be 0 or more, promptPrice: " + promptPrice + ", completionPrice: " + completionPrice);
        }
        require(contextLength >= 0, "contextLength must be 0 (not known) or more, contextLength: " + contextLength);
        Objects.requireNonNull(features, "features must not be null, empty to ask the server");
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

    /** The extra fields as JSON. */
    JsonObject extraJson() {
        return toJson(extraBody);
    }

    private static JsonObject toJson(Map<String, Object> fields) {
        JsonObject json = new JsonObject();
        Gson gson = new Gson();
        fields.forEach((name, value) -> {
            JsonElement element;
            try {
                element = gson.toJsonTree(value);
            } catch (RuntimeException e) {
                throw new IllegalArgumentException(
                        "the field '" + name + "' of the body is no JSON value: " + e.getMessage(), e);
            }
            json.add(name, element);
        });
        return json;
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
                Optional.empty());
    }

    /** These options with another model of the server. */
    public RemoteOptions withModel(String model) {
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
                features);
    }

    /** These options with a key. */
    public RemoteOptions withApiKey(ApiKey apiKey) {
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
                features);
    }

    /** These options with another longest time until a connection stands. */
    public RemoteOptions withConnectTimeout(Duration connectTimeout) {
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
                features);
    }

    /** These options with another longest time for an answer. */
    public RemoteOptions withAnswerTimeout(Duration answerTimeout) {
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
                features);
    }

    /** These options with another number of retries. */
    public RemoteOptions withRetries(int retries) {
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
                features);
    }

    /** These options with another number of requests at once. */
    public RemoteOptions withConcurrency(int concurrency) {
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
                features);
    }

    /** These options with a limit on the requests a minute; 0 for none. */
    public RemoteOptions withRequestsPerMinute(double requestsPerMinute) {
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
                features);
    }

    /** These options with a folder where answers are kept. */
    public RemoteOptions withAnswerFolder(Path answerFolder) {
        return new RemoteOptions(
                baseUrl,
                model,
                apiKey,
                connectTimeout,
                answerTimeout,
                retries,
                concurrency,
                requestsPerMinute,
                Optional.of(answerFolder),
                extraBody,
                promptPrice,
                completionPrice,
                contextLength,
                features);
    }

    /** These options with more fields of the body of requests, in place of others. */
    public RemoteOptions withExtraBody(Map<String, Object> extraBody) {
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
                features);
    }

    /** These options with the prices of a million tokens read and written. */
    public RemoteOptions withPrices(double promptPrice, double completionPrice) {
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
                features);
    }

    /** These options with the length of the context, for a server that does not say. */
    public RemoteOptions withContextLength(int contextLength) {
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
                features);
    }

    /** These options with what the server can do, which is then not asked for. */
    public RemoteOptions withFeatures(ServerFeatures features) {
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
                Optional.of(features));
    }
}
