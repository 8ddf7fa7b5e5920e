package dev.llmadapt.server.http;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** An address at which a handler answers HTTP, by the JDK's own server. Thread-safe. */
public final class HttpEndpoint implements AutoCloseable {
    private static final int BACKLOG = 128;

    private final HttpServer server;
    private final AtomicBoolean closed = new AtomicBoolean();

    private HttpEndpoint(HttpServer server) {
        this.server = server;
    }

    /**
     * Starts to answer.
     *
     * @param address where; port 0 takes any that is free
     * @param executor runs the handler, one task a request; stays the caller's
     * @return an endpoint that the caller closes
     * @throws IOException if the address cannot be had
     */
    public static HttpEndpoint start(InetSocketAddress address, HttpLimits limits, Executor executor, Handler handler)
            throws IOException {
        JdkSettings.apply(limits);
        HttpServer server = HttpServer.create(address, BACKLOG);
        server.setExecutor(executor);
        server.createContext("/", jdk -> {
            try (jdk) {
                handler.handle(new JdkExchange(jdk, limits.requestBytes()));
            }
        });
        server.start();
        return new HttpEndpoint(server);
    }

    /** The address, with the port that was taken. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** Closes the address and all connections; a second call has no effect. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            server.stop(0);
        }
    }
}
