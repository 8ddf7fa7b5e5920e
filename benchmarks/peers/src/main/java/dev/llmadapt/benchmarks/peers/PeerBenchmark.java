package dev.llmadapt.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The time that engines take for equal work; {@code benchmarks/peers.sh} has the options. The system properties
 * {@code gguf} and {@code jlama} name the model in its two formats.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 2, time = 700, timeUnit = TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init")
public class PeerBenchmark {
    private static final int TOKENS = 32;
    private static final int PROMPT_WORDS = 100; // about 128 tokens with those of the chat template
    private static final int READ_WORDS = 228; // about 256

    /** The name of an {@link Engine.Kind}. */
    @Param({"LLM_ADAPT", "LLM_ADAPT_INT8", "KHERUD", "JLAMA"})
    public String engine;

    /** The number of sequences in the batch. */
    @Param({"1", "4", "8", "16"})
    public int sequences;

    private Engine opened;
    private String[] prompts;
    private int read;

    static Engine open(String engine, int sequences) throws IOException {
        return Engine.Kind.of(engine).open(path("gguf"), path("jlama"), sequences);
    }

    private static Path path(String property) {
        String path = System.getProperty(property);
        if (path == null) {
            throw new IllegalArgumentException(
                    "the property " + property + " is not set; benchmarks/peers.sh sets it to the model's path");
        }
        return Path.of(path);
    }

    /** Opens the model. */
    @Setup
    public void open() throws IOException {
        opened = open(engine, sequences);
        prompts = IntStream.range(0, sequences)
                .mapToObj(number -> Prompts.chat(Prompts.text(number, PROMPT_WORDS)))
                .toArray(String[]::new);
    }

    /** Decodes a token of each sequence, one of {@value #TOKENS} in an answer to a prompt that has been read before. */
    @Benchmark
    @OperationsPerInvocation(TOKENS)
    public void decode() {
        opened.answer(prompts, TOKENS);
    }

    /** Reads a prompt of about 256 tokens and computes the first token of its answer. */
    @Benchmark
    public void read() {
        opened.read(Prompts.chat(Prompts.text(1000 + read++, READ_WORDS)));
    }

    /** Encodes a text of about 200 tokens. */
    @Benchmark
    public int[] encode() {
        return opened.encode(Prompts.text(1, 200));
    }

    /** Closes the model. */
    @TearDown
    public void close() {
        opened.close();
    }
}
