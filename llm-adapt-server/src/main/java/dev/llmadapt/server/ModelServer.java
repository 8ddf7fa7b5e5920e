package dev.llmadapt.server;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.server.catalog.ServedModels;
import dev.llmadapt.server.http.HttpEndpoint;
import dev.llmadapt.server.http.HttpLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A server with the routes of OpenAI's API over some models: chats, completions, embeddings, reranking, tokens,
 * adapters, and those for operations. Thread-safe.
 *
 * <p>Who starts a server closes it, before the models, which it does not own.
 */
public final class ModelServer implements AutoCloseable {
    private final HttpEndpoint endpoint;
    private final ModelService service;
    private final String scheme;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ModelServer(HttpEndpoint endpoint, ModelService service, String scheme) {
        this.endpoint = endpoint;
        this.service = service;
        this.scheme = scheme;
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
        InetAddress address = options.requireAddress();
        ServerLimits limits = options.limits();
        int connections = 4 * ModelService.threadCount(limits);
        HttpLimits http = new HttpLimits(limits.requestBytes(), limits.receiveTime(), connections);
        ModelService service = ModelService.open(models, options, address.isLoopbackAddress());
        try {
            HttpEndpoint endpoint = HttpEndpoint.start(
                    new InetSocketAddress(address, options.port()), http, options.tls(), service.threads(), service);
            return new ModelServer(endpoint, service, options.tls().isPresent() ? "https" : "http");
        } catch (IOException e) {
            service.close();
            throw new LlmAdaptException(
                    "cannot listen at " + options.host() + " port " + options.port() + ": " + e.getMessage()
                            + "; take another port, or 0 for any that is free",
                    e);
        }
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
        return URI.create(scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port());
    }

    /**
     * Drains and stops the server: requests under way have the drain time of the limits, new ones get the status 503.
     * Returns when it has stopped; a second call has no effect.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            service.drain();
            endpoint.close();
            service.close();
        }
    }
}
