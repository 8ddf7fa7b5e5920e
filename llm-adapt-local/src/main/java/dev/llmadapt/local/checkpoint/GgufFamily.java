package dev.llmadapt.local.checkpoint;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A family of models as llama.cpp's converter writes it, in Hugging Face's words: the names of tensors and settings
 * that differ, and what the converter changed in the weights and must be taken back.
 *
 * @param modelType the family's {@code model_type} in {@code config.json}
 * @param names of tensors outside the blocks, by GGUF's
 * @param block what the names of a block's tensors begin with, before the block's number
 * @param blockNames of tensors in a block, by GGUF's
 * @param interleaved whether the rows of query and key heads are stored as {@link WeightTensor#storedRow} says
 * @param normsPlusOne whether the weights of norms are stored with one added
 * @param activation of the feed-forward block, {@code hidden_act}
 */
record GgufFamily(
        String modelType,
        Map<String, String> names,
        String block,
        Map<String, String> blockNames,
        boolean interleaved,
        boolean normsPlusOne,
        String activation) {
    private static final Map<String, String> NAMES = Map.of(
            "token_embd", "model.embed_tokens",
            "output_norm", "model.norm",
            "output", "lm_head");
    private static final Map<String, String> BLOCK_NAMES = Map.ofEntries(
            Map.entry("attn_norm", "input_layernorm"),
            Map.entry("attn_q", "self_attn.q_proj"),
            Map.entry("attn_k", "self_attn.k_proj"),
            Map.entry("attn_v", "self_attn.v_proj"),
            Map.entry("attn_qkv", "self_attn.qkv_proj"),
            Map.entry("attn_output", "self_attn.o_proj"),
            Map.entry("attn_q_norm", "self_attn.q_norm"),
            Map.entry("attn_k_norm", "self_attn.k_norm"),
            Map.entry("ffn_norm", "post_attention_layernorm"),
            Map.entry("ffn_gate", "mlp.gate_proj"),
            Map.entry("ffn_up", "mlp.up_proj"),
            Map.entry("ffn_down", "mlp.down_proj"));
    /** Families with a norm before and after each half of a block name them differently. */
    private static final Map<String, String> SANDWICH_NAMES = with(
            BLOCK_NAMES,
            Map.of(
                    "ffn_norm", "pre_feedforward_layernorm",
                    "post_attention_norm", "post_attention_layernorm",
                    "post_ffw_norm", "post_feedforward_layernorm"));
    /** Gate and up projection are one matrix, the gate above. */
    private static final Map<String, String> PHI3_NAMES = with(BLOCK_NAMES, Map.of("ffn_up", "mlp.gate_up_proj"));

    private static final Map<String, String> GPT2_NAMES = Map.of(
            "token_embd", "transformer.wte",
            "position_embd", "transformer.wpe",
            "output_norm", "transformer.ln_f",
            "output", "lm_head");
    private static final Map<String, String> GPT2_BLOCK_NAMES = Map.of(
            "attn_norm", "ln_1",
            "attn_qkv", "attn.c_attn",
            "attn_output", "attn.c_proj",
            "ffn_norm", "ln_2",
            "ffn_up", "mlp.c_fc",
            "ffn_down", "mlp.c_proj");

    /** Families whose query and key rows llama.cpp's converter interleaves ({@code LlamaModel.permute} and heirs). */
    private static final Set<String> INTERLEAVED =
            Set.of("llama", "minicpm", "granite", "smollm3", "arcee", "mistral3");

    /**
     * The family of that name.
     *
     * @param architecture {@code general.architecture}; of an unknown one the usual names are taken
     * @param sandwich whether blocks have a norm after the feed-forward part
     */
    static GgufFamily of(String architecture, boolean sandwich) {
        Map<String, String> blockNames = sandwich ? SANDWICH_NAMES : BLOCK_NAMES;
        String block = "model.layers.";
        return switch (architecture) {
            case "gemma", "gemma2", "gemma3" ->
                new GgufFamily(
                        architecture.equals("gemma3") ? "gemma3_text" : architecture,
                        NAMES,
                        block,
                        blockNames,
                        false,
                        true,
                        "gelu_pytorch_tanh");
            case "phi3" -> new GgufFamily(architecture, NAMES, block, PHI3_NAMES, false, false, "silu");
            case "gpt2" ->
                new GgufFamily(architecture, GPT2_NAMES, "transformer.h.", GPT2_BLOCK_NAMES, false, false, "gelu_new");
            default ->
                new GgufFamily(
                        architecture, NAMES, block, blockNames, INTERLEAVED.contains(architecture), false, "silu");
        };
    }

    /** The Hugging Face name of a tensor; its own if it has none. */
    String huggingFaceName(String name) {
        int dot = name.lastIndexOf('.');
        if (dot < 0) {
            return name;
        }
        String stem = name.substring(0, dot);
        String suffix = name.substring(dot);
        String plain = names.get(stem);
        if (plain != null) {
            return plain + suffix;
        }
        int second = stem.startsWith("blk.") ? stem.indexOf('.', 4) : -1;
        String mapped = second < 0 ? null : blockNames.get(stem.substring(second + 1));
        return mapped == null ? name : block + stem.substring(4, second) + "." + mapped + suffix;
    }

    /** Whether the rows of a tensor of that Hugging Face name are interleaved by head. */
    boolean interleaves(String name) {
        return interleaved && (name.contains(".self_attn.q_proj.") || name.contains(".self_attn.k_proj."));
    }

    /**
     * Settings that {@code config.json} has under another name, or that llama.cpp knows without being told.
     *
     * @param stored the file's settings, without the family's prefix
     */
    Map<String, Object> settings(Map<String, Object> stored, int layers, int hiddenSize, int heads, int headDim) {
        Map<String, Object> settings = new HashMap<>();
        switch (modelType) {
            case "gemma2" ->
                settings.put("query_pre_attn_scalar", (double) (layers == 46 ? hiddenSize / heads : headDim)); // 27B
            case "gemma3_text" -> {
                settings.put("query_pre_attn_scalar", (double) (layers == 62 ? hiddenSize / heads : headDim)); // 27B
                settings.put("rope_local_base_freq", stored.getOrDefault("rope.freq_base_swa", 10000.0));
            }
            default -> {}
        }
        return settings;
    }

    private static Map<String, String> with(Map<String, String> names, Map<String, String> others) {
        Map<String, String> all = new HashMap<>(names);
        all.putAll(others);
        return Map.copyOf(all);
    }
}
