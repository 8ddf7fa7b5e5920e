package dev.llmadapt.peft.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.peft.CheckpointException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConfigJsonTest {
    private static ModelConfig read(String json, Set<String> tensors) {
        return ConfigJson.read(Json.parse("config.json", json), Optional.empty(), tensors);
    }

    private static ModelConfig read(String... extraFields) {
        return read(TestFiles.config(extraFields), Set.of());
    }

    private static void assertRefused(String json, String... parts) {
        assertThatThrownBy(() -> read(json, Set.of()))
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
        assertThat(config.tieWordEmbeddings()).isTrue();
        assertThat(config.attentionBias()).isFalse();
        assertThat(config.bosTokenId()).isEmpty();
        assertThat(config.eosTokenIds()).isEmpty();
        assertThat(config.torchDtype()).isEmpty();
    }

    @Test
    void read_fieldsLeftToTheFamily_areTakenFromTheWeights() {
        ModelConfig config = read(TestFiles.config(), Set.of("lm_head.weight", "model.layers.0.self_attn.q_proj.bias"));

        assertThat(config.tieWordEmbeddings()).isFalse();
        assertThat(config.attentionBias()).isTrue();
        assertThat(config.mlpBias()).isFalse();
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
        assertThat(read(
                                "\"rope_scaling\":{\"type\":\"yarn\",\"factor\":null}",
                                "\"original_max_position_embeddings\":4")
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
            assertThat(read(json, Set.of()).ropeScaling()).as(type).isEqualTo(expected);
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

        assertThat(ConfigJson.read(config, Optional.of(generation), Set.of()).eosTokenIds())
                .containsExactly(2, 5);
        assertThat(ConfigJson.read(config, Optional.of(Json.parse("g", "{}")), Set.of())
                        .eosTokenIds())
                .containsExactly(1);
        assertThat(ConfigJson.read(config, Optional.empty(), Set.of()).bosTokenId())
                .isEqualTo(OptionalInt.of(3));
    }

    @Test
    void read_paddingTokenOutsideTheVocabulary_isNone() {
        assertThat(read("\"pad_token_id\":-1").padTokenId()).isEmpty();
        assertThat(read("\"pad_token_id\":8").padTokenId()).isEmpty();
        assertThat(read("\"pad_token_id\":7").padTokenId()).isEqualTo(OptionalInt.of(7));
    }

    @Test
    void read_slidingWindow_canBeSwitchedOff() {
        assertThat(read("\"sliding_window\":4").slidingWindow()).isEqualTo(4);
        assertThat(read("\"sliding_window\":null").slidingWindow()).isZero();
        assertThat(read("\"sliding_window\":4", "\"use_sliding_window\":false").slidingWindow())
                .isZero();
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
