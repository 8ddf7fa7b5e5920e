package dev.llmadapt.peft.training;

import dev.llmadapt.AdapterException;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.peft.folder.StoredAdapter;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where numbers begin: those of an adapter that is trained on, else what a method draws or computes. */
final class Initial {
    private final @Nullable StoredAdapter adapter;
    private final long seed;
    private int drawn;

    Initial(@Nullable StoredAdapter adapter, long seed) {
        this.adapter = adapter;
        this.seed = seed;
    }

    /** The adapter's tensor of a name, or something else if there is no adapter. */
    Consumer<FloatBuffer> of(String name, Consumer<FloatBuffer> otherwise) {
        if (adapter == null) {
            return otherwise;
        }
        WeightTensor stored = adapter.tensors().get(name);
        if (stored == null) {
            throw new AdapterException("cannot train on: the adapter to begin with has no tensor " + name);
        }
        return target -> {
            float[] values = stored.toFloats();
            if (values.length != target.remaining()) {
                throw new AdapterException("cannot train on: the tensor " + name + " of the adapter to begin with has "
                        + values.length + " numbers, expected " + target.remaining());
            }
            target.put(values);
        };
    }

    /** One number everywhere. */
    static Consumer<FloatBuffer> constant(float number) {
        return target -> {
            float[] values = new float[target.remaining()];
            Arrays.fill(values, number);
            target.put(values);
        };
    }

    /** Numbers between minus a bound and the bound, each as likely. */
    Consumer<FloatBuffer> uniform(double bound) {
        long own = seed();
        return target -> {
            Random random = new Random(own);
            while (target.hasRemaining()) {
                target.put((float) ((2 * random.nextDouble() - 1) * bound));
            }
        };
    }

    /** Numbers of a normal distribution around 0. */
    Consumer<FloatBuffer> normal(double deviation) {
        long own = seed();
        return target -> {
            Random random = new Random(own);
            while (target.hasRemaining()) {
                target.put((float) (random.nextGaussian() * deviation));
            }
        };
    }

    /** A seed of its own for each tensor, so that none depends on how large others are. */
    private long seed() {
        return seed * 0x9e3779b97f4a7c15L + drawn++;
    }
}
