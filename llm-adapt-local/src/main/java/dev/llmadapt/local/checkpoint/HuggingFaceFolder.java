package dev.llmadapt.local.checkpoint;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** A folder as {@code save_pretrained} writes it and a Hugging Face cache keeps it. */
final class HuggingFaceFolder {
    private static final long CONFIG_LIMIT = 16 << 20;
    private static final long INDEX_LIMIT = 100_000_000;
    private static final int MAX_SHARDS = 1000;

    private static final Pattern BARE = Pattern.compile("(embed_tokens|norm|layers\\.\\d+)\\..*");

    private HuggingFaceFolder() {}

    static Checkpoint open(Path folder) {
        Path configFile = folder.resolve("config.json");
        if (!Files.isRegularFile(configFile)) {
            throw new CheckpointException("no config.json in " + folder
                    + "; expected a Hugging Face model folder, or the path of a .gguf file");
        }
        Json config = Json.read(configFile, CONFIG_LIMIT);
        Path generationFile = folder.resolve("generation_config.json");
        Optional<Json> generation = Files.isRegularFile(generationFile)
                ? Optional.of(Json.read(generationFile, CONFIG_LIMIT))
                : Optional.empty();
        TensorTable table = new TensorTable();
        Path single = folder.resolve("model.safetensors");
        Path index = folder.resolve("model.safetensors.index.json");
        if (Files.isRegularFile(single)) {
            Safetensors.addTo(table, single);
        } else if (Files.isRegularFile(index)) {
            addShards(table, folder, index);
        } else {
            throw new CheckpointException("neither model.safetensors nor model.safetensors.index.json in " + folder
                    + (Files.exists(folder.resolve("pytorch_model.bin"))
                            ? "; pytorch_model.bin is not read, since loading one runs code: convert it to safetensors"
                            : ""));
        }
        if (config.string("model_type").equals(Optional.of(Gpt2Folder.MODEL_TYPE))) {
            Gpt2Folder.arrange(table.tensors());
        } else {
            table.rename(HuggingFaceFolder::underModel);
        }
        ModelConfig model = read(config, generation);
        return new Checkpoint(folder, name(folder), model, table, () -> TokenizerJson.read(folder));
    }

    /** Folders of a model that was saved without its output head have no {@code model.} before their names. */
    private static String underModel(String name) {
        return BARE.matcher(name).matches() ? "model." + name : name;
    }

    /** Families that are not known may have settings of other names: then it is the family that is said to be wrong. */
    private static ModelConfig read(Json config, Optional<Json> generation) {
        try {
            return ConfigJson.read(config, generation);
        } catch (CheckpointException e) {
            String type = config.string("model_type").orElse("");
            if (type.isEmpty() || KnownFamilies.NAMES.contains(type)) {
                throw e;
            }
            throw KnownFamilies.unknown(config.file(), type, e);
        }
    }

    private static void addShards(TensorTable table, Path folder, Path index) {
        Json weightMap = Json.read(index, INDEX_LIMIT)
                .child("weight_map")
                .orElseThrow(() -> new CheckpointException(index + " has no weight_map"));
        Map<String, Set<String>> namesByShard = new TreeMap<>();
        for (Map.Entry<String, JsonElement> entry : weightMap.object().entrySet()) {
            if (!(entry.getValue() instanceof JsonPrimitive shard && shard.isString())) {
                throw weightMap.wrong(entry.getKey(), "a file name", entry.getValue());
            }
            namesByShard
                    .computeIfAbsent(shard.getAsString(), name -> new TreeSet<>())
                    .add(entry.getKey());
        }
        if (namesByShard.size() > MAX_SHARDS) {
            throw new CheckpointException(
                    index + " names " + namesByShard.size() + " files, at most " + MAX_SHARDS + " are read");
        }
        namesByShard.forEach((shard, names) -> {
            // A plain name: no way out of the folder. Links inside it are followed, a Hugging Face cache is made of
            // them.
            if (!shard.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,250}\\.safetensors")) {
                throw new CheckpointException(
                        index + " names '" + shard + "', expected the plain name of a .safetensors file beside it");
            }
            Path file = folder.resolve(shard);
            if (!Files.isRegularFile(file)) {
                throw new CheckpointException(file + " is missing, " + index.getFileName() + " names it");
            }
            names.removeAll(new HashSet<>(Safetensors.addTo(table, file)));
            if (!names.isEmpty()) {
                throw new CheckpointException("tensor " + names.iterator().next() + " is not in " + file + ", where "
                        + index.getFileName() + " says it is");
            }
        });
    }

    /** {@code org/name} for a snapshot of a Hugging Face cache, else the folder's name. */
    static String name(Path folder) {
        Path path = folder.toAbsolutePath().normalize();
        int count = path.getNameCount();
        if (count >= 3 && path.getName(count - 2).toString().equals("snapshots")) {
            String repository = path.getName(count - 3).toString();
            if (repository.startsWith("models--")) {
                return repository.substring("models--".length()).replace("--", "/");
            }
        }
        return count == 0 ? path.toString() : path.getName(count - 1).toString();
    }
}
