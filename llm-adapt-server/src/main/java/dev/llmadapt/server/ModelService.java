package dev.llmadapt.server;

import dev.llmadapt.local.AdapterPool;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelLoad;
import dev.llmadapt.server.catalog.ServedModels;
import dev.llmadapt.server.http.Admission;
import dev.llmadapt.server.http.Exchange;
import dev.llmadapt.server.http.Gateway;
import dev.llmadapt.server.http.Handler;
import dev.llmadapt.server.http.Routes;
import dev.llmadapt.server.http.Threads;
import dev.llmadapt.server.metrics.ServerMetrics;
import dev.llmadapt.server.openai.Answering;
import dev.llmadapt.server.openai.OpenAiRoutes;
import dev.llmadapt.server.openai.RequestDefaults;
import dev.llmadapt.server.page.Page;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All routes of a server without an address, for programs that have an HTTP server of their own: it makes an
 * {@link Exchange} of each request and passes it on, on a thread that may wait. {@link ModelServer} is this with the
 * JDK's server. Thread-safe.
 *
 * <p>Of the options, those of the address and of receiving a request (host, port, TLS, size, time) are the program's
 * own matter.
 */
public final class ModelService implements Handler, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelService.class);

    private final Gateway gateway;
    private final Answering answering;
    private final ExecutorService threads;
    private final ServerOptions options;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ModelService(Gateway gateway, Answering answering, ExecutorService threads, ServerOptions options) {
        this.gateway = gateway;
        this.answering = answering;
        this.threads = threads;
        this.options = options;
    }

    /**
     * Opens a service.
     *
     * @param models what it answers with; may be changed while it runs
     * @return a service that the caller closes, before the models, which it does not own
     */
    public static ModelService open(ServedModels models, ServerOptions options) {
        return open(models, options, false);
    }

    /**
     * Opens a service.
     *
     * @param loopbackAlone whether only this machine reaches it, so that other names of hosts are refused without keys
     */
    static ModelService open(ServedModels models, ServerOptions options, boolean loopbackAlone) {
        ServerLimits limits = options.limits();
        ExecutorService threads = Threads.start(threadCount(limits));
        Admission admission = new Admission(limits.concurrentAnswers(), limits.queueLength());
        ServerMetrics metrics = metrics(admission, models);
        Answering answering = new Answering(admission, limits.requestTime(), metrics, threads);
        Routes routes = new Routes();
        new Operations(models, answering, metrics).add(routes);
        Page.add(routes);
        RequestDefaults defaults = new RequestDefaults(options.generation(), limits.maxChoices());
        OpenAiRoutes.add(
                routes, models, answering, defaults, options.embedder(), options.reranker(), options.adapters());
        Gateway gateway = new Gateway(routes, Page.PATHS, options.keys(), loopbackAlone, metrics::request);
        return new ModelService(gateway, answering, threads, options);
    }

    /** The threads that requests may hold: those answered, those that wait, and some that are refused meanwhile. */
    static int threadCount(ServerLimits limits) {
        return limits.concurrentAnswers() * limits.maxChoices() + limits.queueLength() + 32;
    }

    private static ServerMetrics metrics(Admission admission, ServedModels models) {
        return new ServerMetrics()
                .read("llmadapt_queue_length", "gauge", "Requests that wait.", admission::waiting)
                .read("llmadapt_requests_in_flight", "gauge", "Requests being answered.", admission::taken)
                .read(
                        "llmadapt_requests_rejected_total",
                        "counter",
                        "Requests refused as the queue was full.",
                        admission::rejected)
                .read(
                        "llmadapt_adapter_loads_total",
                        "counter",
                        "Adapters of pools that were loaded, again included.",
                        () -> ofPools(models, AdapterPool.Counts::loads))
                .read(
                        "llmadapt_adapter_load_failures_total",
                        "counter",
                        "Adapters of pools that could not be loaded.",
                        () -> ofPools(models, AdapterPool.Counts::failures))
                .read(
                        "llmadapt_adapter_evictions_total",
                        "counter",
                        "Adapters of pools that were dropped for the memory.",
                        () -> ofPools(models, AdapterPool.Counts::evictions))
                .read(
                        "llmadapt_adapters_loaded",
                        "gauge",
                        "Adapters of pools in memory.",
                        () -> ofPools(models, AdapterPool.Counts::loaded))
                .read(
                        "llmadapt_adapter_bytes",
                        "gauge",
                        "Bytes of the adapters of pools in memory.",
                        () -> ofPools(models, AdapterPool.Counts::bytes))
                .read(
                        "llmadapt_requests_running",
                        "gauge",
                        "Requests that local models answer or score.",
                        () -> ofLocals(models, ModelLoad::running))
                .read(
                        "llmadapt_requests_waiting",
                        "gauge",
                        "Requests that wait for those of a local model to end.",
                        () -> ofLocals(models, ModelLoad::waiting))
                .read(
                        "llmadapt_prefix_cache_tokens",
                        "gauge",
                        "Prompt tokens that the caches of local models hold beside those of running requests.",
                        () -> ofLocals(models, ModelLoad::keptTokens))
                .read(
                        "llmadapt_kv_cache_used_bytes",
                        "gauge",
                        "Bytes of the keys and values of local models.",
                        () -> ofLocals(models, ModelLoad::cacheBytes))
                .read(
                        "llmadapt_kv_cache_memory_bytes",
                        "gauge",
                        "The most bytes that these may take.",
                        () -> ofLocals(models, ModelLoad::cacheMemory));
    }

    private static long ofLocals(ServedModels models, ToLongFunction<ModelLoad> value) {
        long sum = 0;
        for (LocalModel model : models.locals()) {
            try {
                sum += value.applyAsLong(model.load());
            } catch (IllegalStateException e) { // closed under the server
                LOG.debug("a served model is closed", e);
            }
        }
        return sum;
    }

    private static long ofPools(ServedModels models, ToLongFunction<AdapterPool.Counts> count) {
        return models.pools().stream()
                .mapToLong(pool -> count.applyAsLong(pool.counts()))
                .sum();
    }

    /** Answers a request; also what it refuses is answered. */
    @Override
    public void handle(Exchange exchange) {
        gateway.handle(exchange);
    }

    /** The threads that requests run on. */
    ExecutorService threads() {
        return threads;
    }

    /**
     * Takes no new requests, which get the status 503, and waits for those under way, as long as the drain time of the
     * limits; then they are stopped.
     */
    public void drain() {
        answering.drain(options.limits().drainTime());
    }

    /** Drains and frees the service; a second call has no effect. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            drain();
            answering.close();
            threads.shutdownNow();
        }
    }
}
