package dev.llmadapt.server.http;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** An address at which a handler answers HTTP, by the JDK's own server. Thread-safe. */
public final class HttpEndpoint implements AutoCloseable {
    private static final int BACKLOG = 128;

    /** How long responses may take that are on their way when the endpoint is closed. */
    private static final long CLOSING_MILLIS = 2000;

    private final HttpServer server;
    private final AtomicInteger active;
    private final AtomicBoolean closed = new AtomicBoolean();

    private HttpEndpoint(HttpServer server, AtomicInteger active) {
        this.server = server;
        this.active = active;
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
        AtomicInteger active = new AtomicInteger();
        server.createContext("/", jdk -> {
            active.incrementAndGet();
            try (jdk) {
                handler.handle(new JdkExchange(jdk, limits.requestBytes()));
            } finally {
                active.decrementAndGet();
            }
        });
        server.start();
        return new HttpEndpoint(server, active);
    }

    /** The address, with the port that was taken. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /**
     * Closes the address and all connections, after a short time for responses on their way; a second call has no
     * effect.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            long end = System.nanoTime() + CLOSING_MILLIS * 1_000_000;
            try {
                while (active.get() > 0 && System.nanoTime() < end) {
                    Thread.sleep(5);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            server.stop(0);
        }
    }
}
