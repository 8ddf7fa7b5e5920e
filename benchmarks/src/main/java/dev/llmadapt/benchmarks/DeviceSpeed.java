package dev.llmadapt.benchmarks;

import dev.llmadapt.DataType;
import dev.llmadapt.Device;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.architecture.DecoderGraph;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.local.runtime.Execution;
import dev.llmadapt.local.runtime.Logits;
import dev.llmadapt.local.runtime.TextSession;
import dev.llmadapt.local.source.ModelSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A program that measures decoding and reading on devices and writes a table. Arguments: MODEL and rows
 * DEVICE/PRECISION, such as {@code cuda:0:fp16/AS_STORED}. Each row is compared with the first: the number of equal
 * tokens at the beginning of a greedy answer, and the distance of a prompt's logits.
 */
final class DeviceSpeed {
    private static final int[] SEQUENCES = {1, 8, 32, 128};
    private static final int[] READS = {256, 1000};
    private static final int STEPS = 64;
    private static final int ROUNDS = 5;

    private DeviceSpeed() {}

    public static void main(String[] arguments) {
        Path model = ModelSource.parse(arguments[0]).fetch(Progress.NONE);
        System.out.println(
                "| device | weights | open, s | tokens/s of 1, 8, 32, 128 sequences | ms to read 256, 1000 tokens"
                        + " | first tokens alike | logits' distance |");
        System.out.println("|---|---|---|---|---|---|---|");
        int[] firstAnswer = {};
        float[] firstLogits = {};
        for (String line : Arrays.asList(arguments).subList(1, arguments.length)) {
            Device device = Device.of(line.substring(0, line.indexOf('/')));
            Precision precision = Precision.valueOf(line.substring(line.indexOf('/') + 1));
            long start = System.nanoTime();
            try (TextSession session = open(model, device, precision)) {
                double opened = (System.nanoTime() - start) / 1e9;
                float[] logits = logits(session);
                int[] answer = greedy(session);
                if (firstAnswer.length == 0) {
                    firstAnswer = answer;
                    firstLogits = logits;
                }
                List<String> decode = new ArrayList<>();
                for (int sequences : device.equals(Device.CPU) ? new int[] {1, 8} : SEQUENCES) {
                    decode.add(decode(session, sequences));
                }
                List<String> read = new ArrayList<>();
                for (int tokens : READS) {
                    read.add(read(session, tokens));
                }
                int alike = Arrays.mismatch(answer, firstAnswer);
                System.out.println(String.format(
                        Locale.ROOT,
                        "| %s | %s | %.1f | %s | %s | %d of %d | %.4f |",
                        device,
                        precision,
                        opened,
                        String.join("; ", decode),
                        String.join("; ", read),
                        alike < 0 ? answer.length : alike,
                        answer.length,
                        distance(logits, firstLogits)));
            }
        }
    }

    private static TextSession open(Path model, Device device, Precision precision) {
        ElementType dtype = !(device instanceof Device.Cuda cuda)
                ? ElementType.FLOAT
                : cuda.dtype() == DataType.F16 ? ElementType.FLOAT16 : ElementType.BFLOAT16;
        Execution execution = Execution.of(Sessions.THREADS).withDevice(device);
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            DecoderGraph graph = Architecture.of(checkpoint)
                    .graph(checkpoint, precision, dtype, Sessions.CONTEXT, AdapterInputs.NONE);
            return DecoderSession.open(graph, execution);
        }
    }

    private static float[] logits(TextSession session) {
        int[] ids = Sessions.ids(64);
        session.reserve(1, 256);
        session.truncate(0, 0);
        float[] row = new float[session.vocabularySize()];
        session.read(0, ids, 0, ids.length, ids.length - 1).get(0, row);
        return row;
    }

    private static int[] greedy(TextSession session) {
        int[] ids = Sessions.ids(64);
        session.truncate(0, 0);
        int[] answer = new int[STEPS];
        Logits logits = session.read(0, ids, 0, ids.length, ids.length - 1);
        for (int i = 0; i < STEPS; i++) {
            answer[i] = Sessions.mostLikely(logits, session.vocabularySize());
            logits = session.step(new int[] {answer[i]});
        }
        return answer;
    }

    /** The tokens per second after prompts of 128 tokens: median, minimum and maximum of the rounds. */
    private static String decode(TextSession session, int sequences) {
        session.reserve(sequences, 256);
        int[] prompt = Sessions.ids(128);
        int[] ids = new int[sequences];
        Arrays.fill(ids, 1000);
        double[] speeds = new double[ROUNDS];
        for (int round = -1; round < ROUNDS; round++) { // the first warms up
            for (int slot = 0; slot < sequences; slot++) {
                session.truncate(slot, 0);
                session.read(slot, prompt, 0, prompt.length, prompt.length - 1);
            }
            long start = System.nanoTime();
            for (int step = 0; step < STEPS; step++) {
                ids[0] = Sessions.mostLikely(session.step(ids), session.vocabularySize());
            }
            speeds[Math.max(round, 0)] = sequences * STEPS / ((System.nanoTime() - start) / 1e9);
        }
        Arrays.sort(speeds);
        return String.format(Locale.ROOT, "%.0f (%.0f to %.0f)", speeds[ROUNDS / 2], speeds[0], speeds[ROUNDS - 1]);
    }

    private static String read(TextSession session, int tokens) {
        session.reserve(1, Sessions.CONTEXT);
        int[] ids = Sessions.ids(tokens);
        double[] millis = new double[ROUNDS];
        for (int round = -1; round < ROUNDS; round++) {
            session.truncate(0, 0);
            long start = System.nanoTime();
            session.read(0, ids, 0, tokens, tokens - 1);
            millis[Math.max(round, 0)] = (System.nanoTime() - start) / 1e6;
        }
        Arrays.sort(millis);
        return String.format(Locale.ROOT, "%.1f (%.1f to %.1f)", millis[ROUNDS / 2], millis[0], millis[ROUNDS - 1]);
    }

    private static double distance(float[] actual, float[] expected) {
        double error = 0;
        double size = 0;
        for (int i = 0; i < actual.length; i++) {
            error += Math.pow(actual[i] - expected[i], 2);
            size += Math.pow(expected[i], 2);
        }
        return Math.sqrt(error / size);
    }
}
