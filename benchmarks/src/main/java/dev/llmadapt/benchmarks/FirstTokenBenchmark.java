package dev.llmadapt.benchmarks;

import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.TokenListener;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import java.nio.file.Path;
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
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The time from a path to the first token, in a fresh Java process with the model file in the file cache: the wait of a
 * program that answers one question, without the start of Java.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(5)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@SuppressWarnings("NullAway.Init")
public class FirstTokenBenchmark {
    /** A source as {@link ModelSource#parse} reads it. */
    @Param("default")
    public String model;

    /** The precision of the weights. */
    @Param({"AS_STORED", "INT8"})
    public Precision precision;

    private Path path;
    private LocalModel opened;

    /** Fetches the file. */
    @Setup
    public void fetch() {
        path = ModelSource.parse(model).fetch(Progress.NONE);
    }

    /** Opens the model and answers with one token. */
    @Benchmark
    public Generation openAndAnswer() {
        opened = LocalModel.open(path, ModelOptions.defaults().withPrecision(precision));
        return opened.stream(
                Request.of("What is the capital of France?")
                        .withOptions(GenerationOptions.defaults().withMaxTokens(1)),
                TokenListener.NONE);
    }

    /** Closes the model, outside the measurement. */
    @TearDown(Level.Iteration)
    public void close() {
        opened.close();
    }
}
