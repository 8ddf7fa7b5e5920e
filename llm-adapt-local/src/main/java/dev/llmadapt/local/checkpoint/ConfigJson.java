package dev.llmadapt.local.checkpoint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.CheckpointException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code config.json} and {@code generation_config.json} to a {@link ModelConfig}, in the forms of transformers 4 and
 * 5.
 */
final class ConfigJson {
    private ConfigJson() {}

    /**
     * Reads a configuration.
     *
     * @throws CheckpointException if it is damaged, or says something that could change the numbers and is not honoured
     */
    static ModelConfig read(Json stored, Optional<Json> generation) {
        if (!stored.has("hidden_size") && stored.has("text_config")) {
            throw new CheckpointException(stored.file()
                    + " nests its text_config: models of text and images are not supported, only those of text of the"
                    + " families " + KnownFamilies.NAMES);
        }
        stored.child("quantization_config").ifPresent(quantization -> {
            throw new CheckpointException(quantization.file() + ": weights quantised by "
                    + quantization.string("quant_method").orElse("an unnamed method")
                    + " are not supported; use the original checkpoint or a GGUF file");
        });
        String modelType = stored.string("model_type")
                .orElseThrow(() -> new CheckpointException(stored.file() + " has no model_type"));
        requireLanguageModel(stored);
        Json config = FamilyKeys.complete(stored, modelType);
        config = modelType.equals(Gpt2Folder.MODEL_TYPE) ? Gpt2Folder.settings(config) : config;
        int heads = config.integer("num_attention_heads");
        int hiddenSize = config.integer("hidden_size");
        int headDim = config.integer("head_dim", hiddenSize / Math.max(heads, 1));
        int vocabulary = config.integer("vocab_size");
        RopeJson rope = RopeJson.of(config, modelType);
        Map<String, Object> settings = scalars(config);
        rope.localTheta().ifPresent(theta -> settings.put("rope_local_base_freq", theta));
        try {
            return new ModelConfig(
                    modelType,
                    hiddenSize,
                    config.integer("intermediate_size"),
                    config.integer("num_hidden_layers"),
                    heads,
                    config.integer("num_key_value_heads", heads),
                    headDim,
                    (int) (headDim * rope.partial()),
                    vocabulary,
                    config.integer("max_position_embeddings"),
                    AttentionWindows.of(config, modelType),
                    config.number("rms_norm_eps", 1e-6),
                    rope.theta(),
                    rope.scaling(),
                    config.bool("tie_word_embeddings", false),
                    biases(config, modelType),
                    config.string(modelType.startsWith("gemma") ? "hidden_activation" : "hidden_act")
                            .orElse("silu"),
                    first(ids(config, "bos_token_id"), vocabulary),
                    generation
                            .filter(json -> json.has("eos_token_id"))
                            .map(json -> ids(json, "eos_token_id"))
                            .orElseGet(() -> ids(stored, "eos_token_id")),
                    first(ids(config, "pad_token_id"), vocabulary),
                    config.string("torch_dtype").or(() -> stored.string("dtype")),
                    settings);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(config.file() + ": " + e.getMessage(), e);
        }
    }

    /** The classes that {@code architectures} names must be of models that go on with a text. */
    private static void requireLanguageModel(Json config) {
        config.array("architectures")
                .ifPresent(names -> names.forEach(name -> {
                    String type = name instanceof JsonPrimitive text && text.isString() ? text.getAsString() : "";
                    if (!type.endsWith("ForCausalLM") && !type.endsWith("LMHeadModel")) {
                        throw config.wrong(
                                "architectures", "a class of language models (...ForCausalLM)", name, kind(type));
                    }
                }));
    }

    private static String kind(String type) {
        if (type.endsWith("Classification") || type.endsWith("MultipleChoice") || type.endsWith("QuestionAnswering")) {
            return "this checkpoint is a classifier or a reward model: it has a head for labels, and none for words";
        }
        if (type.endsWith("ConditionalGeneration")) {
            return "this checkpoint is of an encoder and a decoder, or of text and images";
        }
        return type.endsWith("Model")
                ? "this checkpoint is a model without an output head for words, such as an embedder"
                : "this checkpoint is of another kind";
    }

    private static Set<String> biases(Json config, String modelType) {
        Set<String> biases = new TreeSet<>();
        if (modelType.equals(Gpt2Folder.MODEL_TYPE)) {
            biases.addAll(List.of("c_attn", "c_proj", "c_fc"));
        }
        if (modelType.equals("qwen2")) {
            biases.addAll(List.of("q_proj", "k_proj", "v_proj"));
        } else if (config.bool("attention_bias", false)) {
            biases.addAll(List.of("q_proj", "k_proj", "v_proj", "o_proj"));
        }
        if (config.bool("mlp_bias", false)) {
            biases.addAll(List.of("gate_proj", "up_proj", "down_proj"));
        }
        return biases;
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

    /**
     * The first id, if it is one of the vocabulary: files without a padding token say -1 or the size of the vocabulary.
     */
    private static OptionalInt first(List<Integer> ids, int vocabulary) {
        return ids.isEmpty() || ids.get(0) < 0 || ids.get(0) >= vocabulary
                ? OptionalInt.empty()
                : OptionalInt.of(ids.get(0));
    }

    private static Map<String, Object> scalars(Json config) {
        Map<String, Object> settings = new HashMap<>();
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
