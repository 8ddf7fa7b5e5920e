package dev.llmadapt.benchmarks;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.peft.PeftAdapter;
import dev.llmadapt.peft.folder.PeftFolder;
import java.io.IOException;
import java.nio.file.Files;
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

/** The loading of an adapter, LoRA on every linear layer of every block, from its folder. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(2)
@Warmup(iterations = 3)
@Measurement(iterations = 10)
@SuppressWarnings("NullAway.Init")
public class AdapterLoadBenchmark {
    private static final String NEW = "new";

    /** A source as {@link ModelSource#parse} reads it. */
    @Param("default")
    public String model;

    /** The rank of the adapter. */
    @Param({"8", "16", "64"})
    public int rank;

    /** Whether an adapter of the same modules is loaded before; if not, the engine's session is built again. */
    @Param({"true", "false"})
    public boolean another;

    private Path folder;
    private LocalModel opened;

    /** Writes the adapter and opens the model. */
    @Setup
    public void open() throws IOException {
        Path path = ModelSource.parse(model).fetch(Progress.NONE);
        folder = Files.createTempDirectory("llm-adapt-benchmark");
        try (Checkpoint base = Checkpoint.open(path)) {
            PeftFolder.write(folder, RandomLora.stored(base, rank, 0));
        }
        opened = LocalModel.open(path, ModelOptions.defaults());
        if (another) {
            opened.loadAdapter(PeftAdapter.read(folder).named("another"));
        }
    }

    /** Loads the adapter until a request can name it. */
    @Benchmark
    public void load() {
        opened.loadAdapter(PeftAdapter.read(folder).named(NEW));
    }

    /** Loads the adapter and answers with one token. */
    @Benchmark
    public Object loadAndAnswer() {
        load();
        return opened.generate(Request.of("Hello")
                .withAdapter(NEW)
                .withOptions(GenerationOptions.defaults().withMaxTokens(1)));
    }

    /** Unloads the adapter, so that the next invocation loads it again. */
    @TearDown(Level.Invocation)
    public void unload() {
        opened.unloadAdapter(NEW);
    }

    /** Closes the model and deletes the adapter. */
    @TearDown
    public void close() throws IOException {
        opened.close();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
