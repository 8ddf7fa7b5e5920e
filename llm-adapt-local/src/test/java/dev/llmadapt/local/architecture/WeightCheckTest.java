package dev.llmadapt.local.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.CheckpointException;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints whose tensors or settings were changed after they were made. */
class WeightCheckTest {
    private static final String QUERY = "model.layers.0.self_attn.q_proj.weight";

    @TempDir
    Path folder;

    private static void asItIs(JsonObject json) {}

    /** Writes a golden checkpoint with another header of its tensors and another configuration. */
    private Path changed(String name, Consumer<JsonObject> tensors, Consumer<JsonObject> config) throws IOException {
        Path source = Golden.folder(name);
        ByteBuffer stored = ByteBuffer.wrap(Files.readAllBytes(source.resolve("model.safetensors")))
                .order(ByteOrder.LITTLE_ENDIAN);
        int length = Math.toIntExact(stored.getLong());
        byte[] json = new byte[length];
        stored.get(json);
        JsonObject header =
                JsonParser.parseString(new String(json, StandardCharsets.UTF_8)).getAsJsonObject();
        tensors.accept(header);
        byte[] other = header.toString().getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[8 + other.length + stored.remaining()];
        ByteBuffer written = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
        written.putLong(other.length).put(other).put(stored);
        Files.write(folder.resolve("model.safetensors"), all);
        JsonObject settings = JsonParser.parseString(Files.readString(source.resolve("config.json")))
                .getAsJsonObject();
        config.accept(settings);
        Files.writeString(folder.resolve("config.json"), settings.toString());
        return folder;
    }

    private static void open(Path folder) {
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            Architecture.of(checkpoint);
        }
    }

    private void assertRefused(String name, Consumer<JsonObject> tensors, Consumer<JsonObject> config, String... parts)
            throws IOException {
        Path changed = changed(name, tensors, config);
        assertThatThrownBy(() -> open(changed))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll(parts);
    }

    /** Adds a tensor without numbers. */
    private static Consumer<JsonObject> with(String name) {
        return header ->
                header.add(name, JsonParser.parseString("{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}"));
    }

    private static Consumer<JsonObject> setting(String key, Object value) {
        return config -> config.add(key, JsonParser.parseString(value.toString()));
    }

    @ParameterizedTest
    @CsvSource({
        "tiny-llama, model.layers.0.self_attn.q_norm.weight, another kind of model",
        "tiny-llama, model.layers.9.mlp.up_proj.weight, more layers",
        "tiny-llama, model.layers.0.post_feedforward_layernorm.weight, another kind of model",
        "tiny-llama, model.layers.0.self_attn.q_proj.lora_A.weight, an adapter that was left in",
        "tiny-llama, model.layers.0.self_attn.q_proj.weight_scale, quantised",
        "tiny-llama, model.layers.0.self_attn.q_proj.qweight, quantised",
        "tiny-llama, model.layers.0.self_attn.q_proj.bias, biases",
        "tiny-llama, lm_head.bias, biases",
        "tiny-llama, score.weight, a classifier or a reward model",
        "tiny-llama, v_head.summary.weight, a classifier or a reward model",
        "tiny-llama, vision_tower.patch.weight, text and images",
        "tiny-llama, model.layers.0.mlp.experts.0.up_proj.weight, experts",
        "tiny-llama, anything, another kind of model",
        "tiny-mistral, model.layers.0.self_attn.o_proj.bias, biases",
        "tiny-qwen2, model.layers.0.self_attn.q_norm.weight, another kind of model",
        "tiny-qwen2, model.layers.0.self_attn.o_proj.bias, biases",
        "tiny-phi3, model.layers.0.self_attn.q_proj.weight, another kind of model",
        "tiny-gemma2, model.layers.0.self_attn.q_norm.weight, another kind of model",
        "tiny-gpt2, transformer.h.0.ln_cross_attn.weight, another kind of model"
    })
    void of_tensorThatNoBlockUses_isRefusedByNameWithWhatItMayBe(String name, String tensor, String meaning)
            throws IOException {
        assertRefused(name, with(tensor), WeightCheckTest::asItIs, folder.toString(), tensor, meaning);
    }

    @Test
    void of_tablesThatAreComputed_arePassedOver() throws IOException {
        Path changed = changed(
                "tiny-llama",
                with("model.layers.0.self_attn.rotary_emb.inv_freq").andThen(with("model.rotary_emb.inv_freq")),
                WeightCheckTest::asItIs);
        assertThatCode(() -> open(changed)).doesNotThrowAnyException();
        Path masks = changed(
                "tiny-gpt2", with("h.0.attn.bias").andThen(with("h.0.attn.masked_bias")), WeightCheckTest::asItIs);
        assertThatCode(() -> open(masks)).doesNotThrowAnyException();
    }

    @Test
    void of_noHeadAndNoneThatIsTied_isRefusedAsNoLanguageModel() throws IOException {
        Consumer<JsonObject> without = header -> header.remove("lm_head.weight");
        assertRefused(
                "tiny-qwen2",
                with("score.weight"),
                setting("tie_word_embeddings", false),
                "no lm_head.weight",
                "tie_word_embeddings",
                "a classifier, a reward model or an embedder",
                "score.weight");
        assertRefused(
                "tiny-qwen2",
                WeightCheckTest::asItIs,
                config -> config.remove("tie_word_embeddings"),
                "no lm_head.weight");
        Path tied = changed("tiny-gemma2", without, config -> config.remove("tie_word_embeddings"));
        assertThatCode(() -> open(tied)).as("Gemma ties by default").doesNotThrowAnyException();
    }

    @Test
    void of_shapesThatAreNotTheConfigurations_areRefusedNamingBoth() throws IOException {
        assertRefused(
                "tiny-llama",
                WeightCheckTest::asItIs,
                setting("head_dim", 32),
                QUERY,
                "has the shape",
                "of 32 dimensions");
        assertRefused(
                "tiny-llama", WeightCheckTest::asItIs, setting("intermediate_size", 17), "mlp.gate_proj.weight", "17");
        assertRefused(
                "tiny-qwen3", WeightCheckTest::asItIs, config -> config.remove("head_dim"), QUERY, "of 128 dimensions");
        assertRefused("tiny-llama", WeightCheckTest::asItIs, setting("num_hidden_layers", 1), "tensors", "more layers");
        assertRefused(
                "tiny-llama", WeightCheckTest::asItIs, setting("num_hidden_layers", 9), "no tensor model.layers.");
    }

    @Test
    void of_vocabularyOfAnotherSize_isRefusedInWords() throws IOException {
        assertRefused(
                "tiny-llama",
                WeightCheckTest::asItIs,
                setting("vocab_size", 390),
                "vocab_size of " + folder + " is 390, but model.embed_tokens.weight has 320 rows");
    }

    @Test
    void of_biasesThatTheConfigurationHasAndTheFileHasNot_isRefused() throws IOException {
        assertRefused(
                "tiny-llama", WeightCheckTest::asItIs, setting("attention_bias", true), "no tensor", "q_proj.bias");
        assertRefused(
                "tiny-llama-odd",
                WeightCheckTest::asItIs,
                setting("attention_bias", false),
                "q_proj.bias",
                "attention_bias, mlp_bias");
    }

    @Test
    void of_namesOfTheBareModel_areReadAsThoseUnderIt() throws IOException {
        Path bare = changed(
                "tiny-qwen3",
                header -> header.deepCopy().entrySet().forEach(entry -> {
                    if (entry.getKey().startsWith("model.")) {
                        header.remove(entry.getKey());
                        header.add(entry.getKey().substring("model.".length()), entry.getValue());
                    }
                }),
                WeightCheckTest::asItIs);
        assertThatCode(() -> open(bare)).doesNotThrowAnyException();
        try (Checkpoint checkpoint = Checkpoint.open(bare)) {
            assertThat(checkpoint.tensors()).containsKey(QUERY);
        }
    }

    @Test
    void of_activationThatIsNotKnown_isRefusedWithTheKnownOnes() throws IOException {
        assertRefused(
                "tiny-llama",
                WeightCheckTest::asItIs,
                setting("hidden_act", "\"xielu\""),
                "'xielu'",
                "gelu_new",
                "silu");
        assertRefused("tiny-gpt2", WeightCheckTest::asItIs, setting("activation_function", "\"mish\""), "'mish'");
    }
}
