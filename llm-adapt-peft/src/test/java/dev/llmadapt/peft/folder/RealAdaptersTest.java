package dev.llmadapt.peft.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.AdapterException;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.adapter.BaseModules.Size;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three adapters that others trained, on SmolLM2-360M-Instruct. */
class RealAdaptersTest {
    @TempDir
    Path temporary;

    private static Path folder(String name) {
        return TestFiles.shared("peft_lora_smollm2_360m/" + name);
    }

    /** The sizes of SmolLM2-360M, whose weights are not here. */
    private static BaseModules smolLm2() {
        Map<String, Size> linear = new LinkedHashMap<>();
        for (int layer = 0; layer < 32; layer++) {
            String path = "model.layers." + layer + ".";
            linear.put(path + "self_attn.q_proj", new Size(960, 960));
            linear.put(path + "self_attn.k_proj", new Size(320, 960));
            linear.put(path + "self_attn.v_proj", new Size(320, 960));
            linear.put(path + "self_attn.o_proj", new Size(960, 960));
            linear.put(path + "mlp.gate_proj", new Size(2560, 960));
            linear.put(path + "mlp.up_proj", new Size(2560, 960));
            linear.put(path + "mlp.down_proj", new Size(960, 2560));
        }
        linear.put("lm_head", new Size(49152, 960));
        Map<String, Size> embeddings = Map.of("model.embed_tokens", new Size(960, 49152));
        return new BaseModules("SmolLM2-360M-Instruct", linear, embeddings, Map.of(), 960, 32, 5, 64, Map.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"checkpoint-63", "checkpoint-126", "checkpoint-189"})
    void read_completely_andWriteTheSameBytes(String name) throws IOException {
        StoredAdapter adapter = PeftFolder.read(folder(name));
        AdapterConfig.Lora lora = (AdapterConfig.Lora) adapter.config();
        assertThat(lora.rank()).isEqualTo(8);
        assertThat(lora.alpha()).isEqualTo(16);
        assertThat(lora.dropout()).isEqualTo(0.05);
        assertThat(lora.targets().names()).containsExactlyInAnyOrder("q_proj", "v_proj");
        assertThat(adapter.base().name()).contains("HuggingFaceTB/SmolLM2-360M-Instruct");
        assertThat(adapter.tensors()).hasSize(32 * 2 * 2);

        AdapterEffect effect = adapter.effect(name, smolLm2());
        assertThat(effect.lowRank()).hasSize(64);
        assertThat(effect.lowRank().values()).allSatisfy(update -> {
            assertThat(update.rank()).isEqualTo(8);
            assertThat(update.scaling()).isEqualTo(2);
        });

        Path written = temporary.resolve(name);
        PeftFolder.write(written, adapter);
        PeftFolderTest.assertSame(PeftFolder.read(written), adapter);
        assertThat(Files.mismatch(
                        written.resolve(PeftFolder.TENSORS), folder(name).resolve(PeftFolder.TENSORS)))
                .as("first byte of the whole file that differs")
                .isEqualTo(-1);
    }

    @Test
    void effect_onAnotherModel_namesBothSides() {
        StoredAdapter adapter = PeftFolder.read(folder("checkpoint-63"));
        try (Checkpoint checkpoint = Checkpoint.open(TestFiles.defaultModel())) {
            BaseModules smaller = BaseModules.of(checkpoint);
            assertThat(smaller.linear()).hasSize(30 * 7 + 1);
            assertThatThrownBy(() -> adapter.effect("bank", smaller))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContainingAll(
                            "'bank'",
                            "model.layers.0.self_attn.q_proj",
                            "[8, 960]",
                            "SmolLM2-135M-Instruct",
                            "576 inputs",
                            "[8, 576]");
        }
    }

    @Test
    void effect_onAModelOfFewerLayers_namesTheLayer() {
        StoredAdapter adapter = PeftFolder.read(folder("checkpoint-63"));
        BaseModules whole = smolLm2();
        Map<String, Size> fewer = new LinkedHashMap<>(whole.linear());
        fewer.keySet().removeIf(path -> path.startsWith("model.layers.31."));
        BaseModules smaller = new BaseModules("small", fewer, Map.of(), Map.of(), 960, 31, 5, 64, Map.of());
        assertThatThrownBy(() -> adapter.effect("bank", smaller))
                .isInstanceOf(AdapterException.class)
                .hasMessageContainingAll("4 tensors", "small", "has no module model.layers.31.self_attn.");
        assertThat(List.copyOf(adapter.tensors().keySet())).hasSize(128);
    }
}
