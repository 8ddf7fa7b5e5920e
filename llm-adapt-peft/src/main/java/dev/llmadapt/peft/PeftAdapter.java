package dev.llmadapt.peft;

import dev.llmadapt.Adapter;
import dev.llmadapt.peft.adapter.AdapterEffect;
import dev.llmadapt.peft.adapter.StoredAdapter;
import dev.llmadapt.peft.checkpoint.Checkpoint;
import dev.llmadapt.peft.checkpoint.WeightTensor;
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

    /** What it does to a model, after checking that it was made for it. */
    AdapterEffect effectOn(Checkpoint base) {
        throw new AdapterException("cannot use adapter '" + name + "' on " + base.name());
    }

    StoredAdapter stored() {
        return stored;
    }
}
