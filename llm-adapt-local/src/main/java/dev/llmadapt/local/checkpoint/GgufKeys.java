package dev.llmadapt.local.checkpoint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.CheckpointException;
import java.util.Map;

/**
 * The table of what the metadata of a GGUF file may say of its model, {@code ARCHITECTURE.*}, under the names of
 * llama.cpp without that prefix. {@link ConfigKeys} says what happens to the rest. Keys of other prefixes
 * ({@code general.*}, {@code tokenizer.*}, {@code quantize.*}, {@code split.*}) do not change what the model computes.
 */
final class GgufKeys {
    private static final int MAX_LAYERS = 4096;
    private static final String SCALARS = "it scales what the model computes, which this family does not do";

    private static final ConfigKeys COMMON = ConfigKeys.none()
            .honours("context_length", "embedding_length", "block_count", "feed_forward_length", "vocab_size")
            .honours("attention.head_count", "attention.head_count_kv", "attention.key_length")
            .honours("attention.value_length", "attention.layer_norm_rms_epsilon", "attention.layer_norm_epsilon")
            .honours("attention.sliding_window", "rope.dimension_count", "rope.freq_base", "rope.scale_linear")
            .honours("rope.scaling.type", "rope.scaling.factor", "rope.scaling.attn_factor")
            .honours("rope.scaling.original_context_length")
            .honours("rope.scaling.yarn_beta_fast", "rope.scaling.yarn_beta_slow")
            .passesOver("rope.scaling.finetuned", "tensor_data_layout")
            .refusesUnless(true, "models whose tokens see those behind them are not supported", "attention.causal")
            .refusesUnless(0, "models that embed texts are not supported", "pooling_type")
            .refusesUnless(0, "mixtures of experts are not supported", "expert_count", "expert_used_count")
            .refusesUnless(
                    0, "mixtures of experts are not supported", "expert_shared_count", "leading_dense_block_count")
            .refusesUnless(0, "layers that guess ahead are not supported", "nextn_predict_layers")
            .refusesUnless(0, SCALARS, "attention.clamp_kqv", "attention.max_alibi_bias")
            .refusesUnless(1, SCALARS, "logit_scale", "embedding_scale", "residual_scale")
            .refuses(SCALARS, "attention.scale", "attn_logit_softcapping", "final_logit_softcapping");

    private static final ConfigKeys GEMMA2 = COMMON.honours("attn_logit_softcapping", "final_logit_softcapping");
    private static final ConfigKeys GEMMA3 =
            COMMON.honours("final_logit_softcapping", "attention.sliding_window_pattern", "rope.freq_base_swa");

    private static final Map<String, ConfigKeys> TABLE = Map.of("gemma2", GEMMA2, "gemma3", GEMMA3);

    private GgufKeys() {}

    /**
     * Checks the metadata of a file.
     *
     * @throws CheckpointException if a key could change the numbers and is not honoured
     */
    static void check(Gguf gguf, String architecture) {
        Object kind = gguf.metadata().getOrDefault("general.type", "model");
        if (!kind.equals("model")) {
            throw new CheckpointException("GGUF file " + gguf.file() + ", general.type: expected model, got " + kind
                    + "; it is no language model, but a part of one or for one");
        }
        if (!KnownFamilies.NAMES.contains(architecture)) {
            return;
        }
        JsonObject own = new JsonObject();
        gguf.metadata().forEach((key, value) -> {
            if (key.startsWith(architecture + ".")) {
                own.add(key, json(value));
            }
        });
        TABLE.getOrDefault(architecture, COMMON)
                .check(Json.of("GGUF file " + gguf.file(), own), architecture, architecture + ".");
    }

    private static JsonElement json(Object value) {
        if (value instanceof Boolean truth) {
            return new JsonPrimitive(truth);
        }
        if (value instanceof Number number) {
            return new JsonPrimitive(number);
        }
        if (value instanceof String text) {
            return new JsonPrimitive(text);
        }
        JsonArray array = new JsonArray();
        if (value instanceof Gguf.Numbers numbers) {
            for (int i = 0; i < Math.min(numbers.size(), MAX_LAYERS); i++) {
                array.add(json(numbers.get(i)));
            }
            return numbers.same().<JsonElement>map(GgufKeys::json).orElse(array);
        }
        array.add("strings");
        return array;
    }
}
