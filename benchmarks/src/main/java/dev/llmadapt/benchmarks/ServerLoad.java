package dev.llmadapt.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program that loads a server of OpenAI's API: some clients, each of which asks, reads its streamed answer to the end
 * and asks again, for some time. Prints a row of a Markdown table: answers, refusals (429), other failures, tokens a
 * second of all clients together, and the times to the first token and between tokens, at the median and the 95th
 * percentile. A token is a streamed piece of text, so servers that send several at once look slower than they are.
 *
 * <p>Arguments, each {@code name=value}: {@code url} (such as {@code http://127.0.0.1:8080/v1}), {@code clients} (8),
 * {@code seconds} (60), {@code tokens} an answer (64), {@code words} of a prompt (40), {@code name} of the row,
 * {@code models}: names that are asked by turns of a Zipf distribution, separated by commas (the server's first).
 */
final class ServerLoad {
    private static final String[] WORDS =
            "the old bridge over the river was closed for repairs last week and all boats had to wait".split(" ");

    private final URI url;
    private final int words;
    private final int tokens;
    private final List<String> models;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(Executors.newCachedThreadPool(task -> {
                Thread thread = new Thread(task);
                thread.setDaemon(true);
                return thread;
            }))
            .build();

    private ServerLoad(TrialArguments given) {
        this.url = URI.create(given.text("url") + "/chat/completions");
        this.words = given.number("words");
        this.tokens = given.number("tokens");
        this.models = given.text("models").isEmpty()
                ? List.of()
                : List.of(given.text("models").split(",", -1));
    }

    /** What a client saw. */
    private static final class Seen {
        private final List<Double> first = new ArrayList<>(); // seconds
        private final List<Double> between = new ArrayList<>(); // seconds
        private int answers;
        private int refused;
        private int failed;
        private long pieces;

        void add(Seen other) {
            first.addAll(other.first);
            between.addAll(other.between);
            answers += other.answers;
            refused += other.refused;
            failed += other.failed;
            pieces += other.pieces;
        }
    }

    public static void main(String[] arguments) throws Exception {
        TrialArguments given = TrialArguments.parse(
                arguments,
                Map.of("clients", "8", "seconds", "60", "tokens", "64", "words", "40", "name", "", "models", ""),
                "url");
        new ServerLoad(given).run(given.number("clients"), given.number("seconds"), given.text("name"));
    }

    private void run(int clients, int seconds, String name) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        long start = System.nanoTime();
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        List<Future<Seen>> running = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            Random random = new Random(i);
            running.add(threads.submit(() -> client(random, end)));
        }
        Seen all = new Seen();
        for (Future<Seen> each : running) {
            all.add(each.get());
        }
        threads.shutdown();
        double took = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "| %s | %d | %d | %d | %d | %.1f | %.2f | %.2f | %.0f | %.0f |%n",
                name,
                clients,
                all.answers,
                all.refused,
                all.failed,
                all.pieces / took,
                percentile(all.first, 0.5),
                percentile(all.first, 0.95),
                1000 * percentile(all.between, 0.5),
                1000 * percentile(all.between, 0.95));
    }

    private Seen client(Random random, long end) throws InterruptedException {
        Seen seen = new Seen();
        while (System.nanoTime() < end) {
            try {
                ask(random, seen);
            } catch (IOException | UncheckedIOException e) { // the latter from a stream that was cut
                seen.failed++;
            }
        }
        return seen;
    }

    private void ask(Random random, Seen seen) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(url)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body(random).toString()))
                .build();
        long start = System.nanoTime();
        HttpResponse<Stream<String>> response = http.send(request, HttpResponse.BodyHandlers.ofLines());
        try (Stream<String> lines = response.body()) {
            if (response.statusCode() != 200) {
                boolean full = response.statusCode() == 429;
                seen.refused += full ? 1 : 0;
                seen.failed += full ? 0 : 1;
                // as long as the server says, at most, so that refusals do not become the load
                double wait = response.headers()
                        .firstValue("retry-after")
                        .map(Double::parseDouble)
                        .orElse(1.0);
                Thread.sleep((long) (1000 * wait * random.nextDouble()));
                return;
            }
            long last = start;
            boolean whole = false;
            for (Iterator<String> each = lines.iterator(); each.hasNext(); ) {
                String line = each.next();
                whole |= line.equals("data: [DONE]");
                if (!text(line).isEmpty()) {
                    long now = System.nanoTime();
                    (last == start ? seen.first : seen.between).add((now - last) / 1e9);
                    last = now;
                    seen.pieces++;
                }
            }
            seen.answers += whole ? 1 : 0;
            seen.failed += whole ? 0 : 1;
        }
    }

    private JsonObject body(Random random) {
        StringBuilder text = new StringBuilder("Go on with this story:");
        for (int i = 0; i < words; i++) {
            text.append(' ').append(WORDS[random.nextInt(WORDS.length)]);
        }
        JsonObject message = new JsonObject();
        message.addProperty("role", "user");
        message.addProperty("content", text.toString());
        JsonArray messages = new JsonArray();
        messages.add(message);
        JsonObject body = new JsonObject();
        if (!models.isEmpty()) {
            body.addProperty("model", models.get(zipf(random, models.size())));
        }
        body.add("messages", messages);
        body.addProperty("max_tokens", tokens);
        body.addProperty("temperature", 0);
        body.addProperty("stream", true);
        return body;
    }

    /** A place from 0 on, the n-th with a share in proportion to 1 / n. */
    private static int zipf(Random random, int count) {
        double all = 0;
        for (int i = 1; i <= count; i++) {
            all += 1.0 / i;
        }
        double rest = random.nextDouble() * all;
        for (int i = 1; i < count; i++) {
            rest -= 1.0 / i;
            if (rest < 0) {
                return i - 1;
            }
        }
        return count - 1;
    }

    /** The text of a streamed piece; empty for all other lines. */
    private static String text(String line) {
        if (!line.startsWith("data: {")) {
            return "";
        }
        JsonArray choices =
                JsonParser.parseString(line.substring(6)).getAsJsonObject().getAsJsonArray("choices");
        if (choices == null || choices.isEmpty()) {
            return "";
        }
        JsonObject delta = choices.get(0).getAsJsonObject().getAsJsonObject("delta");
        return delta == null || !delta.has("content") || delta.get("content").isJsonNull()
                ? ""
                : delta.get("content").getAsString();
    }

    private static double percentile(List<Double> values, double share) {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(share * (sorted.size() - 1))));
    }
}
