package dev.llmadapt.peft.folder;

import dev.llmadapt.AdapterException;
import dev.llmadapt.CheckpointException;
import dev.llmadapt.local.checkpoint.Safetensors;
import dev.llmadapt.local.checkpoint.WeightTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An adapter's folder as Hugging Face PEFT keeps it: {@code adapter_config.json} and {@code adapter_model.safetensors},
 * and beside them {@code llm_adapt.json}, which PEFT does not read: what the adapter was made for, and how.
 */
public final class PeftFolder {
    /** The settings. */
    public static final String CONFIG = "adapter_config.json";
    /** The tensors. */
    public static final String TENSORS = "adapter_model.safetensors";
    /** The file that records the adapter's base and its training, beyond what PEFT writes. */
    public static final String PROVENANCE = "llm_adapt.json";
    /** The key of a soft prompt or prefix. */
    public static final String PROMPT = "prompt_embeddings";

    private static final String PICKLE = "adapter_model.bin";
    private static final String PREFIX = "base_model.model.";
    private static final String FINGERPRINT = "base_fingerprint";
    private static final String TOKENIZER = "tokenizer_sha256";
    private static final String TRAINING = "training";
    private static final String CLASSIFIER = "classifier";

    private PeftFolder() {}

    /**
     * Reads an adapter.
     *
     * @throws AdapterException if the folder is none, is damaged, or asks for what is not supported
     */
    public static StoredAdapter read(Path folder) {
        Path config = folder.resolve(CONFIG);
        if (!Files.isRegularFile(config)) {
            throw new AdapterException("no " + CONFIG + " in " + folder
                    + "; expected a folder as PEFT's save_pretrained writes it (an adapter that is not named default sits "
                    + "in a sub-folder of its name)");
        }
        Path tensors = folder.resolve(TENSORS);
        if (!Files.isRegularFile(tensors)) {
            throw new AdapterException("no " + TENSORS + " in " + folder
                    + (Files.exists(folder.resolve(PICKLE))
                            ? "; " + PICKLE
                                    + " is a pickle and is not read, since loading one runs code: load it with PEFT "
                                    + "and save it again with safe_serialization"
                            : "; expected a folder as PEFT's save_pretrained writes it"));
        }
        SettingsFile json = SettingsFile.read(config);
        try {
            Path file = folder.resolve(PROVENANCE);
            Optional<SettingsFile> provenance =
                    Files.isRegularFile(file) ? Optional.of(SettingsFile.read(file)) : Optional.empty();
            return new StoredAdapter(
                    ConfigReader.read(json),
                    base(json, provenance),
                    tensors(tensors),
                    provenance.flatMap(known -> known.object(TRAINING)),
                    classifier(folder, provenance));
        } catch (CheckpointException e) {
            throw new AdapterException("cannot read " + tensors + ": " + e.getMessage(), e);
        }
    }

    private static Optional<ClassifierSettings> classifier(Path folder, Optional<SettingsFile> provenance) {
        Optional<String> ours = provenance.flatMap(known -> known.object(CLASSIFIER));
        return ours.isPresent()
                ? Optional.of(
                        ClassifierSettings.read(SettingsFile.parse(folder.resolve(PROVENANCE), ours.orElseThrow())))
                : ClassifierSettings.labelsOf(folder).map(ClassifierSettings::of);
    }

    private static Map<String, WeightTensor> tensors(Path file) {
        Map<String, WeightTensor> tensors = new LinkedHashMap<>();
        Safetensors.read(file).forEach((key, tensor) -> {
            String stripped = key.startsWith(PREFIX) ? key.substring(PREFIX.length()) : key;
            if (!key.startsWith(PREFIX) && !key.equals(PROMPT)) {
                throw new AdapterException("tensor " + key + " of " + file + " is not one of PEFT's: expected " + PREFIX
                        + "... or " + PROMPT);
            }
            if (tensors.put(stripped, tensor) != null) {
                throw new AdapterException("tensor " + stripped + " stands twice in " + file);
            }
        });
        if (tensors.isEmpty()) {
            throw new AdapterException(file + " holds no tensors");
        }
        return tensors;
    }

    private static StoredAdapter.Base base(SettingsFile config, Optional<SettingsFile> provenance) {
        StoredAdapter.Base base = ConfigReader.base(config);
        return new StoredAdapter.Base(
                base.name(),
                base.revision(),
                provenance.flatMap(known -> hash(known, FINGERPRINT)),
                provenance.flatMap(known -> hash(known, TOKENIZER)));
    }

    private static Optional<String> hash(SettingsFile provenance, String field) {
        Optional<String> hash = provenance.string(field);
        hash.filter(value -> !value.matches("[0-9a-f]{64}")).ifPresent(value -> {
            throw new AdapterException(provenance.file() + ", " + field + ": expected 64 hexadecimal digits");
        });
        return hash;
    }

    /**
     * Writes an adapter: all of it or nothing. It is written beside the folder first and then moved to its place.
     *
     * @param folder must not exist or be empty; missing parents are created
     * @throws AdapterException if the folder holds something, or writing fails
     */
    public static void write(Path folder, StoredAdapter adapter) {
        AtomicFolder.write(folder, target -> {
            Files.writeString(target.resolve(CONFIG), SettingsFile.write(ConfigWriter.settings(adapter)));
            Map<String, WeightTensor> tensors = new LinkedHashMap<>();
            adapter.tensors().forEach((key, tensor) -> tensors.put(key.equals(PROMPT) ? key : PREFIX + key, tensor));
            try {
                SafetensorsWriter.write(target.resolve(TENSORS), tensors);
            } catch (IllegalArgumentException e) {
                throw new AdapterException("cannot write " + folder + ": " + e.getMessage(), e);
            }
            Map<String, Object> provenance = new LinkedHashMap<>();
            adapter.base().fingerprint().ifPresent(hash -> provenance.put(FINGERPRINT, hash));
            adapter.base().tokenizer().ifPresent(hash -> provenance.put(TOKENIZER, hash));
            adapter.training().ifPresent(json -> provenance.put(TRAINING, SettingsFile.element(TRAINING, json)));
            adapter.classifier().ifPresent(settings -> provenance.put(CLASSIFIER, settings.json()));
            if (!provenance.isEmpty()) {
                Files.writeString(target.resolve(PROVENANCE), SettingsFile.write(provenance));
            }
        });
    }
}
