package dev.llmadapt.benchmarks;

import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import java.io.IOException;
import java.nio.file.Path;
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

/**
 * The choice of a label by its score, compared with reading its prompt alone: the zero-shot prompt of the pilot's own
 * task, with the labels named in it. Run it from the root of the repository.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init")
public class ScoreBenchmark {
    /** A source as {@link ModelSource#parse} reads it. */
    @Param("default")
    public String model;

    /** The precision of the weights. */
    @Param({"AS_STORED", "INT8"})
    public Precision precision;

    /** The file of the task, of which the first labels are used. */
    @Param("llm-adapt-pilot/tasks/pennywell/task.json")
    public String task;

    /** The number of labels to choose from. */
    @Param("15")
    public int labels;

    /** Whether the instructions are in the cache already, from the message before. */
    @Param({"false", "true"})
    public boolean instructionsRead;

    private LocalModel base;
    private LabelTask described;
    private int asked;

    /** Opens the model. */
    @Setup
    public void open() throws IOException {
        base = LocalModel.open(
                ModelSource.parse(model).fetch(Progress.NONE),
                ModelOptions.defaults().withThreads(Sessions.THREADS).withPrecision(precision));
        described = LabelTask.read(Path.of(task), labels);
    }

    /**
     * The prompt of the next message; its instructions begin differently each time if they must not be in the cache.
     */
    private Request prompt() {
        asked++;
        return described.prompt(instructionsRead ? "" : asked + ". ", asked);
    }

    /** Reads the prompt and answers with one token. */
    @Benchmark
    public Generation read() {
        return base.generate(prompt().withOptions(GenerationOptions.defaults().withMaxTokens(1)));
    }

    /** Reads the prompt and scores every label after it. */
    @Benchmark
    public Scores score() {
        return base.score(prompt(), described.labels());
    }

    /** Closes the model. */
    @TearDown
    public void close() {
        base.close();
    }
}
