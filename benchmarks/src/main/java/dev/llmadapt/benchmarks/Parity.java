package dev.llmadapt.benchmarks;

import com.google.gson.Gson;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.decoding.Decoder;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.local.runtime.Logits;
import dev.llmadapt.local.source.ModelSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A program that writes this library's results for the default model, which {@code peers/parity.py} compares: token ids
 * of a text and of prompts, and for several precisions the text's perplexity and the prompts' greedy continuations.
 *
 * <p>Perplexity: the text is split into windows that do not overlap and begin with no special token; each token of a
 * window but its first is scored given all before it in the window. Greedy: the most likely token each time, also where
 * it would end an answer.
 */
final class Parity {
    private static final int WINDOW = 512;
    private static final int GREEDY_TOKENS = 30;
    /** The tokens of the text whose successors' probabilities are compared: two models at once take their time. */
    private static final int DIVERGENCE = 2 * WINDOW;

    private static final List<String> PROMPTS = List.of(
            "What is the capital of France?",
            "Write a haiku about the sea.",
            "Explain photosynthesis to a child.",
            "List three uses of a paper clip.",
            "Translate to Spanish: The cat sleeps on the sofa.",
            "What is 17 plus 25?",
            "Write a Python function that reverses a string.",
            "Who wrote Romeo and Juliet?",
            "Is the sentiment of 'I loved every minute of it' positive or negative?",
            "Summarize: The meeting was moved from Monday to Thursday because the room was being painted.",
            "Give me a recipe for pancakes.",
            "What causes the tides?",
            "Rewrite politely: Send me the report now.",
            "Name a mammal that lays eggs.",
            "Tell me a joke about computers.",
            "What does the SQL statement SELECT COUNT(*) FROM users return?",
            "Complete the proverb: A stitch in time",
            "How do I remove a coffee stain from a shirt?",
            "Was ist der Unterschied zwischen Wetter und Klima?",
            "Classify as spam or not spam: You have won a prize! Click here to claim it.");

    private Parity() {}

    /** The results that are written as JSON. */
    private record Report(int window, int[] text, List<int[]> prompts, List<Run> runs) {}

    /** A way to open the model. */
    private record Variant(String name, Supplier<DecoderSession> opener) {
        DecoderSession open() {
            return opener.get();
        }
    }

    private record Run(String precision, double perplexity, List<int[]> greedy) {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1 || arguments.length > 3) {
            throw new IllegalArgumentException("expected the JSON file to write, perhaps a model, and perhaps which"
                    + " precisions of it, got " + arguments.length + " arguments");
        }
        Path model = ModelSource.parse(arguments.length > 1 ? arguments[1] : "default")
                .fetch(Progress.NONE);
        int[] text;
        int[] calibration;
        List<int[]> prompts;
        try (Checkpoint checkpoint = Checkpoint.open(model);
                Decoder decoder =
                        new Decoder(Sessions.open(model, Precision.AS_STORED), checkpoint.tokenizer(), Set.of(), 1)) {
            text = decoder.textIds(resource(Parity.class, "public-domain.txt"));
            calibration = decoder.promptIds(Request.of(resource(LocalModel.class, "calibration.txt")));
            prompts = PROMPTS.stream()
                    .map(prompt -> decoder.promptIds(Request.of(prompt)))
                    .toList();
        }
        List<Variant> variants = new ArrayList<>();
        for (Precision precision : Precision.values()) {
            variants.add(new Variant(precision.name(), () -> Sessions.open(model, precision)));
        }
        for (Precision precision : List.of(Precision.FP32, Precision.AS_STORED)) {
            variants.add(
                    new Variant(precision + ", cache INT8", () -> Sessions.rounded(model, precision, calibration)));
        }
        if (arguments.length > 2) {
            List<String> wanted = List.of(arguments[2].split(","));
            if (!variants.stream().map(Variant::name).toList().containsAll(wanted)) {
                throw new IllegalArgumentException("expected some of "
                        + variants.stream().map(Variant::name).toList() + ", got " + wanted);
            }
            variants.removeIf(variant -> !wanted.contains(variant.name()));
        }
        List<Run> runs = new ArrayList<>();
        for (Variant variant : variants) {
            try (DecoderSession session = variant.open()) {
                session.reserve(1, WINDOW);
                List<int[]> greedy =
                        prompts.stream().map(prompt -> greedy(session, prompt)).toList();
                runs.add(new Run(variant.name(), perplexity(session, text), greedy));
            }
        }
        Files.writeString(Path.of(arguments[0]), new Gson().toJson(new Report(WINDOW, text, prompts, runs)));
        System.out.println("model: " + model);
        try (DecoderSession exact = Sessions.open(model, Precision.FP32)) {
            exact.reserve(1, WINDOW);
            for (Variant variant : variants) {
                if (!variant.name().equals(Precision.FP32.name())) {
                    try (DecoderSession session = variant.open()) {
                        session.reserve(1, WINDOW);
                        System.out.println(variant.name() + " "
                                + divergence(exact, session, Arrays.copyOf(text, Math.min(text.length, DIVERGENCE))));
                    }
                }
            }
        }
        System.out.println("tokens of the text: " + text.length);
        runs.forEach(run -> System.out.println(run.precision() + " perplexity: " + run.perplexity()));
    }

    private static double perplexity(DecoderSession session, int[] text) {
        double negativeLogLikelihood = 0;
        int scored = 0;
        for (int from = 0; from < text.length; from += WINDOW) {
            int[] window = Arrays.copyOfRange(text, from, Math.min(text.length, from + WINDOW));
            session.truncate(0, 0);
            Logits logits = session.read(0, window, 0, window.length, 0);
            float[] row = new float[session.vocabularySize()];
            for (int i = 0; i + 1 < window.length; i++) {
                logits.get(i * row.length, row);
                negativeLogLikelihood -= logProbability(row, window[i + 1]);
                scored++;
            }
        }
        return Math.exp(negativeLogLikelihood / scored);
    }

    /** How far the next tokens' probabilities are from those in 32 bits, and how often the likeliest is the same. */
    private static String divergence(DecoderSession exact, DecoderSession session, int[] text) {
        double divergence = 0;
        int same = 0;
        int scored = 0;
        float[] expected = new float[session.vocabularySize()];
        float[] got = new float[session.vocabularySize()];
        for (int from = 0; from < text.length; from += WINDOW) {
            int[] window = Arrays.copyOfRange(text, from, Math.min(text.length, from + WINDOW));
            exact.truncate(0, 0);
            session.truncate(0, 0);
            Logits reference = exact.read(0, window, 0, window.length, 0);
            Logits logits = session.read(0, window, 0, window.length, 0);
            for (int i = 0; i < window.length; i++) {
                reference.get(i * expected.length, expected);
                logits.get(i * got.length, got);
                double sumExpected = logSum(expected);
                double sumGot = logSum(got);
                int best = 0;
                int bestGot = 0;
                for (int id = 0; id < got.length; id++) {
                    double log = expected[id] - sumExpected;
                    divergence += Math.exp(log) * (log - got[id] + sumGot);
                    best = expected[id] > expected[best] ? id : best;
                    bestGot = got[id] > got[bestGot] ? id : bestGot;
                }
                same += best == bestGot ? 1 : 0;
                scored++;
            }
        }
        return String.format(
                Locale.ROOT,
                "divergence from FP32: %.5f, the likeliest token is the same: %.3f",
                divergence / scored,
                (double) same / scored);
    }

    private static double logProbability(float[] logits, int id) {
        return logits[id] - logSum(logits);
    }

    private static double logSum(float[] logits) {
        double most = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            most = Math.max(most, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - most);
        }
        return most + Math.log(sum);
    }

    private static int[] greedy(DecoderSession session, int[] prompt) {
        session.truncate(0, 0);
        Logits logits = session.read(0, prompt, 0, prompt.length, prompt.length - 1);
        int[] ids = new int[GREEDY_TOKENS];
        for (int i = 0; i < GREEDY_TOKENS; i++) {
            ids[i] = Sessions.mostLikely(logits, session.vocabularySize());
            if (i + 1 < GREEDY_TOKENS) {
                logits = session.step(new int[] {ids[i]});
            }
        }
        return ids;
    }

    private static String resource(Class<?> beside, String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(beside.getResourceAsStream(name), name + " is not on the class path")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }
}
