package dev.llmadapt.local.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Configurations with the keys and values of published models, some shortened: none of their keys is refused. */
class PublishedConfigsTest {
    static Stream<Arguments> configs() {
        return Stream.of(
                Arguments.of("SmolLM2-135M-Instruct", 0, """
                        {"architectures":["LlamaForCausalLM"],"attention_bias":false,"attention_dropout":0.0,"bos_token_id":1,
                        "eos_token_id":2,"hidden_act":"silu","hidden_size":576,"initializer_range":0.041666666666666664,
                        "intermediate_size":1536,"is_llama_config":true,"max_position_embeddings":8192,"mlp_bias":false,
                        "model_type":"llama","num_attention_heads":9,"num_hidden_layers":30,"num_key_value_heads":3,
                        "pad_token_id":2,"pretraining_tp":1,"rms_norm_eps":1e-05,"rope_interleaved":false,
                        "rope_scaling":null,"rope_theta":100000,"tie_word_embeddings":true,"torch_dtype":"bfloat16",
                        "transformers.js_config":{"kv_cache_dtype":{"q4f16":"float16","fp16":"float16"}},
                        "transformers_version":"4.42.3","use_cache":true,"vocab_size":49152}"""),
                Arguments.of("Llama-2-7b, first files", 0, """
                        {"_name_or_path":"meta-llama/Llama-2-7b-hf","architectures":["LlamaForCausalLM"],"bos_token_id":1,
                        "eos_token_id":2,"hidden_act":"silu","hidden_size":4096,"initializer_range":0.02,
                        "intermediate_size":11008,"max_position_embeddings":4096,"max_sequence_length":2048,
                        "model_type":"llama","num_attention_heads":32,"num_hidden_layers":32,"num_key_value_heads":32,
                        "pad_token_id":0,"pretraining_tp":1,"rms_norm_eps":1e-05,"rope_scaling":null,
                        "tie_word_embeddings":false,"torch_dtype":"float16","transformers_version":"4.31.0.dev0",
                        "use_cache":true,"vocab_size":32000}"""),
                Arguments.of("Llama-3.2-1B-Instruct by unsloth", 0, """
                        {"_name_or_path":"unsloth/Llama-3.2-1B-Instruct","architectures":["LlamaForCausalLM"],
                        "attention_bias":false,"attention_dropout":0.0,"bos_token_id":128000,"eos_token_id":128009,
                        "head_dim":64,"hidden_act":"silu","hidden_size":2048,"initializer_range":0.02,
                        "intermediate_size":8192,"max_position_embeddings":131072,"mlp_bias":false,"model_type":"llama",
                        "num_attention_heads":32,"num_hidden_layers":16,"num_key_value_heads":8,"pad_token_id":128004,
                        "pretraining_tp":1,"rms_norm_eps":1e-05,"rope_scaling":{"factor":32.0,"high_freq_factor":4.0,
                        "low_freq_factor":1.0,"original_max_position_embeddings":8192,"rope_type":"llama3"},
                        "rope_theta":500000.0,"tie_word_embeddings":true,"torch_dtype":"bfloat16",
                        "transformers_version":"4.52.0.dev0","unsloth_fixed":true,"unsloth_version":"2025.5.1",
                        "use_cache":true,"vocab_size":128256}"""),
                Arguments.of("Mistral-7B-v0.1", 4096, """
                        {"architectures":["MistralForCausalLM"],"bos_token_id":1,"eos_token_id":2,"hidden_act":"silu",
                        "hidden_size":4096,"initializer_range":0.02,"intermediate_size":14336,
                        "max_position_embeddings":32768,"model_type":"mistral","num_attention_heads":32,
                        "num_hidden_layers":32,"num_key_value_heads":8,"rms_norm_eps":1e-05,"rope_theta":10000.0,
                        "sliding_window":4096,"tie_word_embeddings":false,"torch_dtype":"bfloat16",
                        "transformers_version":"4.34.0.dev0","use_cache":true,"vocab_size":32000}"""),
                Arguments.of("DeepSeek-R1-Distill-Qwen-1.5B", 0, """
                        {"architectures":["Qwen2ForCausalLM"],"attention_dropout":0.0,"bos_token_id":151643,
                        "eos_token_id":151643,"hidden_act":"silu","hidden_size":1536,"initializer_range":0.02,
                        "intermediate_size":8960,"max_position_embeddings":131072,"max_window_layers":21,
                        "model_type":"qwen2","num_attention_heads":12,"num_hidden_layers":28,"num_key_value_heads":2,
                        "rms_norm_eps":1e-06,"rope_theta":10000,"sliding_window":4096,"tie_word_embeddings":false,
                        "torch_dtype":"bfloat16","transformers_version":"4.44.0","use_cache":true,"use_mrope":false,
                        "use_sliding_window":false,"vocab_size":151936}"""),
                Arguments.of("Qwen2.5-7B-Instruct-1M", 0, """
                        {"architectures":["Qwen2ForCausalLM"],"attention_dropout":0.0,"bos_token_id":151643,
                        "dual_chunk_attention_config":{"chunk_size":262144,"local_size":8192,
                        "original_max_position_embeddings":262144},"eos_token_id":151645,"hidden_act":"silu",
                        "hidden_size":3584,"initializer_range":0.02,"intermediate_size":18944,
                        "max_position_embeddings":1010000,"max_window_layers":28,"model_type":"qwen2",
                        "num_attention_heads":28,"num_hidden_layers":28,"num_key_value_heads":4,"rms_norm_eps":1e-05,
                        "rope_theta":10000000.0,"sliding_window":32768,"tie_word_embeddings":false,
                        "torch_dtype":"bfloat16","transformers_version":"4.45.0","use_cache":true,
                        "use_sliding_window":false,"vocab_size":152064}"""),
                Arguments.of("DeepSeek-R1-0528-Qwen3-8B", 0, """
                        {"architectures":["Qwen3ForCausalLM"],"attention_bias":false,"attention_dropout":0.0,
                        "bos_token_id":151643,"eos_token_id":151645,"head_dim":128,"hidden_act":"silu","hidden_size":4096,
                        "initializer_range":0.02,"intermediate_size":12288,"max_position_embeddings":131072,
                        "max_window_layers":36,"model_type":"qwen3","num_attention_heads":32,"num_hidden_layers":36,
                        "num_key_value_heads":8,"rms_norm_eps":1e-06,"rope_scaling":{"rope_type":"yarn","factor":4.0,
                        "original_max_position_embeddings":32768,"attn_factor":0.8782488562869419},"rope_theta":1000000,
                        "sliding_window":null,"tie_word_embeddings":false,"torch_dtype":"bfloat16",
                        "transformers_version":"4.51.0","use_cache":true,"use_sliding_window":false,
                        "vocab_size":151936}"""),
                Arguments.of("Phi-3-mini-4k-instruct", 2047, """
                        {"_name_or_path":"Phi-3-mini-4k-instruct","architectures":["Phi3ForCausalLM"],
                        "attention_dropout":0.0,"auto_map":{"AutoConfig":"configuration_phi3.Phi3Config",
                        "AutoModelForCausalLM":"modeling_phi3.Phi3ForCausalLM"},"bos_token_id":1,"embd_pdrop":0.0,
                        "eos_token_id":32000,"hidden_act":"silu","hidden_size":3072,"initializer_range":0.02,
                        "intermediate_size":8192,"max_position_embeddings":4096,"model_type":"phi3",
                        "num_attention_heads":32,"num_hidden_layers":32,"num_key_value_heads":32,
                        "original_max_position_embeddings":4096,"pad_token_id":32000,"resid_pdrop":0.0,
                        "rms_norm_eps":1e-05,"rope_scaling":null,"rope_theta":10000.0,"sliding_window":2047,
                        "tie_word_embeddings":false,"torch_dtype":"bfloat16","transformers_version":"4.40.2",
                        "use_cache":true,"attention_bias":false,"vocab_size":32064}"""),
                Arguments.of("Phi-4-mini-instruct, fewer factors", 262144, """
                        {"architectures":["Phi3ForCausalLM"],"attention_bias":false,"attention_dropout":0.0,
                        "auto_map":{"AutoConfig":"configuration_phi3.Phi3Config"},"bos_token_id":199999,"embd_pdrop":0.0,
                        "eos_token_id":199999,"full_attn_mod":1,"hidden_act":"silu","hidden_size":32,
                        "initializer_range":0.02,"intermediate_size":8192,"interpolate_factor":1,"lm_head_bias":false,
                        "max_position_embeddings":131072,"mlp_bias":false,"model_type":"phi3","num_attention_heads":4,
                        "num_hidden_layers":32,"num_key_value_heads":2,"original_max_position_embeddings":4096,
                        "pad_token_id":199999,"partial_rotary_factor":0.75,"resid_pdrop":0.0,"rms_norm_eps":1e-05,
                        "rope_scaling":{"long_factor":[1,1.1,1.2],"short_factor":[1.0,1.0,1.0],"type":"longrope"},
                        "rope_theta":10000.0,"sliding_window":262144,"tie_word_embeddings":true,"torch_dtype":"bfloat16",
                        "transformers_version":"4.45.0","use_cache":true,"vocab_size":200064}"""),
                Arguments.of("gemma-2-9b-it", 4096, """
                        {"architectures":["Gemma2ForCausalLM"],"attention_bias":false,"attention_dropout":0.0,
                        "attn_logit_softcapping":50.0,"bos_token_id":2,"cache_implementation":"hybrid","eos_token_id":1,
                        "final_logit_softcapping":30.0,"head_dim":256,"hidden_act":"gelu_pytorch_tanh",
                        "hidden_activation":"gelu_pytorch_tanh","hidden_size":3584,"initializer_range":0.02,
                        "intermediate_size":14336,"max_position_embeddings":8192,"model_type":"gemma2",
                        "num_attention_heads":16,"num_hidden_layers":42,"num_key_value_heads":8,"pad_token_id":0,
                        "query_pre_attn_scalar":256,"rms_norm_eps":1e-06,"rope_theta":10000.0,"sliding_window":4096,
                        "sliding_window_size":4096,"torch_dtype":"bfloat16","transformers_version":"4.42.0.dev0",
                        "use_cache":true,"vocab_size":256000}"""),
                Arguments.of("gemma-3-1b-it", 512, """
                        {"architectures":["Gemma3ForCausalLM"],"attention_bias":false,"attention_dropout":0.0,
                        "attn_logit_softcapping":null,"bos_token_id":2,"cache_implementation":"hybrid",
                        "eos_token_id":[1,106],"final_logit_softcapping":null,"head_dim":256,
                        "hidden_activation":"gelu_pytorch_tanh","hidden_size":1152,"initializer_range":0.02,
                        "intermediate_size":6912,"max_position_embeddings":32768,"model_type":"gemma3_text",
                        "num_attention_heads":4,"num_hidden_layers":26,"num_key_value_heads":1,"pad_token_id":0,
                        "query_pre_attn_scalar":256,"rms_norm_eps":1e-06,"rope_local_base_freq":10000,
                        "rope_scaling":null,"rope_theta":1000000,"sliding_window":512,"sliding_window_pattern":6,
                        "torch_dtype":"bfloat16","transformers_version":"4.50.0.dev0","use_cache":true,
                        "vocab_size":262144}"""),
                Arguments.of("distilgpt2", 0, """
                        {"_num_labels":1,"activation_function":"gelu_new","architectures":["GPT2LMHeadModel"],
                        "attn_pdrop":0.1,"bos_token_id":50256,"embd_pdrop":0.1,"eos_token_id":50256,
                        "id2label":{"0":"LABEL_0"},"initializer_range":0.02,"label2id":{"LABEL_0":0},
                        "layer_norm_epsilon":1e-05,"model_type":"gpt2","n_ctx":1024,"n_embd":768,"n_head":12,"n_layer":6,
                        "n_positions":1024,"resid_pdrop":0.1,"summary_activation":null,"summary_first_dropout":0.1,
                        "summary_proj_to_labels":true,"summary_type":"cls_index","summary_use_proj":true,
                        "task_specific_params":{"text-generation":{"do_sample":true,"max_length":50}},
                        "vocab_size":50257}"""),
                Arguments.of("Cerebras-GPT-111M", 0, """
                        {"activation_function":"gelu","architectures":["GPT2LMHeadModel"],"attn_pdrop":0.0,
                        "bos_token_id":50256,"embd_pdrop":0.0,"eos_token_id":50256,"initializer_range":0.02,
                        "layer_norm_epsilon":1e-05,"model_type":"gpt2","n_embd":768,"n_head":12,"n_inner":3072,
                        "n_layer":10,"n_positions":2048,"reorder_and_upcast_attn":false,"resid_pdrop":0.0,
                        "scale_attn_by_inverse_layer_idx":false,"scale_attn_weights":true,"torch_dtype":"float32",
                        "transformers_version":"4.23.1","use_cache":true,"vocab_size":50257}"""),
                Arguments.of("a fine-tune by transformers 4.20 with all it wrote then", 0, """
                        {"return_dict":true,"output_hidden_states":false,"output_attentions":false,"torchscript":false,
                        "torch_dtype":"float16","use_bfloat16":false,"tf_legacy_loss":false,"pruned_heads":{},
                        "tie_word_embeddings":false,"is_encoder_decoder":false,"is_decoder":false,
                        "cross_attention_hidden_size":null,"add_cross_attention":false,"tie_encoder_decoder":false,
                        "max_length":20,"min_length":0,"do_sample":false,"early_stopping":false,"num_beams":1,
                        "num_beam_groups":1,"diversity_penalty":0.0,"temperature":1.0,"top_k":50,"top_p":1.0,
                        "typical_p":1.0,"repetition_penalty":1.0,"length_penalty":1.0,"no_repeat_ngram_size":0,
                        "encoder_no_repeat_ngram_size":0,"bad_words_ids":null,"num_return_sequences":1,
                        "chunk_size_feed_forward":0,"output_scores":false,"return_dict_in_generate":false,
                        "forced_bos_token_id":null,"forced_eos_token_id":null,"remove_invalid_values":false,
                        "exponential_decay_length_penalty":null,"suppress_tokens":null,"begin_suppress_tokens":null,
                        "architectures":["LlamaForCausalLM"],"finetuning_task":null,"id2label":{"0":"LABEL_0",
                        "1":"LABEL_1"},"label2id":{"LABEL_0":0,"LABEL_1":1},"tokenizer_class":null,"prefix":null,
                        "bos_token_id":1,"pad_token_id":null,"eos_token_id":2,"sep_token_id":null,
                        "decoder_start_token_id":null,"task_specific_params":null,"problem_type":null,
                        "_name_or_path":"x","_attn_implementation_autoset":true,"hidden_size":64,"intermediate_size":64,
                        "max_position_embeddings":64,"num_attention_heads":4,"num_hidden_layers":2,"vocab_size":100,
                        "rms_norm_eps":1e-06,"hidden_act":"silu","model_type":"llama","gradient_checkpointing":false,
                        "neftune_noise_alpha":5}"""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("configs")
    void read_ofAPublishedModel_isUnderstood(String name, int firstWindow, String json) {
        ModelConfig config = ConfigJson.read(Json.parse(name, json), Optional.empty());

        assertThat(config.windows().get(0)).isEqualTo(firstWindow);
    }
}
