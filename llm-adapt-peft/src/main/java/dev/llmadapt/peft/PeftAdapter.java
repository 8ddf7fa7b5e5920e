package dev.llmadapt.peft;

import dev.llmadapt.AdapterException;
import dev.llmadapt.CheckpointException;
import dev.llmadapt.DataType;
import dev.llmadapt.Progress;
import dev.llmadapt.local.LocalAdapter;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.BaseFingerprint;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.peft.combine.Combination;
import dev.llmadapt.peft.combine.Composition;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.PeftFolder;
import dev.llmadapt.peft.folder.ScoreHead;
import dev.llmadapt.peft.folder.StoredAdapter;
import dev.llmadapt.peft.merge.MergeOptions;
import dev.llmadapt.peft.merge.Merging;
import dev.llmadapt.peft.onnx.OnnxAdapterFile;
import dev.llmadapt.peft.onnx.OnnxAdapters;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * An adapter of Hugging Face PEFT: read from a folder, written to one, combined with others, merged into a checkpoint,
 * or loaded into a {@link LocalModel}. Immutable and thread-safe. Its numbers may be mapped from its file, which must
 * then stay unchanged while it is in use.
 */
public final class PeftAdapter implements LocalAdapter {
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
     * Reads the adapter of a name from a folder as PEFT's {@code save_pretrained} writes it: from the sub-folder of
     * that name, where PEFT puts every adapter that is not named {@code default}, if there is one; else from the folder
     * itself.
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
     * Whether it scores labels by a head of its own and writes no text: {@link LoraHeadTuning#open} opens its folder.
     */
    public boolean isClassifier() {
        return ScoreHead.isClassifier(stored);
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

    /** The base it was made for: {@code base_model_name_or_path}, if it says so. */
    public Optional<String> baseModel() {
        return stored.base().name();
    }

    /**
     * How it was trained, if it was trained here: a JSON object with the method, the options, how many texts were
     * learned and measured, and the SHA-256 of their tokens. The folder keeps it in {@code llm_adapt.json}.
     */
    public Optional<String> training() {
        return stored.training();
    }

    /** How its numbers are stored. */
    public Set<DataType> types() {
        return stored.tensors().values().stream()
                .map(tensor -> DataType.valueOf(tensor.encoding().name()))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(DataType.class)));
    }

    /** Bytes of its numbers as they are stored. */
    public long byteCount() {
        return stored.tensors().values().stream()
                .mapToLong(tensor -> tensor.encoding().bytes(tensor.size()))
                .sum();
    }

    /** Returns this adapter under another name. */
    public PeftAdapter named(String name) {
        return new PeftAdapter(name, stored);
    }

    /**
     * Returns this adapter with a note of the model it was made for: weights and vocabulary. Loading it into another is
     * then refused.
     *
     * @param checkpoint a Hugging Face folder or a {@code .gguf} file
     * @throws CheckpointException if it cannot be read
     */
    public PeftAdapter madeFor(Path checkpoint) {
        try (Checkpoint base = Checkpoint.open(checkpoint)) {
            StoredAdapter.Base noted = StoredAdapter.Base.of(
                    BaseFingerprint.of(base),
                    stored.base().name().orElse(base.name()),
                    stored.base().revision());
            return new PeftAdapter(
                    name,
                    new StoredAdapter(
                            stored.config(), noted, stored.tensors(), stored.training(), stored.classifier()));
        }
    }

    @Override
    public AdapterEffect effectOn(BaseModules base) {
        return stored.effect(name, base);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Only adapters written here record what they were made for; others are accepted wherever their shapes fit.
     */
    @Override
    public void requireMadeFor(BaseFingerprint base) {
        stored.base().check(name, base);
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
     * Makes one adapter of several, as {@code add_weighted_adapter} of PEFT does; the parts stay as they are. LoRA
     * without DoRA can be combined in any way, IA3 by {@link Combination#linear} (a weighted sum of its vectors).
     * Modules that only some parts change take part with what these say. The result's factors are 32-bit floats that
     * contain weights and scalings: its own scaling is 1 everywhere, also where PEFT would leave the root of a rank in
     * it ({@code use_rslora}).
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

    /**
     * Merges adapters into the weights of a base and writes the result as a Hugging Face folder, which transformers and
     * {@link LocalModel#open} load; the base stays as it is. A row of a weight at a time is in memory. Low-rank updates
     * add up, also several on one module; DoRA, IA3 and biases that replace the base's must stand alone on theirs and
     * have the weight 1. What changes the embedding or the output head of a base where these are one gives each its own
     * weights ({@code tie_word_embeddings} becomes false). Weights are rounded to the nearest number of the type they
     * are stored as.
     *
     * @param adapters at least one; soft prompts and prefixes are no weights and cannot be merged
     * @param base a Hugging Face folder or a {@code .gguf} file
     * @param target must not exist or be empty; missing parents are created, nothing is left behind on failure
     * @param progress hears the bytes written, in the stage {@code merge}
     * @throws AdapterException if an adapter does not fit the base or cannot be merged, or writing fails
     * @throws CheckpointException if the base cannot be read
     */
    public static void merge(List<Weighted> adapters, Path base, Path target, MergeOptions options, Progress progress) {
        if (adapters.isEmpty()) {
            throw new IllegalArgumentException("expected at least one adapter to merge, got none");
        }
        try (Checkpoint checkpoint = Checkpoint.open(base)) {
            BaseFingerprint fingerprint = BaseFingerprint.of(checkpoint);
            BaseModules modules = BaseModules.of(checkpoint);
            List<Merging.Part> parts = adapters.stream()
                    .map(part -> {
                        part.adapter().requireMadeFor(fingerprint);
                        return new Merging.Part(
                                part.adapter().name, part.adapter().effectOn(modules), part.weight());
                    })
                    .toList();
            Merging.write(checkpoint, parts, target, options, progress);
        }
    }

    /**
     * Writes the parameters of a LoRA adapter as a file for ONNX Runtime's {@code addActiveLoraAdapter} and
     * onnxruntime-genai, by the conventions of Microsoft's Olive: factors transposed, A {@code (in, rank)} and B
     * {@code (rank, out)}, the scaling of each module in its B; names such as
     * {@code model.layers.0.self_attn.q_proj.lora_A.weight}.
     *
     * @param file must not exist
     * @param type as the graph's inputs have it
     * @param names from Olive's name to that of the graph's input; {@link UnaryOperator#identity()} keeps them
     * @throws AdapterException if the adapter is more than low-rank updates of linear layers, or writing fails
     */
    public void writeOnnxAdapter(Path file, DataType type, UnaryOperator<String> names) {
        OnnxAdapters.of(name, stored, type, names).write(file);
    }

    /**
     * Reads a LoRA adapter from a file that ONNX Runtime takes. The scaling is in its factors and its own is 1; which
     * model it is for is not known.
     *
     * @param name of the adapter
     * @param names from the names in the file to Olive's, see {@link #writeOnnxAdapter}
     * @throws AdapterException if the file is damaged, or holds what are no factors
     */
    public static PeftAdapter readOnnxAdapter(String name, Path file, UnaryOperator<String> names) {
        return new PeftAdapter(name, OnnxAdapters.stored(OnnxAdapterFile.read(file), names));
    }

    StoredAdapter stored() {
        return stored;
    }
}
