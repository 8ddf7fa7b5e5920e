package dev.llmadapt.benchmarks.peers;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The time from a path to the first token of an answer, in a fresh process with the file in the file cache. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@SuppressWarnings("NullAway.Init")
public class LoadBenchmark {
    /** The name of an {@link Engine.Kind}. */
    @Param({"LLM_ADAPT", "LLM_ADAPT_INT8", "KHERUD", "JLAMA"})
    public String engine;

    private Engine opened;

    /** Opens the model and answers with one token. */
    @Benchmark
    public void load() throws IOException {
        opened = PeerBenchmark.open(engine, 1);
        opened.read(Prompts.chat("What is the capital of France?"));
    }

    /** Closes the model, outside the measurement. */
    @TearDown(Level.Iteration)
    public void close() {
        opened.close();
    }
}
