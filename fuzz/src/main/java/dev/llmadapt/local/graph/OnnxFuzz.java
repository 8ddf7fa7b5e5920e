package dev.llmadapt.local.graph;

import dev.llmadapt.fuzz.Probe;
import dev.llmadapt.CheckpointException;
import dev.llmadapt.local.memory.NativeArena;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The fuzz target of an {@code .onnx} model with a weight in the file {@code data} beside it: read, written again, its
 * weights mapped.
 */
public final class OnnxFuzz {
    private static final Path FOLDER = Probe.folder("onnx");
    private static final Path FILE = FOLDER.resolve("model.onnx");
    private static final int DATA = 4099;
    private static final Probe PROBE = new Probe(CheckpointException.class, 1_000_000, 150);

    private OnnxFuzz() {}

    /** Writes the file of weights. */
    public static void fuzzerInitialize() throws IOException {
        Files.write(FOLDER.resolve("data"), new byte[DATA]);
    }

    /** Runs the reader on one input. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        Probe.write(FILE, data);
        PROBE.run(data.length, () -> {
            try (NativeArena memory = new NativeArena()) {
                for (ExternalWeight weight : StoredModel.read(FILE).write().weights()) {
                    if (weight.data().apply(memory).remaining() != weight.bytes()) {
                        throw new AssertionError(weight.name());
                    }
                }
            }
        });
    }

    static List<byte[]> seeds() {
        Protobuf model = new Protobuf();
        model.integer(1, 8);
        model.message(8, opset -> opset.integer(2, 17));
        model.message(7, graph -> {
            graph.message(1, node -> {
                node.text(1, "x");
                node.text(1, "w");
                node.text(2, "y");
                node.text(3, "n");
                node.text(4, "MatMul");
                node.message(5, attribute -> OnnxModel.attribute(attribute, "axes", new long[] {0, 1}));
                node.message(5, attribute -> OnnxModel.attribute(attribute, "axis", 1L));
            });
            graph.message(5, tensor -> {
                tensor.integer(1, 1);
                tensor.integer(1, 1024);
                tensor.integer(2, 1);
                tensor.text(8, "w");
                for (String[] entry : new String[][] {{"location", "data"}, {"offset", "3"}, {"length", "4096"}}) {
                    tensor.message(13, proto -> {
                        proto.text(1, entry[0]);
                        proto.text(2, entry[1]);
                    });
                }
                tensor.integer(14, 1);
            });
            graph.message(5, tensor -> {
                tensor.bytes(1, new byte[] {2});
                tensor.integer(2, 1);
                tensor.text(8, "c");
                tensor.bytes(9, new byte[8]);
            });
            for (int field : new int[] {11, 12}) {
                graph.message(field, value -> {
                    value.text(1, field == 11 ? "x" : "y");
                    value.message(
                            2,
                            type -> type.message(1, tensor -> {
                                tensor.integer(1, 1);
                                tensor.message(2, shape -> {
                                    shape.message(1, dim -> dim.text(2, "batch"));
                                    shape.message(1, dim -> dim.integer(1, 4));
                                });
                            }));
                });
            }
        });
        return List.of(model.toByteArray());
    }
}
