package dev.llmadapt.rag.opensearch;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A local HTTP server that answers by a script, and remembers what it was asked. */
final class ScriptedServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    ScriptedServer(Function<Request, Reply> script) {
        this(script, null);
    }

    ScriptedServer(Function<Request, Reply> script, @Nullable SSLContext tls) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try {
            if (tls == null) {
                server = HttpServer.create(address, 0);
            } else {
                HttpsServer https = HttpsServer.create(address, 0);
                https.setHttpsConfigurator(new HttpsConfigurator(tls));
                server = https;
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            Request request = new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")),
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("Content-Type")));
            requests.add(request);
            Reply reply = script.apply(request);
            reply.headers()
                    .forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status(), reply.endless() ? 0 : body.length == 0 ? -1 : body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
                while (reply.endless()) {
                    out.write(body);
                }
            }
        });
        server.start();
    }

    /** Answers of a script, one after the other; the last for ever. */
    static Function<Request, Reply> inTurn(Reply... replies) {
        int[] next = new int[1];
        return request -> {
            synchronized (next) {
                return replies[Math.min(next[0]++, replies.length - 1)];
            }
        };
    }

    URI address() {
        boolean https = server instanceof HttpsServer;
        return URI.create((https ? "https://localhost:" : "http://localhost:")
                + server.getAddress().getPort());
    }

    List<Request> requests() {
        return requests;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** What was asked. */
    record Request(
            String method, String path, String body, Optional<String> authorization, Optional<String> contentType) {}

    /** What is answered; an endless body is repeated until the other side hangs up. */
    record Reply(int status, String body, Map<String, String> headers, boolean endless) {
        static Reply of(int status, String body) {
            return new Reply(status, body, Map.of(), false);
        }

        Reply with(String header, String value) {
            return new Reply(status, body, Map.of(header, value), endless);
        }

        Reply forEver() {
            return new Reply(status, body, headers, true);
        }
    }
}
