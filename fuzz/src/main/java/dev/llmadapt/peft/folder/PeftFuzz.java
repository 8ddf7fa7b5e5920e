package dev.llmadapt.peft.folder;

import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.fuzz.Probe;
import dev.llmadapt.AdapterException;
import dev.llmadapt.local.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The fuzz target of a PEFT adapter's folder with one damaged file: the input's first byte says which and of which
 * adapter, the rest is its content. Read and fitted to a base.
 */
public final class PeftFuzz {
    private static final List<String> CONFIGS = List.of(
            "{\"peft_type\": \"LORA\", \"task_type\": \"CAUSAL_LM\", \"r\": 2, \"lora_alpha\": 4, \"lora_dropout\": 0.0, "
                    + "\"target_modules\": [\"q_proj\"], \"rank_pattern\": {\"v_proj\": 1}, \"alpha_pattern\": {}, \"bias\": "
                    + "\"none\", \"use_rslora\": false, \"layers_to_transform\": [0], \"layers_pattern\": \"layers\"}",
            "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4, \"target_modules\": \".*(q|v)_proj$\", "
                    + "\"exclude_modules\": [\"v_proj\"], \"use_dora\": false, \"init_lora_weights\": true}",
            "{\"peft_type\": \"IA3\", \"target_modules\": [\"q_proj\"], \"feedforward_modules\": []}",
            "{\"peft_type\": \"PROMPT_TUNING\", \"num_virtual_tokens\": 2, \"token_dim\": 4, "
                    + "\"num_transformer_submodules\": 1, \"num_layers\": 1, \"num_attention_heads\": 2}");
    private static final List<String> HEADERS = List.of(
            lora(),
            lora(),
            tensor("base_model.model.model.layers.0.self_attn.q_proj.ia3_l", "4,1", 0, 16),
            tensor("prompt_embeddings", "2,4", 0, 32));
    private static final String PROVENANCE =
            "{\"base_fingerprint\": \"" + "0a".repeat(32) + "\", \"tokenizer_sha256\": \"" + "1b".repeat(32) + "\"}";
    private static final int FILES = 3;

    private static final Path FOLDER = Probe.folder("peft");
    private static final Probe PROBE = new Probe(AdapterException.class, 100_000_000, 1000);
    private static final BaseModules BASE = base();

    private PeftFuzz() {}

    private static String tensor(String name, String shape, int from, int to) {
        return "{\"" + name + "\":{\"dtype\":\"F32\",\"shape\":[" + shape + "],\"data_offsets\":[" + from + "," + to
                + "]}}";
    }

    private static String lora() {
        String module = "base_model.model.model.layers.0.self_attn.q_proj.lora_";
        return tensor(module + "A.weight", "2,4", 0, 32).replaceFirst("}$", ",")
                + tensor(module + "B.weight", "4,2", 32, 64).substring(1);
    }

    private static byte[] safetensors(String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
    }

    private static BaseModules base() {
        try {
            Path folder = Probe.folder("peft-base");
            Files.writeString(
                    folder.resolve("config.json"),
                    "{\"model_type\":\"llama\",\"hidden_size\":4,\"intermediate_size\":8,\"num_hidden_layers\":1,"
                            + "\"num_attention_heads\":2,\"vocab_size\":8,\"max_position_embeddings\":16}");
            StringBuilder header = new StringBuilder("{");
            int at = 0;
            for (String tensor : List.of(
                    "embed_tokens:8,4",
                    "norm:4",
                    "layers.0.input_layernorm:4",
                    "layers.0.post_attention_layernorm:4",
                    "layers.0.self_attn.q_proj:4,4",
                    "layers.0.self_attn.k_proj:4,4",
                    "layers.0.self_attn.v_proj:4,4",
                    "layers.0.self_attn.o_proj:4,4",
                    "layers.0.mlp.gate_proj:8,4",
                    "layers.0.mlp.up_proj:8,4",
                    "layers.0.mlp.down_proj:4,8")) {
                String[] parts = tensor.split(":");
                int bytes = 4
                        * Arrays.stream(parts[1].split(","))
                                .mapToInt(Integer::parseInt)
                                .reduce(1, (a, b) -> a * b);
                String entry = tensor("model." + parts[0] + ".weight", parts[1], at, at + bytes);
                header.append(at == 0 ? "" : ",").append(entry, 1, entry.length() - 1);
                at += bytes;
            }
            Files.write(
                    folder.resolve("model.safetensors"),
                    safetensors(header.append("}").toString(), at));
            try (Checkpoint checkpoint = Checkpoint.open(folder)) {
                return BaseModules.of(checkpoint);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Runs the reader on one input. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        if (data.length == 0) {
            return;
        }
        int which = data[0] & 3;
        int file = ((data[0] & 0xff) >> 2) % FILES;
        byte[] content = Arrays.copyOfRange(data, 1, data.length);
        Probe.write(
                FOLDER.resolve(PeftFolder.CONFIG),
                file == 0 ? content : CONFIGS.get(which).getBytes(StandardCharsets.UTF_8));
        Probe.write(FOLDER.resolve(PeftFolder.TENSORS), file == 1 ? content : safetensors(HEADERS.get(which), 64));
        Probe.write(
                FOLDER.resolve(PeftFolder.PROVENANCE),
                file == 2 ? content : PROVENANCE.getBytes(StandardCharsets.UTF_8));
        PROBE.run(data.length, () -> PeftFolder.read(FOLDER).effect("a", BASE));
    }

    static List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (int which = 0; which < CONFIGS.size(); which++) {
            seeds.add(seed(which, 0, CONFIGS.get(which).getBytes(StandardCharsets.UTF_8)));
            seeds.add(seed(which, 1, safetensors(HEADERS.get(which), 64)));
        }
        seeds.add(seed(0, 2, PROVENANCE.getBytes(StandardCharsets.UTF_8)));
        return seeds;
    }

    private static byte[] seed(int which, int file, byte[] content) {
        byte[] seed = new byte[1 + content.length];
        seed[0] = (byte) (which | file << 2);
        System.arraycopy(content, 0, seed, 1, content.length);
        return seed;
    }
}
