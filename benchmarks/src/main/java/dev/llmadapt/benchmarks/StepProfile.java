package dev.llmadapt.benchmarks;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.architecture.DecoderGraph;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.graph.ExternalWeight;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.local.runtime.Execution;
import dev.llmadapt.local.source.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A program that profiles a step of decoding and writes Markdown: the share that the machine needs to read the weights
 * from memory once, and the time of each kind of operator by the engine's own profile. Arguments: PRECISION SLOTS
 * [MODEL], the model as {@code --model} takes it.
 */
final class StepProfile {
    private static final int PROMPT = 128;
    private static final int WARM_UP = 20;
    private static final int STEPS = 60;

    private StepProfile() {}

    /** The time of one kind of operator in a step. */
    private record Share(double milliseconds, int nodes) {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 2 && arguments.length != 3) {
            throw new IllegalArgumentException(
                    "expected two or three arguments, PRECISION SLOTS [MODEL], got " + arguments.length);
        }
        Precision precision = Precision.valueOf(arguments[0]);
        int slots = Integer.parseInt(arguments[1]);
        Path model = ModelSource.parse(arguments.length > 2 ? arguments[2] : "default")
                .fetch(Progress.NONE);
        Path folder = Files.createTempDirectory("profile");
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            double bandwidth = Bandwidth.gigabytesPerSecond(Sessions.THREADS);
            DecoderGraph graph =
                    Architecture.of(checkpoint).graph(checkpoint, precision, Sessions.CONTEXT, AdapterInputs.NONE);
            double bytes = weightBytes(graph);
            double plain = median(time(graph, Execution.of(Sessions.THREADS), slots));
            double yielding = median(time(graph, Execution.of(Sessions.THREADS).withSpinning(false), slots));
            double[] profiled = time(graph, Execution.of(Sessions.THREADS).withProfile(folder.resolve("step")), slots);
            print(precision, slots, bandwidth, bytes, plain, yielding, operators(folder));
            System.out.printf(Locale.ROOT, "%nWith the profile running a step takes %.2f ms.%n", median(profiled));
        } finally {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    /** The bytes of weights that a step reads: all but the tables of rotary positions, of which it reads a row. */
    private static double weightBytes(DecoderGraph graph) {
        return graph.model().weights().stream()
                .filter(weight ->
                        !weight.name().endsWith(".cos") && !weight.name().endsWith(".sin"))
                .mapToLong(ExternalWeight::bytes)
                .sum();
    }

    /** Measures the milliseconds of several steps after a prompt. */
    private static double[] time(DecoderGraph graph, Execution execution, int slots) {
        double[] milliseconds = new double[STEPS];
        try (DecoderSession session = DecoderSession.open(graph, execution)) {
            session.reserve(slots, PROMPT + 1);
            for (int slot = 0; slot < slots; slot++) {
                session.read(slot, Sessions.ids(PROMPT), 0, PROMPT, PROMPT - 1);
            }
            int[] next = new int[slots];
            Arrays.fill(next, 1000);
            for (int step = -WARM_UP; step < STEPS; step++) {
                long start = System.nanoTime();
                session.step(next);
                if (step >= 0) {
                    milliseconds[step] = (System.nanoTime() - start) / 1e6;
                }
                for (int slot = 0; slot < slots; slot++) {
                    session.truncate(slot, PROMPT); // so that each step does equal work
                }
            }
        }
        return milliseconds;
    }

    /** Reads the engine's profile: the median time of each kind of operator over the last runs. */
    private static Map<String, Share> operators(Path folder) throws IOException {
        Path file;
        try (Stream<Path> files = Files.list(folder)) {
            file = files.findFirst().orElseThrow(() -> new IOException("the engine wrote no profile to " + folder));
        }
        List<Map<String, double[]>> runs = new ArrayList<>();
        Map<String, double[]> run = new TreeMap<>();
        List<JsonObject> events = JsonParser.parseString(Files.readString(file)).getAsJsonArray().asList().stream()
                .map(JsonElement::getAsJsonObject)
                .filter(event -> event.has("ts") && event.has("args"))
                .sorted(Comparator.comparingDouble(StepProfile::end))
                .toList();
        for (JsonObject event : events) {
            String name = event.get("name").getAsString();
            double milliseconds = event.get("dur").getAsDouble() / 1e3;
            if (name.endsWith("_kernel_time")) {
                String kind = event.getAsJsonObject("args").get("op_name").getAsString();
                double[] sum = run.computeIfAbsent(kind, key -> new double[2]);
                sum[0] += milliseconds;
                sum[1]++;
            } else if (name.equals("model_run")) {
                run.put("the run as a whole", new double[] {milliseconds, 1});
                runs.add(run);
                run = new TreeMap<>();
            }
        }
        List<Map<String, double[]>> last = runs.subList(runs.size() - STEPS, runs.size());
        Map<String, Share> shares = new TreeMap<>();
        for (String kind : last.get(0).keySet()) {
            double[] times = last.stream()
                    .mapToDouble(each -> each.getOrDefault(kind, new double[2])[0])
                    .toArray();
            shares.put(kind, new Share(median(times), (int) last.get(0).getOrDefault(kind, new double[2])[1]));
        }
        return shares;
    }

    private static double end(JsonObject event) {
        return event.get("ts").getAsDouble() + event.get("dur").getAsDouble();
    }

    private static void print(
            Precision precision,
            int slots,
            double bandwidth,
            double bytes,
            double plain,
            double yielding,
            Map<String, Share> operators) {
        double reading = bytes / bandwidth / 1e6;
        System.out.printf(
                Locale.ROOT,
                "%s, %d sequences: a step takes %.2f ms (%.2f ms without spinning). Weights of %.1f MB at %.1f GB/s,"
                        + " which %d threads read in a loop, are %.2f ms of it, %.0f%%.%n%n",
                precision,
                slots,
                plain,
                yielding,
                bytes / 1e6,
                bandwidth,
                Sessions.THREADS,
                reading,
                100 * reading / plain);
        System.out.println("| operator | a step has | ms a step |");
        System.out.println("|---|---|---|");
        operators.entrySet().stream()
                .sorted(Comparator.comparingDouble(entry -> -entry.getValue().milliseconds()))
                .forEach(entry -> System.out.printf(
                        Locale.ROOT,
                        "| %s | %d | %.2f |%n",
                        entry.getKey(),
                        entry.getValue().nodes(),
                        entry.getValue().milliseconds()));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
