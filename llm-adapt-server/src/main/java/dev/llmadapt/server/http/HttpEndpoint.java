package dev.llmadapt.server.http;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLParameters;

/** An address at which a handler answers HTTP, or HTTP over TLS, by the JDK's own server. Thread-safe. */
public final class HttpEndpoint implements AutoCloseable {
    private static final int BACKLOG = 128;
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    /** How long responses may take that are on their way when the endpoint is closed. */
    private static final long CLOSING_MILLIS = 2000;

    private final HttpServer server;
    private final Exchanges exchanges;
    private final AtomicBoolean closed = new AtomicBoolean();

    private HttpEndpoint(HttpServer server, Exchanges exchanges) {
        this.server = server;
        this.exchanges = exchanges;
    }

    /** The number of exchanges under way. */
    private static final class Exchanges {
        private int count; // guarded by this

        synchronized void begin() {
            count++;
        }

        synchronized void end() {
            count--;
            notifyAll();
        }

        /** Waits until there are none, as long as a time, or until the thread is interrupted. */
        synchronized void awaitNone(long millis) {
            long end = System.nanoTime() + millis * 1_000_000;
            try {
                for (long left = millis; count > 0 && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
                    wait(left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Starts to answer.
     *
     * @param address where; port 0 takes any that is free
     * @param tls the certificate of HTTPS; empty for plain HTTP
     * @param executor runs the handler, one task a request; stays the caller's
     * @return an endpoint that the caller closes
     * @throws IOException if the address cannot be had
     */
    public static HttpEndpoint start(
            InetSocketAddress address, HttpLimits limits, Optional<Tls> tls, Executor executor, Handler handler)
            throws IOException {
        JdkSettings.apply(limits);
        HttpServer server = tls.isEmpty() ? HttpServer.create(address, BACKLOG) : secure(address, tls.get());
        server.setExecutor(executor);
        Exchanges exchanges = new Exchanges();
        server.createContext("/", jdk -> {
            exchanges.begin();
            try (jdk) {
                handler.handle(new JdkExchange(jdk, limits.requestBytes()));
            } finally {
                exchanges.end();
            }
        });
        server.start();
        return new HttpEndpoint(server, exchanges);
    }

    private static HttpsServer secure(InetSocketAddress address, Tls tls) throws IOException {
        HttpsServer server = HttpsServer.create(address, BACKLOG);
        server.setHttpsConfigurator(new HttpsConfigurator(tls.context()) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters own = getSSLContext().getDefaultSSLParameters();
                own.setProtocols(PROTOCOLS);
                parameters.setSSLParameters(own);
            }
        });
        return server;
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
            exchanges.awaitNone(CLOSING_MILLIS);
            server.stop(0);
        }
    }
}
