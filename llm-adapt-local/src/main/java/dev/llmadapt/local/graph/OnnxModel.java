package dev.llmadapt.local.graph;

import dev.llmadapt.local.graph.Shape.Dim;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A graph in ONNX's file format: the bytes of a {@code ModelProto} that declares every weight as external, and the
 * weights to hand over beside it. Its field numbers are those of {@code onnx.proto}.
 *
 * @param bytes the model, a few kilobytes
 * @param weights what the model declares as external, or as inputs
 * @param fed whether they are inputs, which every run is given: then nothing of them is copied
 * @param cut writes the same graph as at most so many sections; gives none where it cannot be cut
 */
public record OnnxModel(byte[] bytes, List<ExternalWeight> weights, boolean fed, IntFunction<List<ModelSection>> cut) {
    private static final int IR_VERSION = 10;
    private static final int OPSET = 21;
    /** The file that is named where a session is handed the data. */
    static final String HANDED_OVER = "weights";

    /** A model whose weights are external, and which cannot be cut. */
    public OnnxModel(byte[] bytes, List<ExternalWeight> weights) {
        this(bytes, weights, false, most -> List.of());
    }

    /** Writes a graph. */
    public static OnnxModel of(Graph graph) {
        return of(graph, false);
    }

    /**
     * Writes a graph.
     *
     * @param fed whether its weights are inputs
     */
    public static OnnxModel of(Graph graph, boolean fed) {
        return new OnnxModel(
                bytes(GraphSection.whole(graph), fed),
                graph.weights(),
                fed,
                most -> fed ? List.of() : cut(graph, most));
    }

    private static List<ModelSection> cut(Graph graph, int most) {
        return GraphSection.cut(graph, most).stream()
                .map(section -> new ModelSection(
                        new OnnxModel(bytes(section, false), section.weights()),
                        section.inputs().keySet(),
                        section.outputs().keySet(),
                        section.passed().keySet()))
                .toList();
    }

    private static byte[] bytes(GraphSection graph, boolean fed) {
        Protobuf model = new Protobuf();
        model.integer(1, IR_VERSION);
        model.text(2, "llm-adapt");
        model.message(7, proto -> graph(proto, graph, fed));
        model.message(8, opset -> {
            opset.text(1, "");
            opset.integer(2, OPSET);
        });
        model.message(8, opset -> {
            opset.text(1, Op.MICROSOFT);
            opset.integer(2, 1);
        });
        return model.toByteArray();
    }

    /**
     * Returns the data of the weights by name, read or packed in parallel, as direct buffers.
     *
     * @param memory where those lie that are not mapped
     * @throws IllegalStateException if a weight has another size than it declares
     */
    public Map<String, ByteBuffer> data(NativeArena memory) {
        return data(memory, weights);
    }

    /** Returns the data of some weights. */
    public static Map<String, ByteBuffer> data(NativeArena memory, Collection<ExternalWeight> weights) {
        Map<String, ByteBuffer> buffers = new ConcurrentHashMap<>();
        weights.parallelStream().forEach(weight -> {
            ByteBuffer buffer = weight.data().apply(memory);
            if (buffer.remaining() != weight.bytes()) {
                throw new IllegalStateException("weight " + weight.name() + " has " + buffer.remaining()
                        + " bytes, expected " + weight.bytes());
            }
            buffers.put(weight.name(), buffer.isDirect() ? buffer : memory.copy(buffer));
        });
        return buffers;
    }

    /** Returns the bytes of all weights that the model declares as external. */
    public long bytesOfWeights() {
        return weights.stream().mapToLong(ExternalWeight::bytes).sum();
    }

    private static void graph(Protobuf proto, GraphSection graph, boolean fed) {
        IdentityHashMap<Value, String> names = new IdentityHashMap<>(); // where they are not the values' own
        graph.outputs().forEach((name, value) -> {
            if (names.put(value, name) != null) {
                throw new IllegalArgumentException(value + " is an output twice");
            }
        });
        graph.inputs().forEach((name, value) -> names.put(value, name));
        for (Node node : graph.nodes()) {
            proto.message(1, message -> node(message, node, names));
        }
        proto.text(2, "graph");
        for (ExternalWeight weight : graph.weights()) {
            if (fed) {
                proto.message(11, info -> valueInfo(info, weight.name(), weight.type(), weight.shape()));
            } else {
                proto.message(5, tensor -> external(tensor, weight));
            }
        }
        graph.constants()
                .forEach((name, values) -> proto.message(5, tensor -> {
                    tensor.integer(1, values.length);
                    tensor.integer(2, ElementType.INT64.onnx());
                    for (long value : values) {
                        tensor.integer(7, value);
                    }
                    tensor.text(8, name);
                }));
        graph.scalars()
                .forEach((name, scalar) -> proto.message(5, tensor -> {
                    tensor.integer(2, ElementType.FLOAT.onnx());
                    tensor.real(4, scalar);
                    tensor.text(8, name);
                }));
        graph.inputs()
                .forEach(
                        (name, value) -> proto.message(11, info -> valueInfo(info, name, value.type(), value.shape())));
        graph.outputs()
                .forEach(
                        (name, value) -> proto.message(12, info -> valueInfo(info, name, value.type(), value.shape())));
        graph.passed()
                .forEach(
                        (name, value) -> proto.message(12, info -> valueInfo(info, name, value.type(), value.shape())));
    }

    private static void node(Protobuf message, Node node, IdentityHashMap<Value, String> names) {
        for (@Nullable Value input : node.inputs()) {
            message.text(1, input == null ? "" : names.getOrDefault(input, input.name()));
        }
        for (Value output : node.outputs()) {
            message.text(2, names.getOrDefault(output, output.name()));
        }
        message.text(3, node.name());
        message.text(4, node.op().onnxName());
        node.attributes().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry ->
                        message.message(5, attribute -> attribute(attribute, entry.getKey(), entry.getValue(), names)));
        message.text(7, node.op().domain());
    }

    static void attribute(Protobuf attribute, String name, Object value) {
        attribute(attribute, name, value, new IdentityHashMap<>());
    }

    private static void attribute(Protobuf attribute, String name, Object value, IdentityHashMap<Value, String> names) {
        attribute.text(1, name);
        if (value instanceof Float real) {
            attribute.real(2, real);
            attribute.integer(20, 1);
        } else if (value instanceof Long integer) {
            attribute.integer(3, integer);
            attribute.integer(20, 2);
        } else if (value instanceof Node.Body body) {
            attribute.message(6, proto -> body(proto, body, names));
            attribute.integer(20, 5);
        } else if (value instanceof long[] integers) {
            for (long integer : integers) {
                attribute.integer(8, integer);
            }
            attribute.integer(20, 7);
        } else {
            attribute.text(4, (String) value);
            attribute.integer(20, 3);
        }
    }

    private static void body(Protobuf proto, Node.Body body, IdentityHashMap<Value, String> names) {
        for (Node node : body.nodes()) {
            proto.message(1, message -> node(message, node, names));
        }
        proto.text(2, "body");
        for (Value result : body.results()) {
            proto.message(12, info -> valueInfo(info, result.name(), result.type(), result.shape()));
        }
    }

    private static void external(Protobuf tensor, ExternalWeight weight) {
        for (long size : weight.shape().sizes()) {
            tensor.integer(1, size);
        }
        tensor.integer(2, weight.type().onnx());
        tensor.text(8, weight.name());
        outside(tensor, weight.packed() ? weight.fileName() : HANDED_OVER, weight.bytes());
    }

    /** Declares that a tensor's data are not in the model, but handed over or in a file. */
    static void outside(Protobuf tensor, String file, long bytes) {
        tensor.message(13, entry -> {
            entry.text(1, "location");
            entry.text(2, file);
        });
        tensor.message(13, entry -> {
            entry.text(1, "length");
            entry.text(2, Long.toString(bytes));
        });
        tensor.integer(14, 1);
    }

    static void valueInfo(Protobuf info, String name, ElementType elements, Shape dims) {
        info.text(1, name);
        info.message(
                2,
                type -> type.message(1, tensor -> {
                    tensor.integer(1, elements.onnx());
                    tensor.message(2, shape -> {
                        for (Dim dim : dims.dims()) {
                            shape.message(1, proto -> {
                                if (dim.known()) {
                                    proto.integer(1, dim.size());
                                } else {
                                    proto.text(2, dim.symbol());
                                }
                            });
                        }
                    });
                }));
    }
}
