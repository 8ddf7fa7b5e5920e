package dev.llmadapt.benchmarks;

import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.peft.LocalModel;
import dev.llmadapt.peft.ModelOptions;
import dev.llmadapt.peft.ModelSource;
import dev.llmadapt.peft.Precision;
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
 * Choosing a label by its score, beside reading the same prompt alone: the zero-shot prompt of the pilot's own task, with
 * the labels named in it. Run from the root of the repository.
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

    /** How weights are multiplied. */
    @Param({"AS_STORED", "INT8"})
    public Precision precision;

    /** The task's description, of which the first labels are taken. */
    @Param("llm-adapt-pilot/tasks/pennywell/task.json")
    public String task;

    /** Labels to choose from. */
    @Param("15")
    public int labels;

    /** Whether the instructions have been read already, for the message before. */
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

    /** The prompt of the next message; its instructions begin otherwise each time where they must not have been read. */
    private Request prompt() {
        asked++;
        return described.prompt(instructionsRead ? "" : asked + ". ", asked);
    }

    /** Reading the prompt, as far as its first token. */
    @Benchmark
    public Generation read() {
        return base.generate(prompt().withOptions(GenerationOptions.defaults().withMaxTokens(1)));
    }

    /** Reading the prompt and scoring every label after it. */
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
