package dev.llmadapt.benchmarks;

import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.local.runtime.Logits;
import dev.llmadapt.local.source.ModelSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

/** One step of decoding with LoRA on every linear layer of every block, to compare with the base model alone. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init")
public class AdapterBenchmark {
    private static final int PROMPT = 128;
    private static final String NONE = "none";
    private static final String UNUSED = "unused";

    /** A source as {@link ModelSource#parse} reads it. */
    @Param("default")
    public String model;

    /**
     * The loaded adapters: {@code none}; {@code unused}, an adapter that no sequence uses; or a number of adapters,
     * which the sequences use in turn, and their rank, such as {@code 8x16}. The engine chooses for the batch how they
     * are laid out, side by side or gathered.
     */
    @Param({NONE, UNUSED, "1x16", "8x8"})
    public String adapters;

    /** The number of sequences in the batch; if there are more adapters, the last are not used. */
    @Param({"1", "8", "32", "64"})
    public int slots;

    private DecoderSession session;
    private List<AdapterMix> mixes;
    private int[] next;

    /** Opens the model and reads the prompts. */
    @Setup
    public void open() {
        Path path = ModelSource.parse(model).fetch(Progress.NONE);
        mixes = new ArrayList<>();
        AdapterInputs inputs = AdapterInputs.NONE;
        try (Checkpoint base = Checkpoint.open(path)) {
            boolean used = !adapters.equals(NONE) && !adapters.equals(UNUSED);
            String numbers = used ? adapters : "1x16";
            int times = numbers.indexOf('x');
            int count = Integer.parseInt(numbers.substring(0, times));
            int rank = Integer.parseInt(numbers.substring(times + 1));
            List<AdapterMix> own = new ArrayList<>();
            for (int i = 0; i < Math.min(count, slots); i++) {
                PreparedAdapter adapter = RandomLora.ready(base, rank, i);
                inputs = adapters.equals(NONE) ? inputs : inputs.plus(adapter.inputs());
                own.add(new AdapterMix(List.of(new AdapterMix.Part(adapter, 1))));
            }
            for (int slot = 0; slot < slots; slot++) {
                mixes.add(used ? own.get(slot % own.size()) : AdapterMix.NONE);
            }
        }
        session = Sessions.open(path, Precision.AS_STORED, inputs);
        session.reserve(slots, PROMPT + 1);
        for (int slot = 0; slot < slots; slot++) {
            session.read(slot, Sessions.ids(PROMPT), 0, PROMPT, PROMPT - 1, mixes.get(slot));
        }
        next = new int[slots];
        Arrays.fill(next, 1000);
    }

    /** Decodes one token of each sequence. */
    @Benchmark
    public Logits step() {
        Logits logits = session.step(next, mixes);
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
