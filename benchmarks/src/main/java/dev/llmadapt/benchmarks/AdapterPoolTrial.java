package dev.llmadapt.benchmarks;

import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.local.AdapterPool;
import dev.llmadapt.local.AdapterSource;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.peft.PeftAdapter;
import dev.llmadapt.peft.folder.PeftFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A program that asks a model through a pool of many LoRA adapters, on all linear layers, of which few fit into the
 * memory: some callers, each of which asks, reads its answer and asks again. In turn, all ask the same adapter, and
 * each request asks one by a Zipf distribution. Prints a row of a Markdown table for each: tokens a second of all
 * callers together, answers, the share of them whose adapter was cold, loads, evictions, the time of a load at the
 * median, and the times to the first token of warm and cold adapters, the loading included, at the median and the 95th
 * percentile.
 *
 * <p>Arguments, each {@code name=value}: {@code folder} for the adapters, which are written where they are not there
 * yet; {@code model} ({@code default}), {@code adapters} (1000), {@code rank} (8), {@code kept} (64, how many the
 * memory holds), {@code callers} (8), {@code tokens} an answer (64), {@code words} of a prompt (40), {@code seconds} of
 * a measurement (15), {@code rounds} (3), {@code exponent} of the distribution (1). With {@code rounds=0} the adapters
 * are written alone. Prompts are chats, whose system message stays in the cache where all ask the same adapter; with
 * {@code raw=true} they are texts that have no beginning in common.
 */
final class AdapterPoolTrial {
    private static final String[] WORDS =
            "the old bridge over the river was closed for repairs last week and all boats had to wait".split(" ");

    private final LocalModel model;
    private final AdapterPool pool;
    private final TrialArguments given;

    private AdapterPoolTrial(LocalModel model, AdapterPool pool, TrialArguments given) {
        this.model = model;
        this.pool = pool;
        this.given = given;
    }

    /** What a caller saw. */
    private static final class Seen {
        private final List<Double> warm = new ArrayList<>(); // seconds to the first token
        private final List<Double> cold = new ArrayList<>();
        private final List<Double> loads = new ArrayList<>(); // seconds
        private long tokens;

        void add(Seen other) {
            warm.addAll(other.warm);
            cold.addAll(other.cold);
            loads.addAll(other.loads);
            tokens += other.tokens;
        }
    }

    public static void main(String[] arguments) throws Exception {
        TrialArguments given = TrialArguments.parse(
                arguments,
                Map.ofEntries(
                        Map.entry("model", "default"),
                        Map.entry("adapters", "1000"),
                        Map.entry("rank", "8"),
                        Map.entry("kept", "64"),
                        Map.entry("callers", "8"),
                        Map.entry("tokens", "64"),
                        Map.entry("words", "40"),
                        Map.entry("seconds", "15"),
                        Map.entry("rounds", "3"),
                        Map.entry("exponent", "1"),
                        Map.entry("raw", "false")),
                "folder");
        Path path = ModelSource.parse(given.text("model")).fetch(Progress.NONE);
        List<Path> folders = write(path, Path.of(given.text("folder")), given);
        if (given.number("rounds") == 0) {
            return;
        }
        long bytes = 4 * PeftAdapter.read(folders.get(0)).parameterCount();
        try (LocalModel model = LocalModel.open(path, ModelOptions.defaults().withMaxBatch(given.number("callers")))) {
            AdapterPool pool = new AdapterPool(model, given.number("kept") * bytes);
            for (int i = 0; i < folders.size(); i++) {
                pool.register(String.valueOf(i), AdapterSource.folder(folders.get(i), PeftAdapter::read));
            }
            System.out.printf(
                    Locale.ROOT,
                    "%d adapters of %.1f MB, %d kept%n%n",
                    folders.size(),
                    bytes / 1e6,
                    given.number("kept"));
            new AdapterPoolTrial(model, pool, given).run(folders.size());
        }
    }

    private static List<Path> write(Path model, Path above, TrialArguments given) throws Exception {
        List<Path> folders = new ArrayList<>();
        try (Checkpoint base = Checkpoint.open(model)) {
            for (int i = 0; i < given.number("adapters"); i++) {
                Path folder = above.resolve("rank-" + given.number("rank")).resolve("adapter-" + i);
                if (!Files.exists(folder)) {
                    PeftFolder.write(folder, RandomLora.stored(base, given.number("rank"), i));
                }
                folders.add(folder);
            }
        }
        return folders;
    }

    private void run(int adapters) throws Exception {
        double[] shares = new double[adapters]; // of the adapters up to each
        double sum = 0;
        for (int i = 0; i < adapters; i++) {
            sum += Math.pow(i + 1, -given.decimal("exponent"));
            shares[i] = sum;
        }
        double all = sum;
        System.out.println(
                "| asked | tokens/s | answers | cold | loads | evictions | load p50, ms | first token, warm p50, s | p95"
                        + " | cold p50, s | p95 |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|");
        Random random = new Random(7);
        for (int i = 0; i < 4 * given.number("kept"); i++) { // the memory as it is after a while
            pool.use(String.valueOf(zipf(random, shares, all))).close();
        }
        measure("warm-up", each -> zipf(each, shares, all), 10);
        for (int round = 1; round <= given.number("rounds"); round++) {
            measure("one adapter", each -> 0, given.number("seconds"));
            measure("Zipf over " + adapters, each -> zipf(each, shares, all), given.number("seconds"));
        }
    }

    /** The adapter of the next request. */
    @FunctionalInterface
    private interface Choice {
        int next(Random random);
    }

    private static int zipf(Random random, double[] shares, double all) {
        double place = random.nextDouble() * all;
        int index = 0;
        while (index < shares.length - 1 && shares[index] <= place) {
            index++;
        }
        return index;
    }

    private void measure(String name, Choice choice, int seconds) throws Exception {
        AdapterPool.Counts before = pool.counts();
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(seconds);
        ExecutorService threads = Executors.newFixedThreadPool(given.number("callers"));
        List<Future<Seen>> running = new ArrayList<>();
        for (int i = 0; i < given.number("callers"); i++) {
            Random random = new Random(i + before.loads());
            running.add(threads.submit(() -> caller(random, choice, end)));
        }
        Seen seen = new Seen();
        for (Future<Seen> each : running) {
            seen.add(each.get());
        }
        threads.shutdown();
        double took = (System.nanoTime() - start) / 1e9;
        AdapterPool.Counts after = pool.counts();
        int answers = seen.warm.size() + seen.cold.size();
        System.out.printf(
                Locale.ROOT,
                "| %s | %.1f | %d | %.0f %% | %d | %d | %.0f | %.2f | %.2f | %.2f | %.2f |%n",
                name,
                seen.tokens / took,
                answers,
                100.0 * seen.cold.size() / answers,
                after.loads() - before.loads(),
                after.evictions() - before.evictions(),
                1000 * percentile(seen.loads, 0.5),
                percentile(seen.warm, 0.5),
                percentile(seen.warm, 0.95),
                percentile(seen.cold, 0.5),
                percentile(seen.cold, 0.95));
    }

    private Seen caller(Random random, Choice choice, long end) {
        Seen seen = new Seen();
        GenerationOptions options = GenerationOptions.defaults().withMaxTokens(given.number("tokens"));
        while (System.nanoTime() < end) {
            boolean raw = given.flag("raw");
            StringBuilder text = new StringBuilder(raw ? random.nextInt(1_000_000) + "." : "Go on with this story:");
            for (int i = 0; i < given.number("words"); i++) {
                text.append(' ').append(WORDS[random.nextInt(WORDS.length)]);
            }
            Request request = Request.of(text.toString()).withOptions(options).withRaw(raw);
            try (AdapterPool.Lease lease = pool.use(String.valueOf(choice.next(random)))) {
                Generation answer = model.generate(lease.on(request));
                double first =
                        lease.loadTime().plus(answer.timings().toFirstToken()).toNanos() / 1e9;
                (lease.cold() ? seen.cold : seen.warm).add(first);
                if (lease.cold()) {
                    seen.loads.add(lease.loadTime().toNanos() / 1e9);
                }
                seen.tokens += answer.usage().completionTokens();
            }
        }
        return seen;
    }

    private static double percentile(List<Double> values, double share) {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(share * (sorted.size() - 1))));
    }
}
