package dev.llmadapt.benchmarks;

import dev.llmadapt.Precision;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.local.runtime.Logits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * A program that measures on request, so that another engine can be measured in turn on the same machine. For each line
 * on standard input, the name of a {@link Precision}, it writes a line {@code read-ms decode-ms-per-token} on standard
 * output: the time to read 256 tokens, and the mean of 32 greedy tokens after a prompt of 128.
 */
final class Speed {
    private static final int READ = 256;
    private static final int PROMPT = 128;
    private static final int TOKENS = 32;

    private Speed() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            throw new IllegalArgumentException("expected one argument, the model file, got " + arguments.length);
        }
        Map<Precision, DecoderSession> sessions = new EnumMap<>(Precision.class);
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                DecoderSession session = sessions.computeIfAbsent(
                        Precision.valueOf(line.strip()), precision -> Sessions.open(Path.of(arguments[0]), precision));
                session.reserve(1, READ);
                System.out.println(String.format(Locale.ROOT, "%.3f %.3f", readMillis(session), decodeMillis(session)));
            }
        } finally {
            sessions.values().forEach(DecoderSession::close);
        }
    }

    private static double readMillis(DecoderSession session) {
        int[] ids = Sessions.ids(READ);
        session.truncate(0, 0);
        long start = System.nanoTime();
        Sessions.mostLikely(session.read(0, ids, 0, READ, READ - 1), session.vocabularySize());
        return (System.nanoTime() - start) / 1e6;
    }

    private static double decodeMillis(DecoderSession session) {
        session.truncate(0, 0);
        Logits logits = session.read(0, Sessions.ids(PROMPT), 0, PROMPT, PROMPT - 1);
        int id = Sessions.mostLikely(logits, session.vocabularySize());
        long start = System.nanoTime();
        for (int i = 0; i < TOKENS; i++) {
            id = Sessions.mostLikely(session.step(new int[] {id}), session.vocabularySize());
        }
        return (System.nanoTime() - start) / 1e6 / TOKENS;
    }
}
