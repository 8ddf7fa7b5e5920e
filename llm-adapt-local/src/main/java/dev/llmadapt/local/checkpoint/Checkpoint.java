package dev.llmadapt.local.checkpoint;

import dev.llmadapt.CheckpointException;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.local.memory.MappedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A model as it is stored: its configuration, its weights under Hugging Face names, and its tokenizer. Thread-safe.
 *
 * <p>Weights are mapped, not read: opening costs milliseconds and no heap. Pages that were read stay in memory until
 * {@link #release} or {@link #close}. A closed checkpoint refuses every call; tensors taken before stay valid, and the
 * mapping under them ends when the last one is collected, since Java 17 cannot unmap. The files must not be truncated
 * while they are mapped.
 */
public final class Checkpoint implements AutoCloseable {
    private static final String EMBEDDING = "model.embed_tokens";
    /** The samples of a mapping's bytes that tell it from others, evenly spread, and the bytes of each. */
    private static final int SAMPLES = 128;

    private static final int SAMPLE = 4096;
    private static final String GPT2_EMBEDDING = "transformer.wte";
    private static final List<String> MODEL_PREFIXES = List.of("model.", "transformer.", "lm_head.");

    private final Path path;
    private final String name;
    private final ModelConfig config;
    private volatile @Nullable Contents contents;

    /** The state that {@link #close} lets go. */
    private static final class Contents {
        private final Map<String, WeightTensor> tensors;
        private final Map<String, String> unsupported;
        private final Supplier<TokenizerFiles> tokenizerSource;
        private final List<MappedFile> mappings;
        private @Nullable TokenizerFiles tokenizer;

        Contents(TensorTable table, Supplier<TokenizerFiles> tokenizerSource) {
            this.tensors = Collections.unmodifiableMap(table.tensors());
            this.unsupported = table.unsupported();
            this.mappings = table.mappings();
            this.tokenizerSource = tokenizerSource;
        }

        synchronized TokenizerFiles tokenizer() {
            TokenizerFiles files = tokenizer;
            if (files == null) {
                files = tokenizerSource.get();
                tokenizer = files;
            }
            return files;
        }

        synchronized void release() {
            tokenizer = null;
            mappings.forEach(MappedFile::release);
        }
    }

    Checkpoint(Path path, String name, ModelConfig config, TensorTable table, Supplier<TokenizerFiles> tokenizer) {
        this.path = path;
        this.name = name;
        this.config = config;
        this.contents = new Contents(table, tokenizer);
    }

    /**
     * Opens a checkpoint.
     *
     * @param path a Hugging Face folder ({@code config.json}, {@code *.safetensors}) or a {@code .gguf} file, of
     *     several that belong together the first ({@code NAME-00001-of-00003.gguf})
     * @throws CheckpointException when it is missing, damaged or of an unsupported kind
     */
    public static Checkpoint open(Path path) {
        Objects.requireNonNull(path, "path");
        if (Files.isDirectory(path)) {
            return HuggingFaceFolder.open(path);
        }
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException("no such checkpoint: " + path
                    + "; expected a folder with config.json and *.safetensors, or a .gguf file");
        }
        if (path.toString().endsWith(".safetensors")) {
            throw new CheckpointException(
                    path + " holds weights only; give the folder that also has its config.json and tokenizer.json");
        }
        return GgufModel.open(path);
    }

    /** The repository id if the path tells it (a Hugging Face cache), else the folder's or file's name. */
    public String name() {
        return name;
    }

    /** The path that was opened. */
    public Path path() {
        return path;
    }

    /** The configuration of the model. */
    public ModelConfig config() {
        return config;
    }

    /**
     * The weights in the order of the file, keyed by Hugging Face names such as
     * {@code model.layers.0.self_attn.q_proj.weight}; a tensor without one keeps its own. Tensors of an unsupported
     * type are not among them.
     *
     * @throws IllegalStateException when closed
     */
    public Map<String, WeightTensor> tensors() {
        return contents().tensors;
    }

    /**
     * The names of all tensors, also of those whose type is not supported.
     *
     * @throws IllegalStateException when closed
     */
    public Set<String> tensorNames() {
        Contents open = contents();
        Set<String> names = new LinkedHashSet<>(open.tensors.keySet());
        names.addAll(open.unsupported.keySet());
        return names;
    }

    /**
     * One weight.
     *
     * @throws CheckpointException when there is none of that name, or its type is not supported
     * @throws IllegalStateException when closed
     */
    public WeightTensor tensor(String tensorName) {
        Contents open = contents();
        WeightTensor tensor = open.tensors.get(tensorName);
        if (tensor != null) {
            return tensor;
        }
        String type = open.unsupported.get(tensorName);
        if (type != null) {
            throw new CheckpointException("tensor " + tensorName + " of " + path + " is stored as " + type
                    + ", which is not supported; supported: " + List.of(WeightEncoding.values()));
        }
        throw new CheckpointException("no tensor " + tensorName + " in " + path + ", which has "
                + open.tensors.size() + " tensors, such as "
                + open.tensors.keySet().stream().limit(3).toList());
    }

    /** The module that embeds tokens, such as {@code model.embed_tokens}. */
    public String embeddingModule() {
        return contents().tensors.containsKey(GPT2_EMBEDDING + ".weight") ? GPT2_EMBEDDING : EMBEDDING;
    }

    /** Whether a tensor is one of the decoder's, and not of what else may lie in the files. */
    public static boolean isOfModel(String tensorName) {
        return MODEL_PREFIXES.stream().anyMatch(tensorName::startsWith);
    }

    /**
     * The tokenizer; read or built at the first call, and at the first after {@link #release}.
     *
     * @throws CheckpointException when there is none, or it is damaged or of an unsupported kind
     * @throws IllegalStateException when closed
     */
    public TokenizerFiles tokenizer() {
        return contents().tokenizer();
    }

    /**
     * SHA-256 that tells this checkpoint's weights from others, and from themselves once the files have changed: over
     * the sizes and the times of the files, and samples of their bytes. It is the same as long as nobody touches the
     * files, and takes milliseconds.
     *
     * @throws CheckpointException if a file's time cannot be read
     * @throws IllegalStateException when closed
     */
    public String weightsId() {
        MessageDigest digest = Sha256.newDigest();
        try {
            for (Path file : weightFiles()) {
                String seen =
                        file.getFileName() + " " + Files.size(file) + " " + Files.getLastModifiedTime(file) + "\n";
                digest.update(seen.getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new CheckpointException("cannot read the time of the files of " + path + ": " + e, e);
        }
        for (MappedFile mapping : contents().mappings) {
            ByteBuffer bytes = mapping.bytes();
            long size = bytes.capacity();
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, size));
            for (int i = 0; i < SAMPLES; i++) {
                int from = (int) (Math.max(0, size - SAMPLE) * i / (SAMPLES - 1));
                digest.update(
                        bytes.limit((int) Math.min(size, from + (long) SAMPLE)).position(from));
                bytes.clear();
            }
        }
        return Sha256.hex(digest);
    }

    private List<Path> weightFiles() throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        }
    }

    private Contents contents() {
        Contents open = contents;
        if (open == null) {
            throw new IllegalStateException("checkpoint " + path + " is closed");
        }
        return open;
    }

    /** Gives back the memory of all that can be read again: the pages of the files and the tokenizer. */
    public void release() {
        contents().release();
    }

    /** Lets go of the weights and the tokenizer. Idempotent. */
    @Override
    public void close() {
        Contents open = contents;
        contents = null;
        if (open != null) {
            open.release();
        }
    }

    @Override
    public String toString() {
        return "Checkpoint[" + path + "]";
    }
}
