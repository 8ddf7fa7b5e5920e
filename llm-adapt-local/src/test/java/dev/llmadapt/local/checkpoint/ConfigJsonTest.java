package dev.llmadapt.local.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.CheckpointException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ConfigJsonTest {
    private static ModelConfig parse(String json) {
        return ConfigJson.read(Json.parse("config.json", json), Optional.empty());
    }

    private static ModelConfig read(String... extraFields) {
        return parse(TestFiles.config(extraFields));
    }

    /** As a family's configuration. */
    private static ModelConfig readAs(String family, String... extraFields) {
        return parse(configOf(family, extraFields));
    }

    private static String configOf(String family, String... extraFields) {
        String json = TestFiles.config(extraFields).replace("\"llama\"", "\"" + family + "\"");
        return json.replace("\"vocab_size\"", "\"num_key_value_heads\":2,\"vocab_size\"");
    }

    private static void assertRefused(String json, String... parts) {
        assertThatThrownBy(() -> parse(json))
                .as(json)
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("config.json")
                .hasMessageContainingAll(parts);
    }

    @Test
    void read_onlyWhatIsRequired_fillsInTheDefaults() {
        ModelConfig config = read();

        assertThat(config.keyValueHeads()).isEqualTo(2);
        assertThat(config.headDim()).isEqualTo(2);
        assertThat(config.rotaryDim()).isEqualTo(2);
        assertThat(config.ropeTheta()).isEqualTo(10000);
        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.None());
        assertThat(config.tieWordEmbeddings()).isFalse();
        assertThat(config.biases()).isEmpty();
        assertThat(config.windows()).containsExactly(0);
        assertThat(config.hiddenActivation()).isEqualTo("silu");
        assertThat(config.bosTokenId()).isEmpty();
        assertThat(config.eosTokenIds()).isEmpty();
        assertThat(config.torchDtype()).isEmpty();
    }

    @Test
    void read_whatIsLeftOut_isTheFamilysDefaultInTransformers() {
        assertThat(readAs("mistral").windows()).containsExactly(4096);
        String mistral = configOf("mistral").replace("\"num_key_value_heads\":2,", "");
        assertThat(parse(mistral.replace("\"num_attention_heads\":2", "\"head_dim\":2,\"num_attention_heads\":16"))
                        .keyValueHeads())
                .isEqualTo(8);
        assertThat(readAs("qwen2").windows()).containsExactly(0);
        assertThat(readAs("qwen2").biases()).containsExactlyInAnyOrder("q_proj", "k_proj", "v_proj");
        assertThat(readAs("qwen3").headDim()).isEqualTo(128);
        assertThat(readAs("phi3").rmsNormEpsilon()).isEqualTo(1e-5);
        ModelConfig gemma2 = readAs("gemma2");
        assertThat(gemma2.headDim()).isEqualTo(256);
        assertThat(gemma2.tieWordEmbeddings()).isTrue();
        assertThat(gemma2.hiddenActivation()).isEqualTo("gelu_pytorch_tanh");
        assertThat(gemma2.settings())
                .containsEntry("query_pre_attn_scalar", 256.0)
                .containsEntry("attn_logit_softcapping", 50.0)
                .containsEntry("final_logit_softcapping", 30.0);
        ModelConfig gemma3 = readAs("gemma3_text", "\"num_hidden_layers\":7");
        assertThat(gemma3.ropeTheta()).isEqualTo(1e6);
        assertThat(gemma3.settings())
                .containsEntry("rope_local_base_freq", 1e4)
                .doesNotContainKey("final_logit_softcapping");
        assertThat(gemma3.windows()).containsExactly(4096, 4096, 4096, 4096, 4096, 0, 4096);
    }

    @Test
    void read_null_isNotTheDefault() {
        assertThat(readAs("mistral", "\"sliding_window\":null").windows()).containsExactly(0);
        assertThat(readAs("gemma2", "\"final_logit_softcapping\":null", "\"attn_logit_softcapping\":null")
                        .settings())
                .doesNotContainKeys("final_logit_softcapping", "attn_logit_softcapping");
    }

    @Test
    void read_activation_isTheOneTransformersReads() {
        assertThat(read("\"hidden_act\":\"relu\"").hiddenActivation()).isEqualTo("relu");
        assertThat(readAs("gemma2", "\"hidden_act\":\"relu\"").hiddenActivation())
                .isEqualTo("gelu_pytorch_tanh");
        assertThat(readAs("gemma3_text", "\"hidden_act\":\"relu\"", "\"hidden_activation\":\"gelu\"")
                        .hiddenActivation())
                .isEqualTo("gelu");
    }

    @Test
    void read_windows_areThoseOfTheFamily() {
        assertThat(read("\"sliding_window\":4", "\"use_sliding_window\":true").windows())
                .as("transformers knows none in Llama")
                .containsExactly(0);
        assertThat(readAs("mistral", "\"sliding_window\":4").windows()).containsExactly(4);
        assertThat(readAs("phi3", "\"sliding_window\":4").windows()).containsExactly(4);
        String two = "\"num_hidden_layers\":2";
        String window = "\"sliding_window\":4";
        for (String qwen : List.of("qwen2", "qwen3")) {
            assertThat(readAs(qwen, window, "\"max_window_layers\":0").windows())
                    .containsExactly(0);
            String on = "\"use_sliding_window\":true";
            assertThat(readAs(qwen, window, on).windows())
                    .as("28 layers see all")
                    .containsExactly(0);
            assertThat(readAs(qwen, two, window, on, "\"max_window_layers\":1").windows())
                    .containsExactly(0, 4);
            assertThat(readAs(qwen, two, window, on, "\"layer_types\":[\"sliding_attention\",\"full_attention\"]")
                            .windows())
                    .containsExactly(4, 0);
        }
        assertThat(readAs("gemma2", two, window).windows()).containsExactly(4, 0);
        assertThat(readAs("gemma3", two, window, "\"sliding_window_pattern\":2").windows())
                .containsExactly(4, 0);
    }

    @Test
    void read_windowsThatCannotBe_areRefused() {
        String types = "\"layer_types\":[\"sliding_attention\"]";
        assertRefused(configOf("llama", types), "layer_types", "full_attention of all layers");
        assertRefused(configOf("mistral", "\"layer_types\":[\"full_attention\"]"), "layer_types", "all layers");
        assertRefused(configOf("qwen2", types), "sliding_window", "switched on");
        assertRefused(configOf("gemma2", "\"sliding_window\":null"), "sliding_window", "switched on");
        assertRefused(configOf("mistral", "\"sliding_window\":0"), "sliding_window", "from 1");
        assertRefused(configOf("gemma2", "\"layer_types\":[]"), "layer_types", "each of 1 layers");
        assertRefused(configOf("gemma2", "\"layer_types\":[\"conv\"]"), "layer_types", "conv");
    }

    @Test
    void read_biases_areThoseTheFileSwitchesOn() {
        assertThat(read("\"attention_bias\":true").biases())
                .containsExactlyInAnyOrder("q_proj", "k_proj", "v_proj", "o_proj");
        assertThat(read("\"mlp_bias\":true").biases()).containsExactlyInAnyOrder("gate_proj", "up_proj", "down_proj");
        assertRefused(configOf("mistral", "\"attention_bias\":true"), "attention_bias");
    }

    @Test
    void read_classesOfOtherModels_areRefusedWithTheirKind() {
        assertThat(read("\"architectures\":[\"LlamaForCausalLM\"]").modelType()).isEqualTo("llama");
        assertThat(read("\"architectures\":null").modelType()).isEqualTo("llama");
        assertRefused(
                configOf("llama", "\"architectures\":[\"LlamaForSequenceClassification\"]"),
                "architectures",
                "LlamaForSequenceClassification",
                "a classifier or a reward model");
        assertRefused(
                configOf("qwen3", "\"architectures\":[\"Qwen3ForTokenClassification\"]"),
                "architectures",
                "classifier");
        assertRefused(configOf("gemma3_text", "\"architectures\":[\"Gemma3TextModel\"]"), "without an output head");
        assertRefused(
                configOf("llama", "\"architectures\":[\"LlamaForCausalLMEagle3\"]"), "LlamaForCausalLMEagle3", "kind");
    }

    @Test
    void read_settingsThatChangeNumbers_areRefusedByName() {
        for (String setting : List.of(
                "\"is_causal\":false",
                "\"use_bidirectional_attention\":true",
                "\"attention_multiplier\":0.5",
                "\"embedding_multiplier\":12",
                "\"logits_scaling\":8",
                "\"residual_multiplier\":0.22",
                "\"logit_scale\":0.0625",
                "\"clip_qkv\":8",
                "\"attn_logit_softcapping\":50",
                "\"final_logit_softcapping\":30",
                "\"query_pre_attn_scalar\":256",
                "\"use_qk_norm\":true",
                "\"num_experts\":8",
                "\"moe_intermediate_size\":8",
                "\"partial_rotary_factor\":0.5",
                "\"no_rope_layers\":[1,0]",
                "\"attention_chunk_size\":8192",
                "\"quantization\":{\"bits\":4}",
                "\"lm_head_bias\":true",
                "\"per_layer_config\":{\"0\":{\"hidden_act\":\"relu\"}}",
                "\"rope_interleaved\":true",
                "\"norm_type\":\"layernorm\"",
                "\"a_setting_of_tomorrow\":0.5",
                "\"another_of_tomorrow\":true",
                "\"a_list_of_tomorrow\":[1]")) {
            String key = setting.substring(1, setting.indexOf('"', 1));
            assertRefused(configOf("llama", setting), "config.json, " + key + ": expected", "got");
        }
        assertRefused(configOf("gemma3_text", "\"attn_logit_softcapping\":50"), "attn_logit_softcapping");
        assertRefused(configOf("gemma2", "\"use_bidirectional_attention\":true"), "use_bidirectional_attention");
        assertRefused(configOf("qwen2", "\"partial_rotary_factor\":0.5"), "partial_rotary_factor");
    }

    @Test
    void read_settingsThatChangeNothing_arePassedOver() {
        ModelConfig config = read(
                "\"_name_or_path\":\"a/b\"",
                "\"transformers_version\":\"4.40.1\"",
                "\"unsloth_fixed\":true",
                "\"attention_dropout\":0.1",
                "\"pretraining_tp\":2",
                "\"is_llama_config\":true",
                "\"rope_interleaved\":false",
                "\"temperature\":0.7",
                "\"use_mrope\":false",
                "\"transformers.js_config\":{\"dtype\":\"q4\"}",
                "\"auto_map\":{\"AutoModelForCausalLM\":\"m.M\"}",
                "\"id2label\":{\"0\":\"LABEL_0\"}",
                "\"full_attn_mod\":1",
                "\"num_experts\":0",
                "\"attn_logit_softcapping\":null",
                "\"is_causal\":true",
                "\"a_setting_of_tomorrow\":null",
                "\"another_of_tomorrow\":false",
                "\"a_list_of_tomorrow\":[]",
                "\"my_tool_version\":\"1.2\"",
                "\"author\":\"me\"");

        assertThat(config.modelType()).isEqualTo("llama");
    }

    @Test
    void read_ropeParametersOfAnotherKind_areRefused() {
        assertRefused(
                TestFiles.config("\"rope_scaling\":{\"type\":\"linear\",\"factor\":2,\"mrope_section\":[1]}"),
                "mrope_section",
                "linear");
        assertRefused(TestFiles.config("\"rope_parameters\":{\"rope_type\":\"default\",\"factor\":8}"), "factor");
        assertRefused(
                TestFiles.config("\"rope_parameters\":{\"rope_type\":\"default\",\"partial_rotary_factor\":0.5}"),
                "partial_rotary_factor");
        assertRefused(configOf("gemma3_text", "\"rope_parameters\":{\"rope_theta\":7}"), "by the kind of layer");
        assertRefused(configOf("phi3", "\"rope_scaling\":{\"type\":\"linear\",\"factor\":2}"), "phi3", "linear");
        assertThat(read("\"rope_scaling\":{\"type\":\"yarn\",\"factor\":4,\"attn_factor\":0.88,\"finetuned\":true}")
                        .ropeScaling())
                .as("as transformers, which does not read the last two")
                .isEqualTo(new RopeScaling.Yarn(4, 16, 32, 1, true, 0.1 * Math.log(4) + 1));
    }

    @Test
    void read_bothNamesOfRopeParameters_theOldGoesFirst() {
        assertThat(read(
                                "\"rope_scaling\":{\"type\":\"linear\",\"factor\":2}",
                                "\"rope_parameters\":{\"rope_type\":\"default\"}")
                        .ropeScaling())
                .isEqualTo(new RopeScaling.Linear(2));
    }

    @Test
    void read_formOfTransformers4_isUnderstood() {
        ModelConfig config = read(
                "\"rope_theta\":5e5",
                "\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":32.0,\"low_freq_factor\":1.0,"
                        + "\"high_freq_factor\":4.0,\"original_max_position_embeddings\":8192}",
                "\"torch_dtype\":\"float16\"");

        assertThat(config.ropeTheta()).isEqualTo(500000);
        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.Llama3(32, 1, 4, 8192));
        assertThat(config.torchDtype()).contains("float16");
        assertThat(read("\"rope_scaling\":{\"type\":\"linear\",\"factor\":2}").ropeScaling())
                .isEqualTo(new RopeScaling.Linear(2));
        assertThat(read("\"rope_scaling\":null", "\"rope_theta\":7").ropeTheta())
                .isEqualTo(7);
    }

    @Test
    void read_yarn_asQwenWritesIt_isUnderstood() {
        String yarn = "\"rope_scaling\":{\"factor\":4.0,\"original_max_position_embeddings\":8,\"type\":\"yarn\"";

        assertThat(read(yarn + "}").ropeScaling())
                .isEqualTo(new RopeScaling.Yarn(4, 8, 32, 1, true, 0.1 * Math.log(4) + 1));
        assertThat(read(yarn + ",\"beta_fast\":16,\"beta_slow\":2,\"truncate\":false,\"attention_factor\":1.5}")
                        .ropeScaling())
                .isEqualTo(new RopeScaling.Yarn(4, 8, 16, 2, false, 1.5));
        assertThat(read(yarn + ",\"mscale\":1.0,\"mscale_all_dim\":1.0}").ropeScaling())
                .isEqualTo(new RopeScaling.Yarn(4, 8, 32, 1, true, 1));
        assertThat(read("\"rope_scaling\":{\"type\":\"yarn\",\"factor\":null,"
                                + "\"original_max_position_embeddings\":4}")
                        .ropeScaling())
                .as("the factor is that of the contexts")
                .isEqualTo(new RopeScaling.Yarn(4, 4, 32, 1, true, 0.1 * Math.log(4) + 1));
    }

    @Test
    void read_longRope_underAllItsNames_isUnderstood() {
        RopeScaling expected =
                new RopeScaling.LongRope(List.of(1.5f), List.of(3f), 8, Math.sqrt(1 + Math.log(2) / Math.log(8)));
        for (String type : List.of("longrope", "su", "yarn")) {
            String scaling = "\"rope_scaling\":{\"type\":\"" + type + "\",\"short_factor\":[1.5],\"long_factor\":[3]}";
            String json = TestFiles.config("\"original_max_position_embeddings\":8", scaling)
                    .replace("\"llama\"", "\"phi3\"");
            assertThat(parse(json).ropeScaling()).as(type).isEqualTo(expected);
        }
    }

    @Test
    void read_dynamic_isAsItIsInTheContextItWasMadeFor() {
        assertThat(read("\"rope_scaling\":{\"type\":\"dynamic\",\"factor\":2}").ropeScaling())
                .isEqualTo(new RopeScaling.None());
    }

    @Test
    void read_formOfTransformers5_isUnderstood() {
        ModelConfig config = read(
                "\"rope_parameters\":{\"rope_type\":\"default\",\"rope_theta\":1000000.0,"
                        + "\"partial_rotary_factor\":1.0}",
                "\"dtype\":\"bfloat16\"");

        assertThat(config.ropeTheta()).isEqualTo(1000000);
        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.None());
        assertThat(config.torchDtype()).contains("bfloat16");
    }

    @Test
    void read_endTokens_generationConfigWins() {
        Json config = Json.parse("config.json", TestFiles.config("\"eos_token_id\":1", "\"bos_token_id\":3"));
        Json generation = Json.parse("generation_config.json", "{\"eos_token_id\":[2,5]}");

        assertThat(ConfigJson.read(config, Optional.of(generation)).eosTokenIds())
                .containsExactly(2, 5);
        assertThat(ConfigJson.read(config, Optional.of(Json.parse("g", "{}"))).eosTokenIds())
                .containsExactly(1);
        assertThat(ConfigJson.read(config, Optional.empty()).bosTokenId()).isEqualTo(OptionalInt.of(3));
    }

    @Test
    void read_paddingTokenOutsideTheVocabulary_isNone() {
        assertThat(read("\"pad_token_id\":-1").padTokenId()).isEmpty();
        assertThat(read("\"pad_token_id\":8").padTokenId()).isEmpty();
        assertThat(read("\"pad_token_id\":7").padTokenId()).isEqualTo(OptionalInt.of(7));
    }

    @Test
    void read_wrongFields_areRefusedByName() {
        assertRefused("{}", "no model_type");
        assertRefused("[]", "object");
        assertRefused("", "not valid JSON");
        assertRefused("{} {}", "not valid JSON");
        assertRefused("{\"model_type\":\"llama\"", "not valid JSON");
        assertRefused("[".repeat(100_000), "not valid JSON");
        assertRefused("{\"model_type\":\"llama\"}", "no num_attention_heads");
        assertRefused("{\"model_type\":\"gemma3\",\"text_config\":{}}", "text_config");
        String config = TestFiles.config();
        assertRefused(config.replace("\"hidden_size\":4", "\"hidden_size\":-4"), "hidden_size: -4");
        assertRefused(config.replace("\"hidden_size\":4", "\"hidden_size\":1e9"), "hidden_size: 1000000000");
        assertRefused(config.replace("\"hidden_size\":4", "\"hidden_size\":1e999999999"), "hidden_size");
        assertRefused(config.replace("\"hidden_size\":4", "\"hidden_size\":\"4\""), "hidden_size", "a number");
        assertRefused(config.replace("\"hidden_size\":4", "\"hidden_size\":4.5"), "hidden_size", "4.5");
        assertRefused(config.replace("\"num_attention_heads\":2", "\"num_attention_heads\":0"), "num_attention_heads");
        assertRefused(config.replace("\"vocab_size\":8", "\"vocab_size\":[8]"), "vocab_size", "[8]");
        assertRefused(TestFiles.config("\"num_key_value_heads\":3"), "num_key_value_heads");
        assertRefused(TestFiles.config("\"rope_theta\":0"), "rope_theta");
        assertRefused(TestFiles.config("\"eos_token_id\":8"), "eos_token_id");
        assertRefused(TestFiles.config("\"eos_token_id\":[\"x\"]"), "eos_token_id");
        assertRefused(TestFiles.config("\"tie_word_embeddings\":1"), "tie_word_embeddings", "true or false");
        assertRefused(TestFiles.config("\"quantization_config\":{\"quant_method\":\"gptq\"}"), "gptq");
    }

    @Test
    void read_ropeScalingThatIsNotSupported_isRefusedByName() {
        assertRefused(
                TestFiles.config("\"rope_scaling\":{\"type\":\"spiral\",\"factor\":2}"),
                "rope_scaling",
                "spiral",
                "[default, dynamic, linear, llama3, longrope, yarn]");
        assertRefused(TestFiles.config("\"rope_parameters\":{\"rope_type\":\"yarn\",\"factor\":-2}"), "factor", "-2");
        assertRefused(TestFiles.config("\"rope_scaling\":{\"type\":\"longrope\"}"), "rope_scaling", "no short_factor");
        assertRefused(
                TestFiles.config(
                        "\"rope_scaling\":{\"type\":\"longrope\",\"short_factor\":[1],\"long_factor\":[\"x\"]}"),
                "long_factor",
                "numbers");
        assertRefused(
                TestFiles.config("\"rope_scaling\":{\"type\":\"longrope\",\"short_factor\":[1],\"long_factor\":[1,2]}"),
                "long_factor must have 1 values, got 2");
        assertRefused(TestFiles.config("\"rope_scaling\":{\"type\":\"linear\"}"), "rope_scaling", "no factor");
        assertRefused(TestFiles.config("\"rope_scaling\":{\"type\":\"linear\",\"factor\":0}"), "factor");
        assertRefused(
                TestFiles.config("\"rope_parameters\":{\"full_attention\":{},\"sliding_attention\":{}}"), "by layer");
        assertRefused(TestFiles.config("\"rope_scaling\":\"linear\""), "rope_scaling", "an object");
    }
}
