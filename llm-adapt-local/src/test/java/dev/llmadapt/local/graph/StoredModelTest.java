package dev.llmadapt.local.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.CheckpointException;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.memory.NativeArena;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading and writing real exports, and models that are damaged or reach out of their folder. */
class StoredModelTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {"optimum/model.onnx", "optimum/no-positions.onnx", "genai/model.onnx", "genai-int4/model.onnx"})
    void write_unedited_holdsTheSameGraphAndWeights(String file) throws IOException {
        StoredModel model = StoredModel.read(Golden.folder("exported/" + file));
        OnnxModel written = model.write();
        int largest = written.weights().stream()
                .mapToInt(weight -> (int) weight.bytes())
                .max()
                .orElse(0);
        Files.write(folder.resolve("weights"), new byte[largest]); // all declared at its beginning
        StoredModel again = parse("again", written.bytes());
        assertThat(again.nodes())
                .map(StoredNode::toString)
                .isEqualTo(model.nodes().stream().map(StoredNode::toString).toList());
        assertThat(again.inputs()).isEqualTo(model.inputs());
        assertThat(again.outputs()).isEqualTo(model.outputs());
        assertThat(again.tensors().keySet()).isEqualTo(model.tensors().keySet());
        assertThat(sizes(written)).isNotEmpty();
        assertThat(sizes(again.write())).isEqualTo(sizes(written));
        // written once more it is the same to the byte: nothing is lost or added on the way
        assertThat(again.write().bytes()).isEqualTo(written.bytes());
    }

    private static Map<String, Long> sizes(OnnxModel model) {
        return model.weights().stream().collect(Collectors.toMap(ExternalWeight::name, ExternalWeight::bytes));
    }

    @Test
    void read_unknownFields_areKept() {
        Protobuf proto = new Protobuf();
        proto.text(200, "of another version");
        proto.message(7, graph -> {
            graph.text(100, "also unknown");
            graph.message(1, node -> {
                node.text(1, "x");
                node.text(2, "y");
                node.text(4, "Identity");
                node.text(77, "a node's");
            });
        });
        StoredModel model = parse(proto);
        assertThat(model.write().bytes())
                .asString(StandardCharsets.ISO_8859_1)
                .contains("of another version")
                .contains("also unknown")
                .contains("a node's");
    }

    @Test
    void write_smallTensorOutside_standsInTheModel() throws IOException {
        Files.write(folder.resolve("data"), new byte[] {0, 0, 7, 0, 0, 0, 9, 0, 0, 0, 1});
        StoredModel model = parse(outside("data", "2", "8", 2));
        OnnxModel written = model.write();
        assertThat(written.weights()).isEmpty();
        assertThat(parse("again", written.bytes()).tensors()).containsKey("w");
        assertThat(written.bytes()).containsSequence((byte) 7, (byte) 0, (byte) 0, (byte) 0, (byte) 9);
    }

    @Test
    void write_largeTensorOutside_isHandedOverFromItsRegion() throws IOException {
        byte[] data = new byte[4096 + 3];
        data[3 + 4 * 1000] = 42;
        Files.write(folder.resolve("data"), data);
        ExternalWeight weight =
                parse(outside("data", "3", "4096", 1024)).write().weights().get(0);
        ByteBuffer numbers = weight.data().apply(new NativeArena());
        assertThat(numbers.isDirect()).isTrue();
        assertThat(numbers.order()).isEqualTo(ByteOrder.nativeOrder());
        assertThat(numbers.remaining()).isEqualTo(4096);
        assertThat(numbers.getInt(4 * 1000)).isEqualTo(42);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../data", "/etc/hostname", "a/../../data", "", ".", "..\\data"})
    void read_tensorOutsideTheFolder_isRefused(String location) {
        assertThatThrownBy(() -> parse(outside(location, "0", "4", 1)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("'" + location + "'")
                .hasMessageContaining("in the folder of the model");
    }

    @Test
    void read_missingExternalData_namesTheFile() {
        assertThatThrownBy(() -> parse(outside("model.onnx.data", "0", "4", 1)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(folder.resolve("model.onnx.data").toString())
                .hasMessageContaining("missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "9223372036854775807", "-1", "x", "1e3"})
    void read_regionPastTheEnd_isRefused(String offset) throws IOException {
        Files.write(folder.resolve("data"), new byte[8]);
        assertThatThrownBy(() -> parse(outside("data", offset, "4", 1)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(offset);
    }

    @Test
    void read_lengthThatIsNotTheShapes_isRefused() throws IOException {
        Files.write(folder.resolve("data"), new byte[8]);
        assertThatThrownBy(() -> parse(outside("data", "0", "8", 1)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("8 bytes, expected 4");
    }

    @Test
    void read_valueComputedTwice_isRefused() {
        Protobuf proto = new Protobuf();
        proto.message(7, graph -> {
            for (int i = 0; i < 2; i++) {
                graph.message(1, node -> {
                    node.text(2, "y");
                    node.text(4, "Identity");
                });
            }
        });
        assertThatThrownBy(() -> parse(proto))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("y is computed twice");
    }

    @Test
    void read_fileThatIsNoModel_isRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("model.onnx"), "version https://git-lfs.github.com/spec/v1\n");
        assertThatThrownBy(() -> StoredModel.read(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(file.toString());
    }

    private static Protobuf outside(String location, String offset, String length, long elements) {
        Protobuf proto = new Protobuf();
        proto.message(
                7,
                graph -> graph.message(5, tensor -> {
                    tensor.integer(1, elements);
                    tensor.integer(2, ElementType.INT32.onnx());
                    tensor.text(8, "w");
                    tensor.integer(14, 1);
                    entry(tensor, "location", location);
                    entry(tensor, "offset", offset);
                    entry(tensor, "length", length);
                }));
        return proto;
    }

    private static void entry(Protobuf tensor, String key, String value) {
        tensor.message(13, entry -> {
            entry.text(1, key);
            entry.text(2, value);
        });
    }

    private StoredModel parse(Protobuf proto) {
        return parse("test", proto.toByteArray());
    }

    private StoredModel parse(String name, byte[] bytes) {
        return StoredModel.parse(name, ByteBuffer.wrap(bytes), folder.toAbsolutePath());
    }
}
