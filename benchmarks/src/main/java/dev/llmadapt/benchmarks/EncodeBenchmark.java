package dev.llmadapt.benchmarks;

import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.decoding.Decoder;
import dev.llmadapt.local.source.ModelSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Encoding of text to token ids: a conversation through the chat template, and the plain text of {@link Parity}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init")
public class EncodeBenchmark {
    /** A source as {@link ModelSource#parse} reads it. */
    @Param("default")
    public String model;

    private Decoder decoder;
    private String text;

    /** Opens the model. */
    @Setup
    public void open() throws IOException {
        Path path = ModelSource.parse(model).fetch(Progress.NONE);
        try (Checkpoint checkpoint = Checkpoint.open(path);
                InputStream in = Objects.requireNonNull(
                        Parity.class.getResourceAsStream("public-domain.txt"), "public-domain.txt")) {
            decoder = new Decoder(Sessions.open(path, Precision.AS_STORED), checkpoint.tokenizer(), Set.of(), 1);
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Encodes a short conversation. */
    @Benchmark
    public int[] conversation() {
        return decoder.promptIds(Request.of("What is the capital of France?"));
    }

    /** Encodes the whole text. */
    @Benchmark
    public int[] text() {
        return decoder.textIds(text);
    }

    /** Closes the model. */
    @TearDown
    public void close() {
        decoder.close();
    }
}
