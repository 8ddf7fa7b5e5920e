package dev.llmadapt.peft.checkpoint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.peft.CheckpointException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** {@code config.json} and {@code generation_config.json} to a {@link ModelConfig}, in the forms of transformers 4 and 5. */
final class ConfigJson {
    private ConfigJson() {}

    /**
     * Reads a configuration.
     *
     * @param tensorNames what the weights hold: decides what the file leaves to a family's defaults
     */
    static ModelConfig read(Json config, Optional<Json> generation, Set<String> tensorNames) {
        if (!config.has("hidden_size") && config.has("text_config")) {
            throw new CheckpointException(
                    config.file() + " nests its text_config: models of text and images are not supported");
        }
        config.child("quantization_config").ifPresent(quantization -> {
            throw new CheckpointException(quantization.file() + ": weights quantised by "
                    + quantization.string("quant_method").orElse("an unnamed method")
                    + " are not supported; use the original checkpoint or a GGUF file");
        });
        String modelType = config.string("model_type")
                .orElseThrow(() -> new CheckpointException(config.file() + " has no model_type"));
        int heads = config.integer("num_attention_heads");
        int hiddenSize = config.integer("hidden_size");
        int headDim = config.integer("head_dim", hiddenSize / Math.max(heads, 1));
        int vocabulary = config.integer("vocab_size");
        Json all = config.child("rope_parameters")
                .or(() -> config.child("rope_scaling"))
                .orElse(config);
        boolean byLayer = all.has("full_attention") || all.has("sliding_attention");
        if (byLayer && !modelType.startsWith("gemma3")) {
            throw new CheckpointException(all.file() + ": parameters that differ by layer are not supported for "
                    + modelType + ", only for gemma3");
        }
        Json rope = all.child("full_attention").orElse(all); // layers that see a window have their own
        double partial = rope.number("partial_rotary_factor", config.number("partial_rotary_factor", 1));
        boolean window = config.bool("use_sliding_window", true);
        try {
            return new ModelConfig(
                    modelType,
                    hiddenSize,
                    config.integer("intermediate_size"),
                    config.integer("num_hidden_layers"),
                    heads,
                    config.integer("num_key_value_heads", heads),
                    headDim,
                    (int) (headDim * partial),
                    vocabulary,
                    config.integer("max_position_embeddings"),
                    window ? config.integer("sliding_window", 0) : 0,
                    config.number("rms_norm_eps", 1e-6),
                    rope.number("rope_theta", config.number("rope_theta", 10000)),
                    rope == config ? new RopeScaling.None() : RopeJson.read(rope, config),
                    config.bool("tie_word_embeddings", !tensorNames.contains("lm_head.weight")),
                    config.bool("attention_bias", tensorNames.contains("model.layers.0.self_attn.q_proj.bias")),
                    config.bool("mlp_bias", tensorNames.contains("model.layers.0.mlp.down_proj.bias")),
                    config.string("hidden_act")
                            .or(() -> config.string("hidden_activation"))
                            .orElse("silu"),
                    first(ids(config, "bos_token_id"), vocabulary),
                    generation
                            .filter(json -> json.has("eos_token_id"))
                            .map(json -> ids(json, "eos_token_id"))
                            .orElseGet(() -> ids(config, "eos_token_id")),
                    first(ids(config, "pad_token_id"), vocabulary),
                    config.string("torch_dtype").or(() -> config.string("dtype")),
                    settings(config, all));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(config.file() + ": " + e.getMessage(), e);
        }
    }

    /** The kinds of attention of the layers, joined by commas. */
    private static String layerTypes(Json config, JsonArray types) {
        List<String> kinds = new ArrayList<>();
        for (JsonElement type : types) {
            String kind = type instanceof JsonPrimitive text && text.isString() ? text.getAsString() : "";
            if (!kind.equals("full_attention") && !kind.equals("sliding_attention")) {
                throw config.wrong("layer_types", "full_attention or sliding_attention", type);
            }
            kinds.add(kind);
        }
        if (kinds.size() != config.integer("num_hidden_layers")) {
            throw new CheckpointException(config.file() + ", layer_types: expected one for each of "
                    + config.integer("num_hidden_layers") + " layers, got " + kinds.size());
        }
        return String.join(",", kinds);
    }

    /** A token id or a list of them. */
    static List<Integer> ids(Json json, String field) {
        JsonElement value = json.get(field);
        if (value == null) {
            return List.of();
        }
        JsonArray array = new JsonArray();
        if (value.isJsonArray()) {
            array = value.getAsJsonArray();
        } else {
            array.add(value);
        }
        List<Integer> ids = new ArrayList<>();
        for (JsonElement id : array) {
            ids.add(json.integer(field, id));
        }
        return ids;
    }

    /** The first id, if it is one of the vocabulary: files without a padding token say -1 or the size of the vocabulary. */
    private static OptionalInt first(List<Integer> ids, int vocabulary) {
        return ids.isEmpty() || ids.get(0) < 0 || ids.get(0) >= vocabulary
                ? OptionalInt.empty()
                : OptionalInt.of(ids.get(0));
    }

    private static Map<String, Object> settings(Json config, Json rope) {
        Map<String, Object> settings = new HashMap<>();
        rope.child("sliding_attention").ifPresent(local -> {
            local.string("rope_type").filter(type -> !type.equals("default")).ifPresent(type -> {
                throw new CheckpointException(local.file() + ", rope_type: unsupported '" + type
                        + "' for layers that see a window, expected default");
            });
            if (local.has("rope_theta")) {
                settings.put("rope_local_base_freq", local.number("rope_theta", 0));
            }
        });
        if (config.get("layer_types") instanceof JsonArray types) {
            settings.put("layer_types", layerTypes(config, types));
        }
        config.object().entrySet().forEach(entry -> {
            if (entry.getValue() instanceof JsonPrimitive value) {
                if (value.isBoolean()) {
                    settings.put(entry.getKey(), value.getAsBoolean());
                } else if (value.isString()) {
                    settings.put(entry.getKey(), value.getAsString());
                } else {
                    settings.put(entry.getKey(), config.number(entry.getKey(), 0));
                }
            }
        });
        return settings;
    }
}
