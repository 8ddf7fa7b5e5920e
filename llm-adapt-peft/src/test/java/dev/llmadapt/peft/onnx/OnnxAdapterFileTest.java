package dev.llmadapt.peft.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoraAdapter;
import ai.onnxruntime.OrtSession;
import dev.llmadapt.AdapterException;
import dev.llmadapt.DataType;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.OnnxModel;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import dev.llmadapt.peft.folder.AdapterGolden;
import dev.llmadapt.peft.folder.PeftFolder;
import dev.llmadapt.peft.folder.Stored;
import dev.llmadapt.peft.folder.StoredAdapter;
import dev.llmadapt.peft.onnx.OnnxAdapterFile.Parameter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OnnxAdapterFileTest {
    private static final String Q = "model.layers.0.self_attn.q_proj";

    @TempDir
    Path folder;

    @Test
    void write_thenRead_isTheSame() throws IOException {
        OnnxAdapterFile file = sample(new Random(1));
        Path path = folder.resolve("a.onnx_adapter");
        file.write(path);
        assertThat(OnnxAdapterFile.read(path)).isEqualTo(file);
        assertThatThrownBy(() -> file.write(path))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("exists");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(path);
        }
        OnnxAdapterFile empty = new OnnxAdapterFile(3, 4, List.of());
        assertThat(OnnxAdapterFile.read("x", empty.bytes())).isEqualTo(empty);
    }

    @Test
    void read_mutated_refusesOnly() {
        Random random = new Random(42);
        int accepted = 0;
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = sample(new Random(i % 7)).bytes().array();
            int length = bytes.length;
            String what = "mutation " + i;
            switch (random.nextInt(4)) {
                case 0 -> length = random.nextInt(bytes.length);
                case 1 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                case 2 -> {
                    int at = random.nextInt(bytes.length / 4) * 4;
                    int[] values = {-1, 0, Integer.MAX_VALUE, Integer.MIN_VALUE, 4, random.nextInt(), bytes.length};
                    little(bytes).putInt(at, values[random.nextInt(values.length)]);
                }
                default -> {
                    for (int k = 0; k < 8; k++) {
                        bytes[random.nextInt(Math.min(bytes.length, 400))] ^= (byte) (1 << random.nextInt(8));
                    }
                }
            }
            try {
                OnnxAdapterFile file = OnnxAdapterFile.read("x", ByteBuffer.wrap(bytes, 0, length));
                accepted++;
                OnnxAdapters.stored(file, UnaryOperator.identity());
            } catch (AdapterException e) {
                assertThat(e.getMessage()).as(what).isNotBlank();
            } catch (RuntimeException | Error e) {
                throw new AssertionError(what + ", seed 42", e);
            }
        }
        assertThat(accepted).as("mutations of the data alone are no damage").isBetween(500, 9000);
    }

    @Test
    void read_foreign_isRefusedWithTheReason() throws IOException {
        Path text = Files.writeString(folder.resolve("a.txt"), "hello world");
        assertThatThrownBy(() -> OnnxAdapterFile.read(text))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("TORT");
        assertThatThrownBy(() -> OnnxAdapterFile.read(folder.resolve("none")))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("cannot read");
        assertThatThrownBy(() -> OnnxAdapterFile.read("x", ByteBuffer.allocate(0)))
                .isInstanceOf(AdapterException.class);
        assertThatThrownBy(() -> new Parameter("x", List.of(2L), 1, ByteBuffer.allocate(4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("takes 8 bytes, got 4");
        assertThatThrownBy(() -> new OnnxAdapterFile(
                        1,
                        1,
                        List.of(
                                new Parameter("x", List.of(1L), 1, ByteBuffer.allocate(4)),
                                new Parameter("x", List.of(1L), 1, ByteBuffer.allocate(4)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'x'");
    }

    @Test
    void engine_activeAdapter_addsTheUpdate() throws OrtException, IOException {
        int in = 6;
        int out = 5;
        Random random = new Random(9);
        StoredAdapter adapter = Stored.of(
                Stored.lora(2, 3, "q_proj"),
                Stored.random(Q + ".lora_A.weight", random, 2, in),
                Stored.random(Q + ".lora_B.weight", random, out, 2));
        Graph graph = new Graph();
        Value x = graph.input("x", ElementType.FLOAT, Shape.of("batch", in));
        Value a = graph.input(Q + ".lora_A.default.weight", ElementType.FLOAT, Shape.of(in, "rank"));
        Value b = graph.input(Q + ".lora_B.default.weight", ElementType.FLOAT, Shape.of("rank", out));
        graph.output("y", x.matmul(a).matmul(b));
        Path file = folder.resolve("a.onnx_adapter");
        OnnxAdapters.of("a", adapter, DataType.F32, name -> name.replace(".weight", ".default.weight"))
                .write(file);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        float[][] input = {{1, -2, 3, 0.5f, 0, 1}, {0, 0, 1, 0, 0, 0}};
        float[][] output;
        try (OrtLoraAdapter active = OrtLoraAdapter.create(file.toString());
                OrtSession session =
                        environment.createSession(OnnxModel.of(graph).bytes());
                OrtSession.RunOptions options = new OrtSession.RunOptions();
                OnnxTensor tensor = OnnxTensor.createTensor(environment, input)) {
            options.addActiveLoraAdapter(active);
            try (OrtSession.Result result = session.run(Map.of("x", tensor), options)) {
                output = (float[][]) result.get(0).getValue();
            }
        }
        double[][] update = Objects.requireNonNull(Stored.updates(adapter).get(Q));
        for (int row = 0; row < input.length; row++) {
            for (int o = 0; o < out; o++) {
                double expected = 0;
                for (int i = 0; i < in; i++) {
                    expected += update[o][i] * input[row][i];
                }
                assertThat((double) output[row][o]).isCloseTo(expected, within(1e-5));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void convert_patternsAndBack_givesTheSameUpdates(DataType type) {
        StoredAdapter adapter = PeftFolder.read(AdapterGolden.folder("lora-patterns"));
        OnnxAdapterFile file = OnnxAdapters.of("a", adapter, type, UnaryOperator.identity());
        assertThat(file.parameters().get(0).name()).startsWith("model.layers.");
        StoredAdapter back = OnnxAdapters.stored(OnnxAdapterFile.read("x", file.bytes()), UnaryOperator.identity());
        Map<String, double[][]> expected = Stored.updates(adapter);
        Map<String, double[][]> actual = Stored.updates(back);
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        double tolerance = type == DataType.F32 ? 1e-6 : type == DataType.F16 ? 5e-3 : 5e-2;
        expected.forEach((path, rows) -> {
            for (int o = 0; o < rows.length; o++) {
                assertThat(Objects.requireNonNull(actual.get(path))[o])
                        .as(path)
                        .containsExactly(rows[o], within(tolerance));
            }
        });
    }

    @Test
    void convert_headAndOtherNames_areMapped() {
        StoredAdapter head = Stored.of(
                Stored.lora(1, 1, "lm_head"),
                Stored.tensor("lm_head.lora_A.weight", new float[] {1, 2}, 1, 2),
                Stored.tensor("lm_head.lora_B.weight", new float[] {3}, 1, 1));
        OnnxAdapterFile file = OnnxAdapters.of("a", head, DataType.F32, UnaryOperator.identity());
        assertThat(file.parameters())
                .extracting(Parameter::name)
                .containsExactly("base_model.model.lm_head.lora_A.weight", "base_model.model.lm_head.lora_B.weight");
        assertThat(OnnxAdapters.stored(file, UnaryOperator.identity()).tensors())
                .containsOnlyKeys("lm_head.lora_A.weight", "lm_head.lora_B.weight");
        OnnxAdapterFile mapped =
                OnnxAdapters.of("a", head, DataType.F32, name -> "in" + name.charAt(name.length() - 8));
        assertThatThrownBy(() -> OnnxAdapters.stored(mapped, UnaryOperator.identity()))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("name map");
        OnnxAdapterFile half = new OnnxAdapterFile(1, 1, file.parameters().subList(0, 1));
        assertThatThrownBy(() -> OnnxAdapters.stored(half, UnaryOperator.identity()))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("no parameter for lm_head.lora_B.weight");
    }

    @ParameterizedTest
    @CsvSource({
        "ia3, only LORA",
        "prompt-tuning, only LORA",
        "lora-dora, DoRA",
        "lora-embedding, embedding",
        "lora-bias-of-b, lora_bias",
        "lora-bias-all, replaces"
    })
    void convert_moreThanTwoFactors_isRefused(String name, String reason) {
        StoredAdapter adapter = PeftFolder.read(AdapterGolden.folder(name));
        assertThatThrownBy(() -> OnnxAdapters.of(name, adapter, DataType.F32, UnaryOperator.identity()))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining(reason);
    }

    private static OnnxAdapterFile sample(Random random) {
        StoredAdapter adapter = Stored.of(
                Stored.lora(2, 3, "q_proj"),
                Stored.random(Q + ".lora_A.weight", random, 2, 3 + random.nextInt(9)),
                Stored.random(Q + ".lora_B.weight", random, 4, 2),
                Stored.random("model.x.q_proj.lora_A.weight", random, 2, 3),
                Stored.random("model.x.q_proj.lora_B.weight", random, 1, 2));
        return OnnxAdapters.of(
                "sample", adapter, random.nextBoolean() ? DataType.F32 : DataType.BF16, UnaryOperator.identity());
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void read_manyParametersOfOneLongName_areRefusedBeforeTheyFillTheMemory() {
        int count = 50_000;
        int length = 1000;
        int vector = 40;
        int shared = vector + 4 + 4 * count; // the table of every parameter
        int text = shared + 20;
        ByteBuffer bytes = little(new byte[text + 4 + length + 8]);
        bytes.putInt(0, 20).putInt(4, 0x54524f54);
        bytes.putShort(8, (short) 12).putShort(10, (short) 20); // the vtable of both kinds of tables
        for (int field = 0; field < 4; field++) {
            bytes.putShort(12 + 2 * field, (short) (4 + 4 * field));
        }
        bytes.putInt(20, 12).putInt(24, 1).putInt(36, vector - 36);
        bytes.putInt(vector, count);
        for (int i = 0; i < count; i++) {
            int at = vector + 4 + 4 * i;
            bytes.putInt(at, shared - at);
        }
        bytes.putInt(shared, shared - 8).putInt(shared + 4, text - shared - 4).putInt(shared + 12, 1);
        bytes.putInt(shared + 16, text + 4 + length - shared - 16).putInt(text, length);
        bytes.putInt(text + 4 + length, 4);

        assertThatThrownBy(() -> OnnxAdapterFile.read("x", bytes))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("overlap");
    }
}
