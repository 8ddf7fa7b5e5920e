package dev.llmadapt.local.checkpoint;

import java.util.Map;

/**
 * The table of what {@code config.json} may say, by family: common rows first, then those of each family, which go
 * before them. Defaults are those of the family's configuration class in transformers 5.24; {@link ConfigKeys} says
 * what happens to the rest.
 */
final class FamilyKeys {
    private static final String BOTH_WAYS =
            "models whose tokens see those behind them, such as embedders, are not supported";
    private static final String SCALARS = "it scales what the model computes, which this family does not do";
    private static final String EXPERTS = "mixtures of experts are not supported";
    private static final String BITS =
            "weights quantised so are not supported; use the original checkpoint or a GGUF file";

    /** Read and written by every kind of checkpoint, without a say in what the model computes. */
    private static final ConfigKeys NOTES = ConfigKeys.none()
            // how it was saved, and by what
            .passesOver("_name_or_path", "name_or_path", "_commit_hash", "transformers_version", "auto_map")
            .passesOver("custom_pipelines", "tokenizer_class", "processor_class", "transformers.js_config")
            .passesOver("is_llama_config", "unsloth_version", "unsloth_fixed", "_unsloth_version", "_from_model_config")
            .passesOver("library_name", "pipeline_tag", "language", "datasets", "torch_dtype", "dtype")
            // how it is to be run elsewhere
            .passesOver("use_cache", "pretraining_tp", "cache_implementation", "attn_implementation")
            .passesOver("_attn_implementation", "_attn_implementation_internal", "_attn_implementation_autoset")
            .passesOver("_flash_attn_2_enabled", "use_flash_attn", "use_flash_attention", "use_flash_attention_2")
            .passesOver("use_flash_attn_2", "flash_attention", "low_cpu_mem_usage", "torchscript", "use_bfloat16")
            .passesOver("return_dict", "output_attentions", "output_hidden_states", "output_past", "tf_legacy_loss")
            .passesOver("chunk_size_feed_forward", "gradient_checkpointing", "use_gradient_checkpointing")
            .passesOver("model_max_length", "tokenizer_model_max_length", "max_sequence_length", "seq_length")
            .passesOver("tie_last_hidden_states", "dual_chunk_attention_config") // beyond any context opened here
            // how it was trained
            .passesOver("initializer_range", "initializer_factor", "attention_dropout", "hidden_dropout")
            .passesOver("attention_dropout_prob", "hidden_dropout_prob", "attention_probs_dropout_prob", "dropout")
            .passesOver("resid_pdrop", "embd_pdrop", "attn_pdrop", "embedding_dropout", "classifier_dropout")
            .passesOver("resid_dropout", "ffn_dropout", "mlp_dropout", "rope_dropout", "neftune_noise_alpha")
            .passesOver("router_aux_loss_coef", "output_router_logits", "z_loss", "label_smoothing", "loss_type")
            .passesOver("train_batch_size", "learning_rate", "finetuning_task", "keys_to_ignore_at_inference")
            // tokens, which the tokenizer and the template know
            .passesOver("unk_token_id", "sep_token_id", "cls_token_id", "mask_token_id", "decoder_start_token_id")
            .passesOver("image_token_id", "user_token_id", "prefix", "eos_token", "bos_token", "pad_token", "unk_token")
            // labels, of which models of language have none
            .passesOver("id2label", "label2id", "num_labels", "_num_labels", "problem_type", "task_specific_params")
            // how answers are chosen: requests say that
            .passesOver("max_length", "min_length", "max_new_tokens", "min_new_tokens", "do_sample", "early_stopping")
            .passesOver("num_beams", "num_beam_groups", "diversity_penalty", "temperature", "top_k", "top_p", "min_p")
            .passesOver("typical_p", "epsilon_cutoff", "eta_cutoff", "repetition_penalty", "length_penalty")
            .passesOver("no_repeat_ngram_size", "encoder_no_repeat_ngram_size", "encoder_repetition_penalty")
            .passesOver("bad_words_ids", "num_return_sequences", "output_scores", "return_dict_in_generate")
            .passesOver("forced_bos_token_id", "forced_eos_token_id", "remove_invalid_values", "suppress_tokens")
            .passesOver(
                    "begin_suppress_tokens", "exponential_decay_length_penalty", "penalty_alpha", "renormalize_logits")
            .passesOver("max_time", "use_model_defaults", "generation_config", "stop_strings", "guidance_scale")
            // halves that decoders do not have
            .passesOver("is_decoder", "pruned_heads", "tie_encoder_decoder", "cross_attention_hidden_size");

    /** Settings that would change the results of any family, and are not computed here. */
    private static final ConfigKeys REFUSED = ConfigKeys.none()
            .refusesUnless(true, BOTH_WAYS, "is_causal", "causal", "causal_attention", "use_causal_mask")
            .refuses(BOTH_WAYS, "use_bidirectional_attention", "bidirectional", "bidirectional_attention")
            .refuses("models of encoder and decoder are not supported", "is_encoder_decoder", "add_cross_attention")
            .refusesUnless(
                    true,
                    "models of these families are made of it",
                    "use_rope",
                    "rope",
                    "use_rotary",
                    "use_rotary_emb",
                    "use_rotary_embeddings",
                    "rotary",
                    "use_rms_norm",
                    "use_rmsnorm",
                    "use_gated_mlp",
                    "use_glu",
                    "use_swiglu")
            .refusesUnless(
                    1,
                    SCALARS,
                    "embedding_multiplier",
                    "residual_multiplier",
                    "logits_scaling",
                    "logit_scale",
                    "logits_scale",
                    "embedding_scale",
                    "scale_emb",
                    "scale_depth",
                    "rope_ratio",
                    "rotary_pct",
                    "rotary_percent",
                    "residual_scale",
                    "width_scale",
                    "key_multiplier",
                    "lm_head_multiplier",
                    "partial_rotary_factor",
                    "full_attn_mod",
                    "interpolate_factor")
            .refuses(SCALARS, "attention_multiplier", "attention_scale", "dim_model_base", "attention_softmax_scale")
            .refuses(SCALARS, "query_pre_attn_scalar", "attn_logit_softcapping", "final_logit_softcapping", "clip_qkv")
            .refusesUnless(0, EXPERTS, "num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts")
            .refusesUnless(0, EXPERTS, "num_experts_per_tok", "n_shared_experts", "num_moe_layers")
            .refusesUnless(0, "layers that guess ahead are not supported", "num_nextn_predict_layers", "num_mtp_layers")
            .refuses("layers without positions, or that attend in pieces, are not supported", "no_rope_layers")
            .refuses("layers without positions, or that attend in pieces, are not supported", "no_rope_layer_interval")
            .refuses("layers without positions, or that attend in pieces, are not supported", "attention_chunk_size")
            .refuses("layers that differ in their settings are not supported", "per_layer_config", "block_configs")
            .refuses("norms of queries and keys are not part of this family", "use_qk_norm", "qk_norm", "qk_layernorm")
            .refuses("positions of pairs, or of pictures, are not supported", "rope_interleaved", "use_mrope")
            .refuses("a bias of the output head is not part of this family", "lm_head_bias")
            .refuses(
                    BITS,
                    "quantization_config",
                    "quantization",
                    "compression_config",
                    "quantize_config",
                    "quant_config")
            .refuses("models of text and images or sound are not supported", "text_config", "vision_config")
            .refuses("models of text and images or sound are not supported", "audio_config", "mm_vision_tower");

    /** Of decoders with Llama's names for their settings. */
    private static final ConfigKeys DECODER = NOTES.and(REFUSED)
            .honours("model_type", "architectures", "bos_token_id", "eos_token_id", "pad_token_id", "vocab_size")
            .honours("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "head_dim")
            .honours("num_key_value_heads", "max_position_embeddings")
            .honours("rope_scaling", "rope_parameters", "original_max_position_embeddings")
            .honoursWithDefault("rope_theta", 10000)
            .honoursWithDefault("rms_norm_eps", 1e-6)
            .honoursWithDefault("hidden_act", "silu")
            .honoursWithDefault("tie_word_embeddings", false);

    private static final ConfigKeys LLAMA = DECODER.honoursWithDefault("attention_bias", false)
            .honoursWithDefault("mlp_bias", false)
            .passesOver("sliding_window", "use_sliding_window", "max_window_layers") // transformers knows none in Llama
            .honours("layer_types");

    private static final ConfigKeys MISTRAL = DECODER.honoursWithDefault("sliding_window", 4096)
            .honoursWithDefault("num_key_value_heads", 8)
            .passesOver("use_sliding_window", "max_window_layers")
            .honours("layer_types");

    private static final ConfigKeys QWEN2 = DECODER.honoursWithDefault("use_sliding_window", false)
            .honoursWithDefault("sliding_window", 4096)
            .honoursWithDefault("max_window_layers", 28)
            .honoursWithDefault("num_key_value_heads", 32)
            .honours("layer_types")
            .passesOver("attention_bias", "qkv_bias"); // queries, keys and values have one always

    private static final ConfigKeys QWEN3 = QWEN2.honoursWithDefault("head_dim", 128)
            .honoursWithDefault("attention_bias", false)
            .passesOver("use_qk_norm"); // heads are normed always

    private static final ConfigKeys PHI3 = DECODER.honours("sliding_window", "partial_rotary_factor", "layer_types")
            .honoursWithDefault("original_max_position_embeddings", 4096)
            .honoursWithDefault("rms_norm_eps", 1e-5);

    private static final ConfigKeys GEMMA = DECODER.honoursWithDefault("hidden_activation", "gelu_pytorch_tanh")
            .passesOver("hidden_act") // transformers reads the other one
            .honoursWithDefault("head_dim", 256)
            .honoursWithDefault("num_key_value_heads", 4)
            .honoursWithDefault("query_pre_attn_scalar", 256)
            .honoursWithDefault("sliding_window", 4096)
            .honoursWithDefault("attention_bias", false)
            .honoursWithDefault("tie_word_embeddings", true)
            .honours("layer_types", "final_logit_softcapping")
            .passesOver("sliding_window_size");

    private static final ConfigKeys GEMMA2 =
            GEMMA.honoursWithDefault("final_logit_softcapping", 30).honoursWithDefault("attn_logit_softcapping", 50);

    private static final ConfigKeys GEMMA3 = GEMMA.honoursWithDefault("rope_theta", 1e6)
            .honoursWithDefault("rope_local_base_freq", 1e4)
            .honoursWithDefault("sliding_window_pattern", 6)
            .passesOver("_sliding_window_pattern", "mm_tokens_per_image", "image_token_index")
            .passesOver("boi_token_index", "eoi_token_index");

    private static final ConfigKeys GPT2 = NOTES.and(REFUSED)
            .honours("model_type", "architectures", "bos_token_id", "eos_token_id", "pad_token_id", "vocab_size")
            .honours("n_embd", "n_layer", "n_head", "n_inner")
            .honours("hidden_size", "num_hidden_layers", "num_attention_heads", "max_position_embeddings") // the same
            .honoursWithDefault("n_positions", 1024)
            .honoursWithDefault("activation_function", "gelu_new")
            .honoursWithDefault("layer_norm_epsilon", 1e-5)
            .honoursWithDefault("tie_word_embeddings", true)
            .honoursWithDefault("scale_attn_weights", true)
            .honoursWithDefault("scale_attn_by_inverse_layer_idx", false)
            .passesOver("reorder_and_upcast_attn", "n_ctx", "n_special", "predict_special_tokens")
            .passesOver("summary_type", "summary_use_proj", "summary_activation", "summary_proj_to_labels")
            .passesOver("summary_first_dropout");

    private static final Map<String, ConfigKeys> TABLE = Map.of(
            "llama", LLAMA,
            "mistral", MISTRAL,
            "qwen2", QWEN2,
            "qwen3", QWEN3,
            "phi3", PHI3,
            "gemma2", GEMMA2,
            "gemma3", GEMMA3,
            "gemma3_text", GEMMA3,
            "gpt2", GPT2);

    private FamilyKeys() {}

    /**
     * A configuration with its family's defaults, after a check of its keys; as it is where the family is not known.
     */
    static Json complete(Json config, String modelType) {
        ConfigKeys keys = TABLE.get(modelType);
        return keys == null ? config : keys.complete(config, modelType);
    }
}
