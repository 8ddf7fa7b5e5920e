package dev.llmadapt.peft.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.DataType;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.local.runtime.Logits;
import dev.llmadapt.peft.folder.AdapterGolden;
import dev.llmadapt.peft.folder.PeftFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is written of GPT-2 is opened again and computed: projections must stand there as they were stored, {@code (in,
 * out)}, or it would be another model.
 */
class Gpt2MergeTest {
    private static final MergeOptions FLOATS = MergeOptions.defaults().withType(DataType.F32);

    @TempDir
    Path temporary;

    static List<String> adapters() {
        return AdapterGolden.namesOfGpt2().stream()
                .filter(name -> !name.endsWith("-tuning"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void merge_adapter_givesTheLogitsOfPeft(String name) {
        AdapterGolden golden = AdapterGolden.read(name);
        Path target = temporary.resolve(name);
        try (Checkpoint base = Checkpoint.open(Golden.folder(golden.base()))) {
            AdapterEffect effect = PeftFolder.read(AdapterGolden.folder(name)).effect(name, BaseModules.of(base));
            Merging.write(base, List.of(new Merging.Part(name, effect, 1)), target, FLOATS, Progress.NONE);
        }
        for (AdapterGolden.Case each : golden.cases()) {
            assertThat(lastLogits(target, each.prompt())).containsExactly(each.logits(), within(1e-4f));
        }
    }

    @Test
    void writeLearned_theSameWeights_givesTheLogitsOfTransformers() throws IOException {
        Golden.Case golden = Golden.read("tiny-gpt2").cases().get(2);
        Path target = temporary.resolve("learned");
        try (Checkpoint base = Checkpoint.open(Golden.folder("tiny-gpt2"))) {
            Map<String, WeightTensor> learned = new HashMap<>();
            base.tensors().forEach((name, tensor) -> learned.put(name, rowByRow(tensor)));
            Merging.writeLearned(base, learned, target, FLOATS, Progress.NONE);
        }
        float[] expected = golden.logitsAt(golden.prompt().length - 1);
        assertThat(lastLogits(target, golden.prompt())).containsExactly(expected, within(1e-4f));
    }

    @Test
    void write_nothingChanged_isTheSameBytes() {
        Path target = temporary.resolve("same");
        try (Checkpoint base = Checkpoint.open(Golden.folder("tiny-gpt2"))) {
            Merging.write(base, List.of(), target, MergeOptions.defaults(), Progress.NONE);
            try (Checkpoint again = Checkpoint.open(target)) {
                assertThat(again.tensors().keySet()).isEqualTo(base.tensors().keySet());
                base.tensors()
                        .forEach((name, tensor) ->
                                assertThat(again.tensor(name).data()).as(name).isEqualTo(tensor.data()));
            }
        }
    }

    /** As training leaves it: 32-bit floats, {@code (out, in)}. */
    private static WeightTensor rowByRow(WeightTensor tensor) {
        float[] values = tensor.toFloats();
        ByteBuffer data = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return new WeightTensor(tensor.name(), WeightEncoding.F32, tensor.shape(), data, 0);
    }

    private static float[] lastLogits(Path folder, int[] prompt) {
        try (Checkpoint checkpoint = Checkpoint.open(folder);
                DecoderSession session = DecoderSession.open(
                        Architecture.of(checkpoint).graph(checkpoint, Precision.FP32, 96, AdapterInputs.NONE), 1)) {
            session.reserve(1, 64);
            Logits logits = session.read(0, prompt, 0, prompt.length, prompt.length - 1);
            float[] values = new float[session.vocabularySize()];
            logits.get(0, values);
            return values;
        }
    }
}
