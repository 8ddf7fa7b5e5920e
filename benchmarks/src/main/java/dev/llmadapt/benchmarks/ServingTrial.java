package dev.llmadapt.benchmarks;

import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.local.CacheSize;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.peft.PeftAdapter;
import dev.llmadapt.peft.folder.PeftFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.IntStream;

/**
 * A program that measures what a service feels of a model, in a fresh process: opening, memory, a long answer, a long
 * prompt, the same prompt with more at its end, and several answers together, by the public API. Writes one JSON
 * object: the path of the file, times since the process began in seconds, memory in MB, rates in tokens a second,
 * medians of 3 ({@code -Drepeats}).
 *
 * <p>Arguments: a model as {@code --model} takes it ({@code default}), a precision ({@code AS_STORED}), {@code keep} or
 * {@code alone} for packed weights from the cache folder or not, and {@code opening} to stop after that, or
 * {@code adapter} to load a LoRA adapter of rank {@value #RANK} on all linear layers at the end, and answer with it,
 * and with it and without it in turn, or {@code opened-with-adapter} to open the model with such an adapter and stop
 * after that, or {@code long} for nothing but {@value #MANY} answers together, of which one has a prompt that almost
 * fills the context. Linux only, since memory is read from {@code /proc}.
 */
final class ServingTrial {
    private static final long SETTLE_MILLIS = 3000; // Java gives memory back to the system about once a second
    private static final double TICKS_PER_SECOND = 100; // what Linux tells programs, whatever its own are
    private static final int REPEATS = Integer.getInteger("repeats", 3);
    private static final int LONG_ANSWER = 48;
    private static final int LONG_PROMPT = 960; // words
    private static final String OTHER_END = " 9, 10, 11,";
    private static final int TOGETHER = 8;
    private static final int SHORT_ANSWER = 32;
    private static final int RANK = 16;
    private static final int MANY = 32;
    private static final int LONGEST_PROMPT = 7600; // words
    private static final String[] WORDS =
            ("the old bridge over the river was closed for repairs last week and all boats had to wait until the "
                            + "evening while workers carried stones up from the shore")
                    .split(" ");

    private final LocalModel model;
    private final Map<String, Double> measured = new LinkedHashMap<>();
    private int asked;

    private ServingTrial(LocalModel model) {
        this.model = model;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        double begun = now() - sinceTheProcessBegan();
        Path path = ModelSource.parse(arguments.length > 0 ? arguments[0] : "default")
                .fetch(Progress.NONE);
        Precision precision = arguments.length > 1 ? Precision.valueOf(arguments[1]) : Precision.AS_STORED;
        String part = arguments.length < 4 ? "" : arguments[3];
        boolean keep = arguments.length < 3 || arguments[2].equals("keep");
        ModelOptions options = ModelOptions.defaults()
                .withPrecision(precision)
                .withKeepPacked(keep)
                .withMaxBatch(part.equals("long") ? MANY : TOGETHER);
        List<PeftAdapter> adapters = part.equals("opened-with-adapter") ? List.of(lora(path)) : List.of();
        double opening = now();
        try (LocalModel model = LocalModel.open(path, options, adapters)) {
            ServingTrial trial = new ServingTrial(model);
            trial.measured.put("file", Files.size(path) / 1e6);
            // an adapter is made before, which is no part of opening
            trial.measured.put("open", adapters.isEmpty() ? since(begun) : since(opening));
            Request first = Request.of("What is the capital of France?")
                    .withOptions(GenerationOptions.defaults().withMaxTokens(1));
            model.generate(adapters.isEmpty() ? first : first.withAdapter("lora"));
            trial.measured.put("first", since(begun));
            Thread.sleep(SETTLE_MILLIS);
            trial.measured.put("resident", memory("VmRSS:"));
            trial.measured.put("peak", memory("VmHWM:"));
            if (part.equals("long")) {
                trial.longBesideShort();
                Thread.sleep(SETTLE_MILLIS);
                trial.measured.put("residentAfter", memory("VmRSS:"));
            } else if (!part.startsWith("open")) {
                trial.answers();
                Thread.sleep(SETTLE_MILLIS);
                trial.measured.put("residentAfter", memory("VmRSS:"));
                trial.measured.put("peakAfter", memory("VmHWM:"));
            }
            if (part.equals("adapter")) {
                trial.adapter(path);
                Thread.sleep(SETTLE_MILLIS);
                trial.measured.put("residentWithAdapter", memory("VmRSS:"));
                trial.measured.put("peakWithAdapter", memory("VmHWM:"));
            }
            System.out.println(trial.json(path));
        }
    }

    private void answers() {
        double[] rates = new double[REPEATS];
        double[] reading = new double[REPEATS];
        double[] together = new double[REPEATS];
        double[] again = new double[REPEATS];
        for (int i = 0; i < REPEATS; i++) {
            rates[i] = rate(request(12, LONG_ANSWER));
            measured.put("answerTokens", (double) LONG_ANSWER);
            Request prompt = request(LONG_PROMPT, 1);
            Generation read = model.generate(prompt);
            reading[i] = seconds(read.timings().toFirstToken());
            measured.put("promptTokens", (double) read.usage().promptTokens());
            Generation more = model.generate(Request.of(prompt.messages().get(0).content() + OTHER_END)
                    .withRaw(true)
                    .withOptions(prompt.options()));
            again[i] = seconds(more.timings().toFirstToken());
            measured.put(
                    "moreTokens",
                    (double) more.usage().promptTokens() - read.usage().promptTokens());
            List<Request> requests = IntStream.range(0, TOGETHER)
                    .mapToObj(each -> request(12, SHORT_ANSWER))
                    .toList();
            long start = System.nanoTime();
            List<Generation> answers = new ArrayList<>(model.generate(requests));
            double took = (System.nanoTime() - start) / 1e9;
            int tokens = answers.stream()
                    .mapToInt(each -> whole(each, SHORT_ANSWER).usage().completionTokens())
                    .sum();
            together[i] = tokens / took;
            measured.put("shortPromptTokens", (double) answers.get(0).usage().promptTokens());
            measured.put("togetherTokens", (double) tokens);
        }
        measured.put("answer", median(rates));
        measured.put("prompt", median(reading));
        measured.put("again", median(again));
        measured.put("together", median(together));
    }

    /** Many short answers beside a long one, which begins first. */
    private void longBesideShort() {
        List<Request> requests = new ArrayList<>(List.of(request(LONGEST_PROMPT, SHORT_ANSWER)));
        while (requests.size() < MANY) {
            requests.add(request(12, SHORT_ANSWER));
        }
        CacheSize size = model.cacheSize();
        long start = System.nanoTime();
        List<Generation> answers = model.generate(requests);
        measured.put("longBesideShort", (System.nanoTime() - start) / 1e9);
        double tokens = 0;
        for (Generation answer : answers) {
            tokens += answer.usage().promptTokens()
                    + whole(answer, SHORT_ANSWER).usage().completionTokens();
        }
        double longest = answers.get(0).usage().promptTokens();
        measured.put("longTokens", longest);
        measured.put("allTokens", tokens);
        measured.put("keysAndValues", tokens * size.bytesPerToken() / 1e6);
        measured.put("asTheLongest", answers.size() * longest * size.bytesPerToken() / 1e6);
    }

    private void adapter(Path path) throws IOException {
        PeftAdapter lora = lora(path);
        long start = System.nanoTime();
        model.loadAdapter(lora);
        model.generate(request(12, 1).withAdapter("lora"));
        measured.put("adapterLoad", (System.nanoTime() - start) / 1e9);
        double[] rates = new double[REPEATS];
        double[] without = new double[REPEATS];
        for (int i = 0; i < REPEATS; i++) {
            rates[i] = rate(request(12, LONG_ANSWER).withAdapter("lora"));
            without[i] = rate(request(12, LONG_ANSWER));
        }
        measured.put("answerWithAdapter", median(rates));
        measured.put("answerWithoutAdapter", median(without));
    }

    private static PeftAdapter lora(Path path) throws IOException {
        Path folder = Files.createTempDirectory("serving-trial");
        try (Checkpoint base = Checkpoint.open(path)) {
            PeftFolder.write(folder, RandomLora.stored(base, RANK, 0));
            return PeftAdapter.read(folder, "lora");
        } finally {
            for (String name : List.of("adapter_config.json", "adapter_model.safetensors")) {
                Files.deleteIfExists(folder.resolve(name));
            }
            Files.deleteIfExists(folder);
        }
    }

    private double rate(Request request) {
        Generation answer = whole(model.generate(request), LONG_ANSWER);
        Duration writing = answer.timings().total().minus(answer.timings().toFirstToken());
        return (answer.usage().completionTokens() - 1) / seconds(writing);
    }

    /**
     * A request that begins with words no other request begins with, so that nothing of it was read before, and counts
     * up, so that any model goes on with it as long as it may.
     */
    private Request request(int words, int most) {
        asked++;
        StringJoiner text = new StringJoiner(" ", "Story " + asked + ": ", ".\n\nAll numbers: 1, 2, 3, 4, 5, 6, 7, 8,");
        for (int i = 0; i < words; i++) {
            text.add(WORDS[(asked * 7 + i * (1 + asked % 5)) % WORDS.length]);
        }
        return Request.of(text.toString())
                .withRaw(true)
                .withOptions(GenerationOptions.defaults().withMaxTokens(most));
    }

    /** Refuses an answer that ended early, whose rate would be of fewer tokens than the table says. */
    private static Generation whole(Generation answer, int tokens) {
        if (answer.usage().completionTokens() != tokens) {
            throw new IllegalStateException(
                    "the answer must have " + tokens + " tokens to be measured, got '" + answer.text() + "'");
        }
        return answer;
    }

    private String json(Path path) {
        StringJoiner json = new StringJoiner(", ", "{", "}");
        json.add("\"path\": " + JsonSchema.quoted(path.toString()));
        measured.forEach((name, value) -> json.add(String.format(Locale.ROOT, "\"%s\": %.3f", name, value)));
        return json.toString();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static double now() {
        return System.nanoTime() / 1e9;
    }

    private static double since(double begun) {
        return now() - begun;
    }

    /**
     * Seconds since the process began, to a hundredth: {@link ProcessHandle} takes the moment at which the machine
     * began in whole seconds.
     */
    private static double sinceTheProcessBegan() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        double ticks =
                Double.parseDouble(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19]);
        double up = Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", -1)[0]);
        return up - ticks / TICKS_PER_SECOND;
    }

    private static double memory(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith(field))
                        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
                        .findFirst()
                        .orElseThrow()
                * 1024
                / 1e6;
    }
}
