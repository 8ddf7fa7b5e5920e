package dev.llmadapt;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Headless Chromium, driven by the DevTools protocol: what a page looks like, and what a keyboard and a screen reader
 * find.
 */
public final class Browser implements AutoCloseable {
    private final Process process;
    private final WebSocket socket;
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonObject>> waiting = new ConcurrentHashMap<>();
    private final List<JsonObject> events = Collections.synchronizedList(new ArrayList<>());

    private Browser(Process process, WebSocket socket, Listener listener) {
        this.process = process;
        this.socket = socket;
        listener.browser = this;
    }

    /** Debian's package {@code chromium}, where it is on the path. */
    public static Optional<Path> executable() {
        String path = System.getenv("PATH");
        return Stream.of((path == null ? "" : path).split(java.io.File.pathSeparator, -1))
                .map(folder -> Path.of(folder).resolve("chromium"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts one with a new profile in an empty folder. */
    public static Browser start(Path executable, Path profile) throws IOException, InterruptedException {
        Path log = profile.resolveSibling(profile.getFileName() + ".log");
        Process process = new ProcessBuilder(
                        executable.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--hide-scrollbars",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            Path told = profile.resolve("DevToolsActivePort");
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!Files.exists(told) || Files.readAllLines(told).size() < 2) {
                if (!process.isAlive() || System.nanoTime() > until) {
                    throw new IOException("the browser did not start: " + Files.readString(log));
                }
                Thread.sleep(50);
            }
            HttpClient client = HttpClient.newHttpClient();
            URI list = URI.create("http://127.0.0.1:" + Files.readAllLines(told).get(0) + "/json/list");
            String pages = client.send(HttpRequest.newBuilder(list).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            for (JsonElement page : JsonParser.parseString(pages).getAsJsonArray()) {
                JsonObject one = page.getAsJsonObject();
                if (one.get("type").getAsString().equals("page")) {
                    Listener listener = new Listener();
                    WebSocket socket = client.newWebSocketBuilder()
                            .buildAsync(
                                    URI.create(one.get("webSocketDebuggerUrl").getAsString()), listener)
                            .get(30, TimeUnit.SECONDS);
                    return new Browser(process, socket, listener);
                }
            }
            throw new IOException("the browser has no page: " + pages);
        } catch (IOException | InterruptedException e) {
            process.destroyForcibly();
            throw e;
        } catch (Exception e) {
            process.destroyForcibly();
            throw new IOException("the browser does not answer: " + e.getMessage(), e);
        }
    }

    /** Calls a method of the protocol; parameters are names and values in turn. */
    public JsonObject call(String method, Object... parameters) {
        JsonObject params = new JsonObject();
        for (int i = 0; i < parameters.length; i += 2) {
            Object value = parameters[i + 1];
            params.add(
                    (String) parameters[i],
                    value instanceof JsonElement json ? json : new com.google.gson.Gson().toJsonTree(value));
        }
        JsonObject message = new JsonObject();
        int id = ids.incrementAndGet();
        message.addProperty("id", id);
        message.addProperty("method", method);
        message.add("params", params);
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        try {
            socket.sendText(message.toString(), true).get(30, TimeUnit.SECONDS);
            JsonObject result = answer.get(60, TimeUnit.SECONDS);
            if (result.has("error")) {
                throw new IllegalStateException(method + ": " + result.get("error"));
            }
            return result.getAsJsonObject("result");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException(method + " got no answer", e);
        }
    }

    /** Shows a page on a screen of a size, in light or dark colours, and waits until it is there. */
    public void open(URI page, int width, int height, boolean dark) throws InterruptedException {
        call("Page.enable");
        call("Network.enable");
        call("Log.enable");
        call("Runtime.enable");
        call(
                "Emulation.setDeviceMetricsOverride",
                "width",
                width,
                "height",
                height,
                "deviceScaleFactor",
                1,
                "mobile",
                width < 600);
        JsonObject scheme = new JsonObject();
        scheme.addProperty("name", "prefers-color-scheme");
        scheme.addProperty("value", dark ? "dark" : "light");
        JsonArray features = new JsonArray();
        features.add(scheme);
        call("Emulation.setEmulatedMedia", "features", features);
        events.clear();
        call("Page.navigate", "url", page.toString());
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (named("Page.loadEventFired").isEmpty()) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("the page is not there after 30 s");
            }
            Thread.sleep(20);
        }
    }

    /** The events since the page was opened, by the protocol's name. */
    public List<JsonObject> named(String event) {
        synchronized (events) {
            return events.stream()
                    .filter(one -> one.get("method").getAsString().equals(event))
                    .map(one -> one.getAsJsonObject("params"))
                    .toList();
        }
    }

    /** The result of a piece of JavaScript, as JSON. The page itself may hold none. */
    public JsonElement evaluate(String script) {
        JsonObject result = call("Runtime.evaluate", "expression", script, "returnByValue", true);
        if (result.has("exceptionDetails")) {
            throw new IllegalStateException(result.get("exceptionDetails").toString());
        }
        JsonElement value = result.getAsJsonObject("result").get("value");
        return value == null ? com.google.gson.JsonNull.INSTANCE : value;
    }

    /** Presses a key. */
    public void press(String key, int code, String text) {
        press(key, code, text, 0);
    }

    /**
     * Presses a key.
     *
     * @param modifiers 2 with the control key, 0 without
     */
    public void press(String key, int code, String text, int modifiers) {
        call(
                "Input.dispatchKeyEvent",
                "type",
                "keyDown",
                "key",
                key,
                "windowsVirtualKeyCode",
                code,
                "text",
                text,
                "modifiers",
                modifiers);
        call(
                "Input.dispatchKeyEvent",
                "type",
                "keyUp",
                "key",
                key,
                "windowsVirtualKeyCode",
                code,
                "modifiers",
                modifiers);
    }

    /** The whole page as PNG. */
    public byte[] screenshot() {
        String data = call("Page.captureScreenshot", "format", "png", "captureBeyondViewport", true)
                .get("data")
                .getAsString();
        return Base64.getDecoder().decode(data);
    }

    @Override
    public void close() {
        socket.abort();
        List<ProcessHandle> helpers = process.descendants().toList(); // outlive it, and write to its profile
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            for (ProcessHandle helper : helpers) {
                helper.destroyForcibly();
                helper.onExit().completeOnTimeout(helper, 5, TimeUnit.SECONDS).join();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static final class Listener implements WebSocket.Listener {
        private final StringBuilder part = new StringBuilder();
        private volatile @org.jspecify.annotations.Nullable Browser browser;

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            part.append(data);
            Browser to = browser;
            if (last && to != null) {
                JsonObject message = JsonParser.parseString(part.toString()).getAsJsonObject();
                part.setLength(0);
                if (message.has("id")) {
                    CompletableFuture<JsonObject> answer =
                            to.waiting.remove(message.get("id").getAsInt());
                    if (answer != null) {
                        answer.complete(message);
                    }
                } else {
                    to.events.add(message);
                }
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }
}
