package dev.llmadapt.peft.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.AdapterException;
import dev.llmadapt.CheckpointException;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.ExportedDecoder;
import dev.llmadapt.local.architecture.ExportedGraph;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.local.runtime.Logits;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters that PEFT wrote, on models that others exported. */
class ExportedAdaptersTest {
    private static final double TOLERANCE = 1e-4;

    /**
     * All recorded adapters that need no more than the products: of every kind, with patterns and biases of their own.
     */
    @ParameterizedTest
    @ValueSource(strings = {"optimum/model.onnx", "optimum/no-positions.onnx", "genai/model.onnx"})
    void read_orReadAndStep_withEveryAdapterThatFits_givesPeftsLogits(String file) {
        Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"));
        Set<String> served = new TreeSet<>();
        for (String name : AdapterGolden.names(true)) {
            AdapterGolden golden = AdapterGolden.read(name);
            if (!golden.base().equals("tiny-llama")) {
                continue;
            }
            AdapterEffect effect = PeftFolder.read(AdapterGolden.folder(name)).effect(name, BaseModules.of(base));
            PreparedAdapter adapter;
            ExportedGraph graph;
            try {
                adapter = PreparedAdapter.ofProducts(name, effect, 32, 0, 320);
                graph = graph(file, adapter.inputs());
            } catch (AdapterException | CheckpointException e) {
                assertThat(e).hasMessageMatching("(?s).*(cannot act on an exported model|separate projections).*");
                continue;
            }
            served.add(name);
            AdapterMix mix = mix(adapter);
            try (DecoderSession session = DecoderSession.open(graph, 1)) {
                session.reserve(1, 64);
                for (AdapterGolden.Case each : golden.cases()) {
                    int[] prompt = mix.promptIds(each.prompt());
                    int length = prompt.length;
                    session.preload(0, mix);
                    Logits whole = session.read(0, prompt, mix.prefixTokens(), length, length - 1, mix);
                    assertThat(row(session, whole, 0)).as(name).containsExactly(each.logits(), within((float)
                            TOLERANCE));
                    session.preload(0, mix);
                    session.read(0, prompt, mix.prefixTokens(), length - 1, length - 2, mix);
                    Logits stepped = session.step(new int[] {prompt[length - 1]}, List.of(mix));
                    assertThat(row(session, stepped, 0)).as(name).containsExactly(each.logits(), within((float)
                            TOLERANCE));
                }
            }
        }
        assertThat(served)
                .contains("lora", "lora-all-linear", "lora-bias-of-b", "lora-head-tied", "lora-layers", "lora-patterns")
                .contains("lora-regex", "lora-rslora", "prefix-tuning")
                .doesNotContain("lora-dora-embedding", "lora-embedding", "prompt-tuning");
    }

    private static AdapterMix mix(PreparedAdapter adapter) {
        return new AdapterMix(Collections.singletonList(new AdapterMix.Part(adapter, 1)));
    }

    private static ExportedGraph graph(String file, AdapterInputs adapters) {
        ExportedDecoder.Facts facts = new ExportedDecoder.Facts("llama", 256, 1, 16, 320);
        return new ExportedDecoder(Golden.folder("exported/" + file), facts, Map.of()).graph(adapters);
    }

    private static float[] row(DecoderSession session, Logits logits, int row) {
        float[] values = new float[session.vocabularySize()];
        logits.get(row * values.length, values);
        return values;
    }
}
