package dev.llmadapt.benchmarks;

import dev.llmadapt.Progress;
import dev.llmadapt.peft.ModelSource;
import dev.llmadapt.peft.Precision;
import dev.llmadapt.peft.adapter.AdapterEffect;
import dev.llmadapt.peft.adapter.AdapterMix;
import dev.llmadapt.peft.adapter.LowRank;
import dev.llmadapt.peft.adapter.ReadyAdapter;
import dev.llmadapt.peft.architecture.AdapterInputs;
import dev.llmadapt.peft.checkpoint.Checkpoint;
import dev.llmadapt.peft.checkpoint.WeightTensor;
import dev.llmadapt.peft.runtime.DecoderSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
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

/** One step of decoding with LoRA on every linear layer of every block: what adapters cost over the base alone. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init")
public class AdapterBenchmark {
    private static final int PROMPT = 128;

    /** What is loaded and used. */
    public enum Use {
        /** Nothing is loaded. */
        BASE,
        /** An adapter is loaded, no text uses it. */
        UNUSED,
        /** All texts use one adapter of rank 16. */
        ONE_RANK16,
        /** Each text uses an adapter of its own, of rank 8. */
        OWN_RANK8
    }

    /** See {@link Use}. */
    @Param
    public Use use;

    /** Texts that run together. */
    @Param({"1", "8", "32"})
    public int slots;

    private DecoderSession session;
    private List<AdapterMix> mixes;
    private int[] next;

    /** Opens the model and reads the prompts. */
    @Setup
    public void open() {
        Path model = ModelSource.parse("default").fetch(Progress.NONE);
        Checkpoint base = Checkpoint.open(model);
        mixes = new ArrayList<>(Collections.nCopies(slots, AdapterMix.NONE));
        ReadyAdapter adapter = random(base, use == Use.OWN_RANK8 ? 8 : 16, 0);
        for (int slot = 0; slot < slots && use.compareTo(Use.UNUSED) > 0; slot++) {
            ReadyAdapter own = use == Use.OWN_RANK8 && slot > 0 ? random(base, 8, slot) : adapter;
            mixes.set(slot, new AdapterMix(List.of(new AdapterMix.Part(own, 1))));
        }
        session = Sessions.open(model, Precision.AS_STORED, use == Use.BASE ? AdapterInputs.NONE : adapter.inputs());
        session.reserve(slots, PROMPT + 1);
        for (int slot = 0; slot < slots; slot++) {
            session.read(slot, Sessions.ids(PROMPT), 0, PROMPT, PROMPT - 1, mixes.get(slot));
        }
        next = new int[slots];
        Arrays.fill(next, 1000);
    }

    private static ReadyAdapter random(Checkpoint base, int rank, int seed) {
        Random random = new Random(seed);
        Map<String, LowRank> updates = new HashMap<>();
        base.tensors().forEach((name, weight) -> {
            if (name.endsWith("_proj.weight")) {
                updates.put(name.substring(0, name.lastIndexOf('.')), update(weight, rank, random));
            }
        });
        AdapterEffect effect =
                new AdapterEffect(updates, Map.of(), Map.of(), Map.of(), Map.of(), new float[0], new float[0], 0);
        return ReadyAdapter.of(
                "adapter-" + seed, effect, base, seed, base.config().vocabularySize());
    }

    private static LowRank update(WeightTensor weight, int rank, Random random) {
        float[] a = new float[rank * weight.rowLength()];
        float[] b = new float[weight.rows() * rank];
        for (float[] factor : new float[][] {a, b}) {
            for (int i = 0; i < factor.length; i++) {
                factor[i] = (float) (0.01 * random.nextGaussian());
            }
        }
        return new LowRank(weight.rowLength(), weight.rows(), rank, a, b, 1, Optional.empty(), Optional.empty());
    }

    /** A step. */
    @Benchmark
    public FloatBuffer step() {
        FloatBuffer logits = session.step(next, mixes);
        for (int slot = 0; slot < slots; slot++) {
            session.truncate(slot, PROMPT); // each step is the same work
        }
        return logits;
    }

    /** Closes the model. */
    @TearDown
    public void close() {
        session.close();
    }
}
