package dev.llmadapt.server.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** What the server counts and measures, since it was started. Thread-safe. */
public final class ServerMetrics {
    private static final double[] FIRST_TOKEN = {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};
    private static final double[] PER_TOKEN = {0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28};

    private final Map<String, LongAdder> requests = new ConcurrentHashMap<>(); // by labels
    private final Map<String, LongAdder> promptTokens = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> completionTokens = new ConcurrentHashMap<>();
    private final Map<String, Histogram> firstToken = new ConcurrentHashMap<>();
    private final Map<String, Histogram> perToken = new ConcurrentHashMap<>();
    private final Map<String, Read> reads = new LinkedHashMap<>();

    private record Read(String type, String help, LongSupplier value) {}

    /** No counts yet. */
    public ServerMetrics() {}

    /**
     * Adds a value that is read when the text is written; before the server starts.
     *
     * @param type {@code gauge} or {@code counter}
     */
    public ServerMetrics read(String name, String type, String help, LongSupplier value) {
        reads.put(name, new Read(type, help, value));
        return this;
    }

    /**
     * Counts a request that is over.
     *
     * @param route its path in the table of routes
     * @param model the served model, empty if it named none
     */
    public void request(String route, String model, int status) {
        String labels = PrometheusText.label("route", route) + "," + PrometheusText.label("status", "" + status) + ","
                + PrometheusText.label("model", model);
        requests.computeIfAbsent(labels, each -> new LongAdder()).increment();
    }

    /** Counts tokens that a model read and wrote. */
    public void tokens(String model, long read, long written) {
        String label = PrometheusText.label("model", model);
        promptTokens.computeIfAbsent(label, each -> new LongAdder()).add(read);
        completionTokens.computeIfAbsent(label, each -> new LongAdder()).add(written);
    }

    /**
     * Adds the times of an answer.
     *
     * @param adapter {@code none}, {@code warm} for one that was in memory, {@code cold} for one that was loaded for it
     * @param seconds from the arrival of the request to the first token
     * @param perTokenSeconds of each token after the first; not finite where there was none
     */
    public void answer(String model, String adapter, double seconds, double perTokenSeconds) {
        String label = PrometheusText.label("model", model);
        firstToken
                .computeIfAbsent(
                        label + "," + PrometheusText.label("adapter", adapter), each -> new Histogram(FIRST_TOKEN))
                .add(seconds);
        if (Double.isFinite(perTokenSeconds)) {
            perToken.computeIfAbsent(label, each -> new Histogram(PER_TOKEN)).add(perTokenSeconds);
        }
    }

    /** All of it in Prometheus' text format. */
    public String text() {
        StringBuilder text = new StringBuilder();
        counters(text, "llmadapt_requests_total", "Requests that are over.", requests);
        counters(text, "llmadapt_prompt_tokens_total", "Tokens read.", promptTokens);
        counters(text, "llmadapt_completion_tokens_total", "Tokens written.", completionTokens);
        histograms(
                text,
                "llmadapt_time_to_first_token_seconds",
                "Time from the arrival of a request to its first token, by whether its adapter had to be loaded.",
                firstToken);
        histograms(text, "llmadapt_time_per_output_token_seconds", "Time of a token after the first.", perToken);
        reads.forEach((name, read) -> {
            PrometheusText.head(text, name, read.type(), read.help());
            text.append(name).append(' ').append(read.value().getAsLong()).append('\n');
        });
        return text.toString();
    }

    private static void counters(StringBuilder text, String name, String help, Map<String, LongAdder> counts) {
        PrometheusText.head(text, name, "counter", help);
        new TreeMap<>(counts)
                .forEach((labels, count) -> text.append(name)
                        .append('{')
                        .append(labels)
                        .append("} ")
                        .append(count.sum())
                        .append('\n'));
    }

    private static void histograms(StringBuilder text, String name, String help, Map<String, Histogram> all) {
        PrometheusText.head(text, name, "histogram", help);
        new TreeMap<>(all).forEach((labels, histogram) -> histogram.write(text, name, labels));
    }
}
