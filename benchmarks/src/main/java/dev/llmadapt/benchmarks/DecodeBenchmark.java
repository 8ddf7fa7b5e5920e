package dev.llmadapt.benchmarks;

import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.local.runtime.Logits;
import dev.llmadapt.local.source.ModelSource;
import java.util.Arrays;
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

/** One step of decoding: the 129th token of each sequence of a batch. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init")
public class DecodeBenchmark {
    private static final int PROMPT = 128;

    /** A source as {@link ModelSource#parse} reads it. */
    @Param("default")
    public String model;

    /** The precision of the weights. */
    @Param({"AS_STORED", "INT8"})
    public Precision precision;

    /** The number of sequences in the batch. */
    @Param({"1", "4", "8", "16"})
    public int slots;

    private DecoderSession session;
    private int[] next;

    /** Opens the model and reads the prompts. */
    @Setup
    public void open() {
        session = Sessions.open(ModelSource.parse(model).fetch(Progress.NONE), precision);
        session.reserve(slots, PROMPT + 1);
        for (int slot = 0; slot < slots; slot++) {
            session.read(slot, Sessions.ids(PROMPT), 0, PROMPT, PROMPT - 1);
        }
        next = new int[slots];
        Arrays.fill(next, 1000);
    }

    /** Decodes one token of each sequence. */
    @Benchmark
    public Logits step() {
        Logits logits = session.step(next);
        for (int slot = 0; slot < slots; slot++) {
            session.truncate(slot, PROMPT); // so that each step does equal work
        }
        return logits;
    }

    /** Closes the model. */
    @TearDown
    public void close() {
        session.close();
    }
}
