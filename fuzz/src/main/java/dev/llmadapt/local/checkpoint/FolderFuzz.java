package dev.llmadapt.local.checkpoint;

import dev.llmadapt.fuzz.Probe;
import dev.llmadapt.CheckpointException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The fuzz target of a checkpoint's folder with one damaged file: the input's first byte says which, the rest is its
 * content. Read as a checkpoint with its tokenizer and, where that applies, as an exported model's folder.
 */
public final class FolderFuzz {
    private static final List<String> NAMES = List.of(
            "config.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "chat_template.jinja",
            "model.safetensors.index.json",
            "genai_config.json");
    private static final List<String> CONTENTS = List.of(
            CheckpointSeeds.CONFIG,
            "{\"eos_token_id\":[1,2],\"bos_token_id\":0}",
            CheckpointSeeds.TOKENIZER,
            CheckpointSeeds.TOKENIZER_CONFIG,
            "{\"bos_token\":\"<s>\",\"pad_token\":{\"content\":\"<s>\"}}",
            "{{ messages }}",
            "{\"metadata\":{\"total_size\":4},\"weight_map\":{\"a\":\"a.safetensors\",\"b\":\"b.safetensors\"}}",
            "{\"model\":{\"type\":\"llama\",\"context_length\":16,\"vocab_size\":8,\"eos_token_id\":[1,2],"
                    + "\"decoder\":{\"filename\":\"model.onnx\",\"head_size\":2,\"num_key_value_heads\":1}}}");
    private static final int GENAI = 7;

    private static final Path FOLDER = Probe.folder("checkpoint");
    private static final Path EXPORTED = Probe.folder("exported");
    private static final Probe PROBE = new Probe(CheckpointException.class, 1_000_000, 200);

    private FolderFuzz() {}

    /** Writes the other files. */
    public static void fuzzerInitialize() throws IOException {
        for (int i = 0; i < NAMES.size(); i++) {
            Files.writeString(folder(i).resolve(NAMES.get(i)), CONTENTS.get(i));
        }
        for (String name : List.of("a", "b")) {
            Files.write(
                    FOLDER.resolve(name + ".safetensors"),
                    CheckpointSeeds.safetensors(
                            "{\"" + name + "\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4));
        }
        Files.write(EXPORTED.resolve("model.onnx"), new byte[1]);
        Files.writeString(EXPORTED.resolve("tokenizer.json"), CheckpointSeeds.TOKENIZER);
    }

    private static Path folder(int which) {
        return which == GENAI ? EXPORTED : FOLDER;
    }

    /** Runs the reader on one input. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        if (data.length == 0) {
            return;
        }
        int which = (data[0] & 0xff) % NAMES.size();
        Path file = folder(which).resolve(NAMES.get(which));
        Probe.write(file, Arrays.copyOfRange(data, 1, data.length));
        PROBE.run(data.length, () -> {
            if (which == GENAI) {
                ExportedFolder.open(EXPORTED);
                return;
            }
            try (Checkpoint checkpoint = Checkpoint.open(FOLDER)) {
                checkpoint.tokenizer();
            }
        });
        if (which == 0 && Files.size(file) > 0) {
            Files.copy(file, EXPORTED.resolve("config.json"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            Path genai = EXPORTED.resolve(NAMES.get(GENAI));
            Files.deleteIfExists(genai);
            PROBE.run(data.length, () -> ExportedFolder.open(EXPORTED));
            Files.writeString(genai, CONTENTS.get(GENAI));
            Files.delete(EXPORTED.resolve("config.json"));
        }
        Files.writeString(file, CONTENTS.get(which));
    }

    static List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (int i = 0; i < NAMES.size(); i++) {
            seeds.add(((char) i + CONTENTS.get(i)).getBytes(StandardCharsets.UTF_8));
        }
        return seeds;
    }
}
