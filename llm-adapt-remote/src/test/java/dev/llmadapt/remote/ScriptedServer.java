package dev.llmadapt.remote;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server in this process that answers as it is told, and remembers what it was asked. */
public final class ScriptedServer implements AutoCloseable {
    static {
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /** How to answer one request. */
    @FunctionalInterface
    public interface Reply {
        void to(HttpExchange exchange, Asked asked) throws IOException;

        /** JSON. */
        static Reply json(int status, String body, String... headers) {
            return (exchange, asked) -> send(exchange, status, "application/json", body, headers);
        }

        /** Events as they stand, with their line ends. */
        static Reply events(String body) {
            return (exchange, asked) -> send(exchange, 200, "text/event-stream; charset=utf-8", body);
        }

        private static void send(HttpExchange exchange, int status, String type, String body, String... headers)
                throws IOException {
            exchange.getResponseHeaders().add("Content-Type", type);
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(bytes);
            }
        }

        /** A body that is said to be longer than it is. */
        static Reply cutOff(String type, String body) {
            return (exchange, asked) -> {
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().add("Content-Type", type);
                exchange.sendResponseHeaders(200, bytes.length + 100L);
                exchange.getResponseBody().write(bytes);
                exchange.getResponseBody().flush();
                exchange.close();
            };
        }
    }

    /** A request that came. */
    public record Asked(String method, String path, String body, Map<String, List<String>> headers) {
        public JsonObject json() {
            return JsonParser.parseString(body).getAsJsonObject();
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "scripted server");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final Map<String, Queue<Reply>> replies = new ConcurrentHashMap<>();
    private final Map<String, Reply> always = new ConcurrentHashMap<>();

    public ScriptedServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Asked request = new Asked(exchange.getRequestMethod(), path, body, Map.copyOf(exchange.getRequestHeaders()));
        asked.add(request);
        Queue<Reply> queue = replies.get(path);
        Reply next = null;
        if (queue != null) {
            synchronized (queue) {
                next = queue.poll();
            }
        }
        if (next == null) {
            next = always.getOrDefault(path, Reply.json(404, "{\"detail\":\"Not Found\"}"));
        }
        next.to(exchange, request);
    }

    /** Answers the next requests of a path so, one each. */
    public ScriptedServer next(String path, Reply... some) {
        Queue<Reply> queue = replies.computeIfAbsent(path, key -> new ArrayDeque<>());
        synchronized (queue) {
            queue.addAll(List.of(some));
        }
        return this;
    }

    /** Answers all other requests of a path so. */
    public ScriptedServer always(String path, Reply reply) {
        always.put(path, reply);
        return this;
    }

    public String root() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public String base() {
        return root() + "/v1";
    }

    public List<Asked> asked() {
        return List.copyOf(asked);
    }

    /** The requests of a path. */
    public List<Asked> asked(String path) {
        return asked.stream().filter(each -> each.path().equals(path)).toList();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
