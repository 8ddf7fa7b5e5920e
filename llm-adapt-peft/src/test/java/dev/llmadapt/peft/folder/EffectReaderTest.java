package dev.llmadapt.peft.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Adapter;
import dev.llmadapt.AdapterException;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.adapter.ReferenceLlama;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What adapters of every kind do to a base, against PEFT's numbers. */
class EffectReaderTest {
    static List<String> names() {
        return AdapterGolden.names(true);
    }

    @ParameterizedTest
    @MethodSource("names")
    void effect_ofEveryKind_givesTheLogitsOfPeft(String name) {
        AdapterGolden golden = AdapterGolden.read(name);
        try (Checkpoint checkpoint = Checkpoint.open(Golden.folder(golden.base()))) {
            StoredAdapter stored = PeftFolder.read(AdapterGolden.folder(name));
            AdapterEffect effect = stored.effect(name, BaseModules.of(checkpoint));
            ReferenceLlama adapted = new ReferenceLlama(checkpoint, effect);
            ReferenceLlama base = new ReferenceLlama(checkpoint, ReferenceLlama.noEffect());
            for (AdapterGolden.Case prompt : golden.cases()) {
                double[] logits = adapted.lastLogits(prompt.prompt());
                assertThat(difference(logits, prompt.logits())).as(name).isLessThan(2e-5);
                assertThat(difference(base.lastLogits(prompt.prompt()), prompt.logits()))
                        .as("the base differs")
                        .isGreaterThan(0.01);
            }
        }
    }

    private static double difference(double[] logits, float[] golden) {
        assertThat(logits).hasSize(golden.length);
        double worst = 0;
        for (int i = 0; i < golden.length; i++) {
            worst = Math.max(worst, Math.abs(logits[i] - golden[i]));
        }
        return worst;
    }

    private static AdapterEffect effect(StoredAdapter adapter, String base) {
        try (Checkpoint checkpoint = Checkpoint.open(Golden.folder(base))) {
            return adapter.effect("x", BaseModules.of(checkpoint));
        }
    }

    private static void assertRefused(StoredAdapter adapter, String... messageParts) {
        assertThatThrownBy(() -> effect(adapter, "tiny-llama"))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("'x'")
                .hasMessageContainingAll(messageParts);
    }

    @Test
    void effect_tensorsMissingOrLeftOver_areNamed() {
        String key = "model.layers.1.self_attn.v_proj.lora_B.weight";
        assertRefused(Folders.retensored("lora", tensors -> tensors.remove(key)), "no tensor " + key, "[16, 4]");
        String left = "model.layers.0.self_attn.k_proj.lora_A.weight";
        assertRefused(
                Folders.retensored("lora", tensors -> tensors.put(left, Folders.tensor(left, List.of(1L, 1L), 1))),
                "nothing asks for",
                left,
                "do not choose model.layers.0.self_attn.k_proj");
        String foreign = "model.layers.7.self_attn.q_proj.lora_A.weight";
        assertRefused(
                Folders.retensored(
                        "lora", tensors -> tensors.put(foreign, Folders.tensor(foreign, List.of(1L, 1L), 1))),
                "has no module model.layers.7.self_attn.q_proj");
        String bias = "model.layers.0.self_attn.q_proj.bias";
        assertRefused(
                Folders.retensored("lora", tensors -> tensors.put(bias, Folders.tensor(bias, List.of(1L), 1))), bias);
    }

    @Test
    void effect_numbersThatAreNone_areRefused() {
        String key = "model.layers.0.self_attn.v_proj.lora_B.weight";
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            float[] values = new float[64];
            values[63] = bad;
            assertRefused(
                    Folders.retensored("lora", tensors -> {
                        tensors.put(key, Folders.tensor(key, List.of(16L, 4L), values));
                    }),
                    key,
                    String.valueOf(bad));
        }
    }

    @Test
    void effect_noModuleChosen_saysWhatThereIs() {
        StoredAdapter adapter = PeftFolder.read(AdapterGolden.folder("lora"));
        AdapterConfig.Lora lora = (AdapterConfig.Lora) adapter.config();
        AdapterConfig.Lora mistyped = new AdapterConfig.Lora(
                4,
                6,
                0,
                AdapterConfig.Targets.named(List.of("q_prj")),
                Map.of(),
                Map.of(),
                false,
                false,
                lora.bias(),
                false);
        assertRefused(
                new StoredAdapter(mistyped, adapter.base(), adapter.tensors()),
                "[q_prj]",
                "tiny-llama",
                "q_proj, v_proj");
    }

    @Test
    void effect_patternThatCostsTooMuch_isRefused() {
        StoredAdapter adapter = PeftFolder.read(AdapterGolden.folder("lora"));
        AdapterConfig.Lora lora = (AdapterConfig.Lora) adapter.config();
        String slow = "(?:(?=" + "(?:.*){5000}x)?.".repeat(3) + ")*)*";
        AdapterConfig.Lora costly = new AdapterConfig.Lora(
                4, 6, 0, AdapterConfig.Targets.matching(slow), Map.of(), Map.of(), false, false, lora.bias(), false);
        assertRefused(new StoredAdapter(costly, adapter.base(), adapter.tensors()), "regular expression");
    }

    @Test
    void effect_softPromptOfAnotherWidth_namesBoth() {
        StoredAdapter prompt = PeftFolder.read(AdapterGolden.folder("prompt-tuning"));
        StoredAdapter prefix = PeftFolder.read(AdapterGolden.folder("prefix-tuning"));
        assertRefused(
                new StoredAdapter(
                        new AdapterConfig.Prompt(Adapter.Method.PROMPT_TUNING, 5, 48, Optional.empty()),
                        prompt.base(),
                        prompt.tensors()),
                "token_dim is 48",
                "width 32");
        assertRefused(
                new StoredAdapter(
                        new AdapterConfig.Prefix(3, 16, 3, OptionalInt.empty()), prefix.base(), prefix.tensors()),
                "num_layers is 3",
                "layers 2");
        assertRefused(
                new StoredAdapter(
                        new AdapterConfig.Prefix(4, 16, 2, OptionalInt.empty()), prefix.base(), prefix.tensors()),
                "[3, 64]",
                "[4, 64]");
        assertRefused(
                new StoredAdapter(
                        new AdapterConfig.Prefix(3, 16, 2, OptionalInt.of(4)), prefix.base(), prefix.tensors()),
                "num_attention_heads is 4",
                "key-value heads");
    }

    /** PEFT stores the base's embedding beside an adapter that targets it. */
    @Test
    void effect_copyOfTheEmbedding_isPassedOver_anotherIsRefused() {
        String key = "model.embed_tokens.base_layer.weight";
        try (Checkpoint checkpoint = Checkpoint.open(Golden.folder("tiny-llama"))) {
            WeightTensor original = checkpoint.tensor("model.embed_tokens.weight");
            StoredAdapter copy = Folders.retensored("lora-embedding", tensors -> tensors.put(key, original));
            assertThat(effect(copy, "tiny-llama").embeddings()).containsOnlyKeys("model.embed_tokens");
            float[] trained = original.toFloats();
            for (int i = 0; i < trained.length; i += 3) {
                trained[i] *= 1.1f;
            }
            assertRefused(
                    Folders.retensored(
                            "lora-embedding",
                            tensors -> tensors.put(key, Folders.tensor(key, List.of(320L, 32L), trained))),
                    "model.embed_tokens",
                    "differ");
            float[] resized = Arrays.copyOf(trained, 321 * 32);
            assertRefused(
                    Folders.retensored(
                            "lora-embedding",
                            tensors -> tensors.put(key, Folders.tensor(key, List.of(321L, 32L), resized))),
                    "[321, 32]",
                    "[320, 32]",
                    "resized");
        }
    }
}
