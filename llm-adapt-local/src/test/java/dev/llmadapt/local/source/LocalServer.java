package dev.llmadapt.local.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.llmadapt.files.Sha256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A web server on this machine that plays index and hub, misbehaving as told, and remembers what it was asked. */
final class LocalServer implements AutoCloseable {
    final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    LocalServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** A request that came. */
    record Seen(
            String method,
            String path,
            @Nullable String authorization,
            @Nullable String range) {}

    /** How to answer. */
    interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    void at(String path, Answer answer) {
        answers.put(path, answer);
    }

    void at(String path, String type, String body) {
        at(path, exchange -> {
            exchange.getResponseHeaders().set("Content-Type", type);
            send(exchange, 200, body.getBytes(StandardCharsets.UTF_8));
        });
    }

    /** A file that can be continued. */
    void file(String path, byte[] body) {
        at(path, exchange -> ranged(exchange, body));
    }

    static void ranged(HttpExchange exchange, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("ETag", etag(body));
        String range = exchange.getRequestHeaders().getFirst("Range");
        if (range == null) {
            send(exchange, 200, body);
            return;
        }
        int from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
        if (from >= body.length) {
            send(exchange, 416, new byte[0]);
            return;
        }
        exchange.getResponseHeaders()
                .set("Content-Range", "bytes " + from + "-" + (body.length - 1) + "/" + body.length);
        send(exchange, 206, Arrays.copyOfRange(body, from, body.length));
    }

    /** Promises a whole body, sends a part, hangs up. */
    static void cut(HttpExchange exchange, byte[] body, int sent) throws IOException {
        exchange.getResponseHeaders().set("ETag", etag(body));
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body, 0, sent);
        exchange.getResponseBody().flush();
        exchange.close();
    }

    private static String etag(byte[] body) {
        return "\"e" + Integer.toHexString(Arrays.hashCode(body)) + "\"";
    }

    static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        if (status == 200 && !exchange.getResponseHeaders().containsKey("ETag")) {
            exchange.getResponseHeaders().set("ETag", etag(body));
        }
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
            return;
        }
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    static void redirect(HttpExchange exchange, String to) throws IOException {
        exchange.getResponseHeaders().set("Location", to);
        send(exchange, 302, new byte[0]);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        seen.add(new Seen(
                exchange.getRequestMethod(),
                path,
                exchange.getRequestHeaders().getFirst("Authorization"),
                exchange.getRequestHeaders().getFirst("Range")));
        Answer answer = answers.get(path);
        if (answer == null) {
            send(exchange, 404, new byte[0]);
        } else {
            answer.to(exchange);
        }
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    /** How often something was got; that its headers were asked for does not count. */
    long count(String path) {
        return seen.stream()
                .filter(request ->
                        request.method().equals("GET") && request.path().equals(path))
                .count();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** A machine without pip, configuration or caches but those below a folder; impatient. */
    static Environment environment(Path folder, String... variables) {
        Map<String, String> all = new HashMap<>();
        all.put("LLM_ADAPT_CACHE", folder.resolve("cache").toString());
        all.put("PIP_CONFIG_FILE", "/dev/null");
        all.put("PATH", "");
        for (int i = 0; i < variables.length; i += 2) {
            all.put(variables[i], variables[i + 1]);
        }
        return new Environment(
                all,
                folder.resolve("home"),
                Environment.OperatingSystem.UNIX,
                new Http.Policy(3, Duration.ofMillis(1), Duration.ofSeconds(5), Duration.ofMillis(700)));
    }

    static Http http(Environment environment) {
        return new Http(environment, List.of(), java.util.Set.of());
    }

    /** Bytes that differ everywhere and compress badly. */
    static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new java.util.Random(seed).nextBytes(bytes);
        return bytes;
    }

    static String sha256(byte[] bytes) {
        return Sha256.of(bytes);
    }
}
