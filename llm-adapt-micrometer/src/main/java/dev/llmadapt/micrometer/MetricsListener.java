package dev.llmadapt.micrometer;

import dev.llmadapt.observation.ModelListener;
import dev.llmadapt.observation.Operation;
import dev.llmadapt.observation.RequestEnd;
import dev.llmadapt.observation.RequestInfo;
import dev.llmadapt.observation.RequestObserver;
import dev.llmadapt.observation.RetrievalEnd;
import dev.llmadapt.observation.TrainingStep;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.net.URI;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A listener that records metrics in a registry, by the names and buckets of OpenTelemetry's semantic conventions for
 * generative AI where there are any, and by names that begin with {@code llmadapt} for the rest. Thread-safe.
 *
 * <p>Requests of any model become {@code gen_ai.client.operation.duration} and {@code gen_ai.client.token.usage};
 * requests that a model in this process answered, also {@code gen_ai.server.request.duration}, and those that finished
 * {@code gen_ai.server.time_to_first_token} and {@code gen_ai.server.time_per_output_token}.
 *
 * <p>A meter always has the same tags, as Prometheus wants it: what a request lacks is {@code none}. The tag
 * {@code gen_ai.request.model} is the adapter of a request that has one, {@code gen_ai.response.model} the model.
 * However many adapters there are, there are only so many values of it; the others are {@code _OTHER}.
 */
public final class MetricsListener implements ModelListener {
    /** The most values of the tags with names of models and adapters, unless said otherwise. */
    public static final int DEFAULT_MAX_NAMES = 100;

    /** The most values of {@code error.type}; they are classes of exceptions. */
    private static final int ERRORS = 50;

    private static final String NONE = "none";

    private final MeterRegistry registry;
    private final BoundedNames names;
    private final boolean clients; // whether the metrics of clients are recorded
    private final BoundedNames errors = new BoundedNames(ERRORS);
    private final AtomicReference<@Nullable Double> loss = new AtomicReference<>(); // null before the first step

    /** Makes a listener that tells at most {@value #DEFAULT_MAX_NAMES} models and adapters apart. */
    public MetricsListener(MeterRegistry registry) {
        this(registry, DEFAULT_MAX_NAMES);
    }

    /**
     * Makes a listener.
     *
     * @param maxNames the most names of models, adapters and retrievers that become values of tags, at least 1; each
     *     makes about a hundred series for each operation
     */
    public MetricsListener(MeterRegistry registry, int maxNames) {
        this(registry, names(maxNames), true);
    }

    private MetricsListener(MeterRegistry registry, BoundedNames names, boolean clients) {
        this.registry = Objects.requireNonNull(registry, "registry must not be null");
        this.names = names;
        this.clients = clients;
    }

    private static BoundedNames names(int maxNames) {
        if (maxNames < 1) {
            throw new IllegalArgumentException("maxNames must be at least 1, maxNames: " + maxNames);
        }
        return new BoundedNames(maxNames);
    }

    /**
     * This listener without the metrics of clients ({@code gen_ai.client.*}), for programs in which Spring AI or
     * LangChain4j records meters of these names, with tags of their own.
     */
    public MetricsListener withoutClientMetrics() {
        return new MetricsListener(registry, names, false);
    }

    @Override
    public void onEnd(RequestEnd end) {
        RequestInfo request = end.request();
        String model = names.of(orNone(request.model()));
        String asked = request.adapters().isEmpty() ? model : names.of(String.join("+", request.adapters()));
        Tags tags = tags(request.operation(), request.provider(), asked, model)
                .and("server.address", request.server().map(URI::getHost).orElse(NONE))
                .and("server.port", request.server().map(MetricsListener::port).orElse(NONE));
        Tags withError = tags.and("error.type", end.errorType().isEmpty() ? NONE : errors.of(end.errorType()));
        if (clients) {
            GenAiMeter.OPERATION_DURATION.record(registry, withError, end.duration());
            tokens(tags, "input", end.promptTokens());
            tokens(tags, "output", end.completionTokens());
        }
        if (end.cachedPromptTokens() > 0) {
            Counter.builder("llmadapt.prompt.cached.tokens")
                    .description("Tokens of prompts that the cache held.")
                    .tags("gen_ai.request.model", asked)
                    .register(registry)
                    .increment(end.cachedPromptTokens());
        }
        if (request.server().isPresent()) {
            return;
        }
        GenAiMeter.REQUEST_DURATION.record(registry, withError, end.duration());
        end.queued()
                .ifPresent(queued -> Timer.builder("llmadapt.request.queue.time")
                        .description("Time from the call until a request begins.")
                        .tags("gen_ai.operation.name", request.operation().key(), "gen_ai.request.model", asked)
                        .register(registry)
                        .record(queued));
        if (end.outcome() == RequestEnd.Outcome.FINISHED) {
            end.toFirstToken().ifPresent(time -> GenAiMeter.TIME_TO_FIRST_TOKEN.record(registry, tags, time));
            end.perOutputToken().ifPresent(time -> GenAiMeter.TIME_PER_OUTPUT_TOKEN.record(registry, tags, time));
        }
    }

    @Override
    public void onRetrieval(RetrievalEnd retrieval) {
        String retriever = names.of(retrieval.retriever());
        String error = retrieval.errorType().isEmpty() ? NONE : errors.of(retrieval.errorType());
        Timer.builder("llmadapt.retrieval")
                .description("Time of a search for passages.")
                .tags("retriever", retriever, "error.type", error)
                .register(registry)
                .record(retrieval.duration());
        if (clients) {
            Tags tags = tags(Operation.RETRIEVAL, RequestObserver.IN_PROCESS, retriever, NONE)
                    .and("server.address", NONE, "server.port", NONE, "error.type", error);
            GenAiMeter.OPERATION_DURATION.record(registry, tags, retrieval.duration());
        }
    }

    @Override
    public void onTrainingStep(TrainingStep step) {
        Timer.builder("llmadapt.training.step")
                .description("Time of a step of training.")
                .register(registry)
                .record(step.duration());
        Counter.builder("llmadapt.training.tokens")
                .description("Tokens of the texts that were trained on.")
                .register(registry)
                .increment(step.tokens());
        if (loss.getAndSet(step.loss()) == null) {
            Gauge.builder("llmadapt.training.loss", loss, AtomicReference::get)
                    .description("Loss of the latest step of training, in nats.")
                    .register(registry);
        }
    }

    private void tokens(Tags tags, String type, int count) {
        if (count > 0) {
            GenAiMeter.TOKEN_USAGE.record(registry, tags.and("gen_ai.token.type", type), count);
        }
    }

    private static Tags tags(Operation operation, String provider, String asked, String answers) {
        return Tags.of(
                "gen_ai.operation.name",
                operation.key(),
                "gen_ai.provider.name",
                orNone(provider),
                "gen_ai.request.model",
                asked,
                "gen_ai.response.model",
                answers);
    }

    private static String port(URI server) {
        int port = server.getPort();
        return String.valueOf(port >= 0 ? port : "https".equals(server.getScheme()) ? 443 : 80);
    }

    /** Prometheus has no empty values of labels. */
    private static String orNone(String value) {
        return value.isEmpty() ? NONE : value;
    }
}
