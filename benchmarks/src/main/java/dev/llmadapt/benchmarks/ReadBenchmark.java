package dev.llmadapt.benchmarks;

import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.local.runtime.Logits;
import dev.llmadapt.local.source.ModelSource;
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

/** Reading of a prompt of 256 tokens, with logits of the last token only. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init")
public class ReadBenchmark {
    private static final int PROMPT = 256;

    /** A source as {@link ModelSource#parse} reads it. */
    @Param("default")
    public String model;

    /** The precision of the weights. */
    @Param({"AS_STORED", "INT8"})
    public Precision precision;

    private final int[] prompt = Sessions.ids(PROMPT);
    private DecoderSession session;

    /** Opens the model. */
    @Setup
    public void open() {
        session = Sessions.open(ModelSource.parse(model).fetch(Progress.NONE), precision);
        session.reserve(1, PROMPT);
    }

    /** Reads the prompt. */
    @Benchmark
    public Logits read() {
        session.truncate(0, 0);
        return session.read(0, prompt, 0, PROMPT, PROMPT - 1);
    }

    /** Closes the model. */
    @TearDown
    public void close() {
        session.close();
    }
}
