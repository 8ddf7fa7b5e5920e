package dev.llmadapt.peft;

import dev.llmadapt.Adapter;
import dev.llmadapt.peft.adapter.Composition;
import dev.llmadapt.peft.adapter.StoredAdapter;
import dev.llmadapt.peft.checkpoint.WeightTensor;
import java.util.List;
import java.util.Objects;

/**
 * An adapter of Hugging Face PEFT: read from a folder, written to one, combined with others, merged into a checkpoint, or
 * loaded into a {@link LocalModel}. Immutable and thread-safe. Its numbers may be mapped from its file, which must then
 * stay unchanged while it is in use.
 */
public final class PeftAdapter implements Adapter {
    private final String name;
    private final StoredAdapter stored;

    PeftAdapter(String name, StoredAdapter stored) {
        this.name = Objects.requireNonNull(name, "name");
        this.stored = stored;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Method method() {
        return stored.config().method();
    }

    @Override
    public long parameterCount() {
        return stored.tensors().values().stream().mapToLong(WeightTensor::size).sum();
    }

    /** Its settings. */
    public AdapterConfig config() {
        return stored.config();
    }

    /** The same under another name. */
    public PeftAdapter named(String name) {
        return new PeftAdapter(name, stored);
    }

    /**
     * An adapter and how much of it.
     *
     * @param adapter the adapter
     * @param weight of its update, finite; negative to subtract it
     */
    public record Weighted(PeftAdapter adapter, double weight) {
        /** Checks the components. */
        public Weighted {
            Objects.requireNonNull(adapter, "adapter");
            if (!Double.isFinite(weight)) {
                throw new IllegalArgumentException("weight must be finite, weight: " + weight);
            }
        }
    }

    /**
     * Makes one adapter of several, as {@code add_weighted_adapter} of PEFT does; the parts stay as they are. LoRA without
     * DoRA can be combined in any way, IA3 by {@link Combination#linear} (a weighted sum of its vectors). Modules that only
     * some parts change take part with what these say. The result's factors are 32-bit floats that contain weights and
     * scalings: its own scaling is 1 everywhere, also where PEFT would leave the root of a rank in it ({@code use_rslora}).
     *
     * @param name of the result
     * @param parts at least one
     * @throws AdapterException if they cannot be combined in this way, naming the reason
     */
    public static PeftAdapter combine(String name, List<Weighted> parts, Combination how) {
        Objects.requireNonNull(how, "how");
        return new PeftAdapter(
                name,
                Composition.of(
                        parts.stream()
                                .map(part -> new Composition.Part(
                                        part.adapter().name(), part.adapter().stored(), part.weight()))
                                .toList(),
                        how));
    }

    StoredAdapter stored() {
        return stored;
    }
}
