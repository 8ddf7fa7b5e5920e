package dev.llmadapt.local.checkpoint;

import dev.llmadapt.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A decoder that was exported to ONNX, and what stands beside it: {@code genai_config.json} of onnxruntime-genai, or
 * {@code config.json} of Hugging Face, and the tokenizer. Sizes are 0 where the files do not tell.
 *
 * @param folder where configuration and tokenizer are
 * @param model the {@code .onnx} file
 * @param name as {@link Checkpoint#name}
 * @param modelType the family, such as {@code llama}
 * @param contextLength the most tokens it was made for
 * @param keyValueHeads heads of keys and values
 * @param headDim numbers of one head
 * @param vocabularySize tokens
 * @param eosTokenIds tokens that end an answer
 */
public record ExportedFolder(
        Path folder,
        Path model,
        String name,
        String modelType,
        int contextLength,
        int keyValueHeads,
        int headDim,
        int vocabularySize,
        List<Integer> eosTokenIds) {
    private static final long CONFIG_LIMIT = 16 << 20;
    private static final String GENAI = "genai_config.json";
    private static final String HUGGING_FACE = "config.json";

    /** Copies and checks. */
    public ExportedFolder {
        eosTokenIds = List.copyOf(eosTokenIds);
        if (contextLength < 1 || keyValueHeads < 0 || headDim < 0 || vocabularySize < 0) {
            throw new CheckpointException("the configuration in " + folder + " gives impossible sizes: context length "
                    + contextLength + ", key-value heads " + keyValueHeads + ", head size " + headDim + ", vocabulary "
                    + vocabularySize);
        }
    }

    /**
     * Whether a path names an exported decoder: an {@code .onnx} file, or a folder that has one and no safetensors,
     * which would come first.
     */
    public static boolean isOne(Path path) {
        if (!Files.isDirectory(path)) {
            return path.toString().toLowerCase(Locale.ROOT).endsWith(".onnx");
        }
        boolean weights = Stream.of("model.safetensors", "model.safetensors.index.json")
                .anyMatch(name -> Files.exists(path.resolve(name)));
        return !weights && (Files.exists(path.resolve(GENAI)) || modelIn(path).isPresent());
    }

    private static Optional<Path> modelIn(Path folder) {
        return Stream.of(folder.resolve("model.onnx"), folder.resolve("onnx").resolve("model.onnx"))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /**
     * Reads what stands beside the model.
     *
     * @param path a folder, or an {@code .onnx} file in it or in its sub-folder {@code onnx}
     * @throws CheckpointException if the model or its configuration is missing or damaged
     */
    public static ExportedFolder open(Path path) {
        if (Files.isDirectory(path)) {
            return open(path, Optional.empty());
        }
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException("no such model: " + path);
        }
        Path folder = Objects.requireNonNull(path.toAbsolutePath().getParent(), "a file has a folder");
        Path above = folder.getParent();
        if (folder.endsWith("onnx") && above != null && !hasConfiguration(folder)) {
            folder = above;
        }
        return open(folder, Optional.of(path));
    }

    private static boolean hasConfiguration(Path folder) {
        return Files.exists(folder.resolve(GENAI)) || Files.exists(folder.resolve(HUGGING_FACE));
    }

    private static ExportedFolder open(Path folder, Optional<Path> file) {
        Path genai = folder.resolve(GENAI);
        Path huggingFace = folder.resolve(HUGGING_FACE);
        if (Files.isRegularFile(genai)) {
            return genai(folder, file, Json.read(genai, CONFIG_LIMIT));
        }
        if (!Files.isRegularFile(huggingFace)) {
            throw new CheckpointException("neither " + GENAI + " nor " + HUGGING_FACE + " in " + folder
                    + "; copy the one that was exported with the model");
        }
        Path model =
                file.or(() -> modelIn(folder)).orElseThrow(() -> new CheckpointException("no model.onnx in " + folder));
        return huggingFace(folder, model, Json.read(huggingFace, CONFIG_LIMIT));
    }

    private static ExportedFolder genai(Path folder, Optional<Path> file, Json config) {
        Json model = config.child("model").orElseThrow(() -> new CheckpointException(config.file() + " has no model"));
        Json decoder = model.child("decoder")
                .orElseThrow(
                        () -> new CheckpointException(config.file() + " has no decoder, the model is not supported"));
        String named = decoder.string("filename").orElse("model.onnx");
        if (!named.matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,250}")) { // a plain name: no way out of the folder
            throw new CheckpointException(
                    decoder.file() + ", filename: expected the plain name of a file beside it, got '" + named + "'");
        }
        return new ExportedFolder(
                folder,
                file.orElse(folder.resolve(named)),
                HuggingFaceFolder.name(folder),
                model.string("type").orElse("unknown"),
                model.integer("context_length"),
                decoder.integer("num_key_value_heads", 0),
                decoder.integer("head_size", 0),
                model.integer("vocab_size", 0),
                ConfigJson.ids(model, "eos_token_id"));
    }

    private static ExportedFolder huggingFace(Path folder, Path model, Json config) {
        Path generationFile = folder.resolve("generation_config.json");
        Json generation = Files.isRegularFile(generationFile) ? Json.read(generationFile, CONFIG_LIMIT) : config;
        int heads = config.integer("num_attention_heads", 0);
        return new ExportedFolder(
                folder,
                model,
                HuggingFaceFolder.name(folder),
                config.string("model_type").orElse("unknown"),
                config.integer("max_position_embeddings", config.integer("n_positions", 0)),
                config.integer("num_key_value_heads", heads),
                config.integer("head_dim", heads == 0 ? 0 : config.integer("hidden_size", 0) / heads),
                config.integer("vocab_size", 0),
                ConfigJson.ids(generation.has("eos_token_id") ? generation : config, "eos_token_id"));
    }

    /**
     * The tokenizer.
     *
     * @throws CheckpointException when there is none, or it is damaged
     */
    public TokenizerFiles tokenizer() {
        return TokenizerJson.read(folder);
    }
}
