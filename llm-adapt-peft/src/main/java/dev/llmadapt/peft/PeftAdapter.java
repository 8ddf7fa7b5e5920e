package dev.llmadapt.peft;

import dev.llmadapt.Adapter;
import dev.llmadapt.peft.adapter.AdapterEffect;
import dev.llmadapt.peft.adapter.BaseFingerprint;
import dev.llmadapt.peft.adapter.BaseModules;
import dev.llmadapt.peft.adapter.PeftFolder;
import dev.llmadapt.peft.adapter.StoredAdapter;
import dev.llmadapt.peft.checkpoint.Checkpoint;
import dev.llmadapt.peft.checkpoint.WeightTensor;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /**
     * Reads a folder as PEFT's {@code save_pretrained} writes it; the adapter takes the folder's name.
     *
     * @param folder with {@code adapter_config.json} and {@code adapter_model.safetensors}
     * @throws AdapterException if it is none, is damaged, or asks for what is not supported, naming the field
     */
    public static PeftAdapter read(Path folder) {
        Path last = folder.toAbsolutePath().normalize().getFileName();
        return new PeftAdapter(last == null ? "default" : last.toString(), PeftFolder.read(folder));
    }

    /**
     * Reads the adapter of a name from a folder as PEFT's {@code save_pretrained} writes it: from the sub-folder of that
     * name, where PEFT puts every adapter that is not named {@code default}, if there is one; else from the folder itself.
     *
     * @param folder with {@code adapter_config.json} and {@code adapter_model.safetensors}, or the folder above
     * @param name of the adapter; it takes this name in either case
     * @throws AdapterException if it is none, is damaged, or asks for what is not supported, naming the field
     */
    public static PeftAdapter read(Path folder, String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("an adapter needs a name, name: '" + name + "'");
        }
        boolean plain = name.matches("[\\w. -]+") && !name.matches("\\.+"); // no way out of the folder
        Path below = plain ? folder.resolve(name) : folder;
        return new PeftAdapter(
                name, PeftFolder.read(Files.isRegularFile(below.resolve(PeftFolder.CONFIG)) ? below : folder));
    }

    /**
     * Writes a folder that Hugging Face PEFT loads, all of it or nothing. Tensors keep their bytes.
     *
     * @param folder must not exist or be empty; missing parents are created
     * @throws AdapterException if the folder holds something, or writing fails
     */
    public void write(Path folder) {
        PeftFolder.write(folder, stored);
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
     * The same, with a note of the model it was made for: weights and vocabulary. Loading it into another is then refused.
     *
     * @param checkpoint as {@link LocalModel#open} takes it
     * @throws CheckpointException if it cannot be read
     */
    public PeftAdapter madeFor(Path checkpoint) {
        try (Checkpoint base = Checkpoint.open(checkpoint)) {
            StoredAdapter.Base noted = BaseFingerprint.of(base)
                    .base(
                            stored.base().name().orElse(base.name()),
                            stored.base().revision());
            return new PeftAdapter(name, new StoredAdapter(stored.config(), noted, stored.tensors()));
        }
    }

    /** What it does to a model, after checking that it was made for it. */
    AdapterEffect effectOn(Checkpoint base) {
        BaseFingerprint.of(base).check(name, stored.base(), base.name());
        return stored.effect(name, BaseModules.of(base));
    }

    StoredAdapter stored() {
        return stored;
    }
}
