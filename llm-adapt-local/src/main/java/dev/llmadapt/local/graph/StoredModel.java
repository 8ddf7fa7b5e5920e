package dev.llmadapt.local.graph;

import dev.llmadapt.CheckpointException;
import dev.llmadapt.local.graph.Shape.Dim;
import dev.llmadapt.local.memory.MappedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX model that somebody else wrote: read, edited and written back. Fields that are not edited stay as they were
 * stored, byte for byte, also those that this class does not know; weights stay in their files, mapped. Field numbers
 * are those of {@code onnx.proto}. Not thread-safe.
 */
public final class StoredModel {
    private static final int MOST = 1_000_000;

    private final String file;
    private @Nullable MappedFile mapping; // of the file, if it was not read from memory
    private final List<ByteBuffer> rest = new ArrayList<>(); // the model's fields other than its graph
    private final List<ByteBuffer> graphRest = new ArrayList<>(); // the graph's fields other than those below
    private final List<StoredNode> nodes = new ArrayList<>();
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final Map<String, StoredValue> inputs = new LinkedHashMap<>();
    private final Map<String, StoredValue> outputs = new LinkedHashMap<>();

    /**
     * An input or output.
     *
     * @param onnxType ONNX's code of its dtype
     * @param shape its dimensions; a name, perhaps empty, where the size is not fixed
     */
    public record StoredValue(String name, int onnxType, Shape shape, ByteBuffer raw) {}

    private StoredModel(String file) {
        this.file = file;
    }

    /**
     * Reads a model.
     *
     * @param path an {@code .onnx} file; its external data is looked for in its folder. All of them must stay unchanged
     *     until a session has been made of it
     * @throws CheckpointException if it is not one, or what it names is missing or damaged
     */
    public static StoredModel read(Path path) {
        try (FileChannel channel = FileChannel.open(path)) {
            if (!Files.isRegularFile(path) || channel.size() > Integer.MAX_VALUE) {
                throw new CheckpointException(path + " has " + channel.size()
                        + " bytes, an ONNX model has at most 2 GiB beside its external data");
            }
            Path folder = Objects.requireNonNull(path.toAbsolutePath().getParent(), "a file has a folder");
            MappedFile mapping = MappedFile.map(channel, 0, channel.size());
            StoredModel model = parse(path.toString(), mapping.bytes(), folder);
            model.mapping = mapping;
            return model;
        } catch (IOException e) {
            throw new CheckpointException("cannot read " + path + ": " + e.getMessage(), e);
        }
    }

    /** Reads a model from memory; {@code file} is for error messages. */
    static StoredModel parse(String file, ByteBuffer bytes, Path folder) {
        StoredModel model = new StoredModel(file);
        ProtobufReader proto = new ProtobufReader(file, bytes);
        boolean graph = false;
        while (proto.next()) {
            if (proto.number() != 7) {
                model.rest.add(proto.raw());
                continue;
            }
            if (graph) {
                throw proto.wrong("there is a second graph");
            }
            graph = true;
            model.graph(proto.message(), folder);
        }
        if (!graph) {
            throw new CheckpointException(file + " is not an ONNX model: it has no graph");
        }
        model.checkNames();
        return model;
    }

    private void graph(ProtobufReader proto, Path folder) {
        for (int fields = 0; proto.next(); fields++) {
            if (fields == MOST) {
                throw proto.wrong("there are more than " + MOST + " nodes, tensors and values");
            }
            switch (proto.number()) {
                case 1 -> nodes.add(StoredNode.read(proto.message()));
                case 5 -> {
                    StoredTensor tensor = StoredTensor.read(proto.message(), proto.raw(), folder);
                    if (tensors.put(tensor.name(), tensor) != null) {
                        throw proto.wrong("tensor " + tensor.name() + " is there twice");
                    }
                }
                case 11 -> value(proto, inputs);
                case 12 -> value(proto, outputs);
                default -> graphRest.add(proto.raw());
            }
        }
    }

    private static void value(ProtobufReader graph, Map<String, StoredValue> values) {
        ProtobufReader proto = graph.message();
        String name = "";
        int type = 0;
        List<Dim> dims = new ArrayList<>();
        while (proto.next()) {
            if (proto.number() == 1) {
                name = proto.text();
            } else if (proto.number() == 2) {
                ProtobufReader kinds = proto.message();
                while (kinds.next()) {
                    if (kinds.number() == 1) {
                        type = tensorType(kinds.message(), dims);
                    }
                }
            }
        }
        if (values.put(name, new StoredValue(name, type, new Shape(dims), graph.raw())) != null) {
            throw graph.wrong("the value " + name + " is there twice");
        }
    }

    private static int tensorType(ProtobufReader proto, List<Dim> dims) {
        int type = 0;
        while (proto.next()) {
            if (proto.number() == 1) {
                type = proto.smallInteger();
            } else if (proto.number() == 2) {
                ProtobufReader shape = proto.message();
                while (shape.next()) {
                    if (shape.number() == 1) {
                        dims.add(dim(shape.message()));
                    }
                }
            }
        }
        return type;
    }

    private static Dim dim(ProtobufReader proto) {
        Dim dim = Dim.of("");
        while (proto.next()) {
            if (proto.number() == 1) {
                long size = proto.integer();
                dim = size < 0 ? Dim.of("") : Dim.of(size);
            } else if (proto.number() == 2) {
                dim = Dim.of(proto.text());
            }
        }
        return dim;
    }

    /** Refuses a value with two origins. */
    private void checkNames() {
        Set<String> names = new HashSet<>(tensors.keySet());
        for (StoredNode node : nodes) {
            for (String output : node.outputs()) {
                if (!output.isEmpty() && !names.add(output)) {
                    throw new CheckpointException(
                            file + " is not a readable ONNX model: the value " + output + " is computed twice");
                }
            }
        }
    }

    /** The file, for error messages. */
    public String file() {
        return file;
    }

    /** The nodes, in an order they can run in; the list can be edited. */
    public List<StoredNode> nodes() {
        return nodes;
    }

    /** The initializers by name. */
    public Map<String, StoredTensor> tensors() {
        return tensors;
    }

    /** The inputs by name, in order; older models name their initializers too. */
    public Map<String, StoredValue> inputs() {
        return inputs;
    }

    /** The outputs by name, in order. */
    public Map<String, StoredValue> outputs() {
        return outputs;
    }

    /** Adds an input. */
    public void addInput(String name, ElementType type, Shape shape) {
        Protobuf field = new Protobuf();
        field.message(11, info -> OnnxModel.valueInfo(info, name, type, shape));
        StoredValue value = new StoredValue(name, type.onnx(), shape, ByteBuffer.wrap(field.toByteArray()));
        if (inputs.put(name, value) != null) {
            throw new CheckpointException(file + " already has an input " + name);
        }
    }

    /** Sets the shape of an output. */
    public void reshapeOutput(String name, ElementType type, Shape shape) {
        Protobuf field = new Protobuf();
        field.message(12, info -> OnnxModel.valueInfo(info, name, type, shape));
        StoredValue value = new StoredValue(name, type.onnx(), shape, ByteBuffer.wrap(field.toByteArray()));
        if (outputs.replace(name, value) == null) {
            throw new IllegalArgumentException(file + " has no output " + name);
        }
    }

    /** Returns the model as it is now, its large weights beside it. */
    public OnnxModel write() {
        List<ExternalWeight> weights = new ArrayList<>();
        Protobuf model = new Protobuf();
        rest.forEach(model::raw);
        model.message(7, graph -> {
            nodes.forEach(node -> graph.message(1, node::write));
            graphRest.forEach(graph::raw);
            tensors.values().forEach(tensor -> tensor.write(graph, weights, mapping));
            inputs.values().forEach(input -> graph.raw(input.raw()));
            outputs.values().forEach(output -> graph.raw(output.raw()));
        });
        return new OnnxModel(model.toByteArray(), weights);
    }
}
