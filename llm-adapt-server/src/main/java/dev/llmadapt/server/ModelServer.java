package dev.llmadapt.server;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.server.catalog.ServedModels;
import dev.llmadapt.server.http.Admission;
import dev.llmadapt.server.http.Gateway;
import dev.llmadapt.server.http.HttpEndpoint;
import dev.llmadapt.server.http.HttpLimits;
import dev.llmadapt.server.http.Routes;
import dev.llmadapt.server.http.Threads;
import dev.llmadapt.server.metrics.ServerMetrics;
import dev.llmadapt.server.openai.Answering;
import dev.llmadapt.server.openai.OpenAiRoutes;
import dev.llmadapt.server.openai.RequestDefaults;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A server with the routes of OpenAI's API over some models: chats, completions, embeddings, reranking, tokens,
 * adapters, and those for operations. Thread-safe.
 *
 * <p>Who starts a server closes it, before the models, which it does not own.
 */
public final class ModelServer implements AutoCloseable {
    private final HttpEndpoint endpoint;
    private final Answering answering;
    private final ExecutorService threads;
    private final ServerOptions options;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ModelServer(HttpEndpoint endpoint, Answering answering, ExecutorService threads, ServerOptions options) {
        this.endpoint = endpoint;
        this.answering = answering;
        this.threads = threads;
        this.options = options;
    }

    /**
     * Starts a server.
     *
     * @param models what it answers with; may be changed while it runs
     * @return a server that the caller closes
     * @throws IllegalArgumentException if other machines reach the address and there are no keys, unless the options
     *     say that this is meant
     * @throws LlmAdaptException if the address cannot be had
     */
    public static ModelServer start(ServedModels models, ServerOptions options) {
        InetAddress address = address(options.host());
        if (!address.isLoopbackAddress() && options.keys().isEmpty() && !options.withoutKeys()) {
            throw new IllegalArgumentException("other machines reach " + options.host()
                    + ", so the server needs API keys; give it some, say that everybody may ask, or use 127.0.0.1");
        }
        ServerLimits limits = options.limits();
        int connections = limits.concurrentAnswers() + limits.queueLength() + 32;
        ExecutorService threads = Threads.start(connections);
        Admission admission = new Admission(limits.concurrentAnswers(), limits.queueLength());
        ServerMetrics metrics = metrics(admission);
        Answering answering = new Answering(admission, limits.requestTime(), metrics, threads);
        Routes routes = new Routes();
        new Operations(models, answering, metrics).add(routes);
        RequestDefaults defaults = new RequestDefaults(options.generation(), limits.maxChoices());
        OpenAiRoutes.add(
                routes, models, answering, defaults, options.embedder(), options.reranker(), options.adapters());
        Gateway gateway = new Gateway(routes, options.keys(), address.isLoopbackAddress(), metrics::request);
        HttpLimits http = new HttpLimits(limits.requestBytes(), limits.receiveTime(), 4 * connections);
        try {
            HttpEndpoint endpoint =
                    HttpEndpoint.start(new InetSocketAddress(address, options.port()), http, threads, gateway);
            return new ModelServer(endpoint, answering, threads, options);
        } catch (IOException e) {
            answering.close();
            threads.shutdownNow();
            throw new LlmAdaptException(
                    "cannot listen at " + options.host() + " port " + options.port() + ": " + e.getMessage()
                            + "; take another port, or 0 for any that is free",
                    e);
        }
    }

    private static InetAddress address(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new LlmAdaptException("the host '" + host + "' is not known; use 127.0.0.1 for this machine", e);
        }
    }

    private static ServerMetrics metrics(Admission admission) {
        return new ServerMetrics()
                .read("llmadapt_queue_length", "gauge", "Requests that wait.", admission::waiting)
                .read("llmadapt_requests_in_flight", "gauge", "Requests being answered.", admission::taken)
                .read(
                        "llmadapt_requests_rejected_total",
                        "counter",
                        "Requests refused as the queue was full.",
                        admission::rejected);
    }

    /** The address, with the port that was taken. */
    public InetSocketAddress address() {
        return endpoint.address();
    }

    /** The port. */
    public int port() {
        return address().getPort();
    }

    /** The address as a URL, without a path: clients of OpenAI's API take it with {@code /v1} at the end. */
    public URI uri() {
        String host = address().getAddress().getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port());
    }

    /**
     * Drains and stops the server: requests under way have the drain time of the limits, new ones get the status 503.
     * Returns when it has stopped; a second call has no effect.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            answering.drain(options.limits().drainTime());
            endpoint.close();
            answering.close();
            threads.shutdownNow();
        }
    }
}
