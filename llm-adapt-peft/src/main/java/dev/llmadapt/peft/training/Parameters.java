package dev.llmadapt.peft.training;

import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Op;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The numbers that learn: tensors one after the other in one vector. Immutable once all are added. */
public final class Parameters {
    private final List<Parameter> all = new ArrayList<>();
    private final Map<String, Parameter> byName = new LinkedHashMap<>();
    private long size;

    Parameters() {}

    /**
     * A tensor that learns.
     *
     * @param name as it is stored
     * @param shape all known
     * @param offset of its first number in the vector
     * @param start writes the numbers it begins with, row-major, at the buffer's position
     */
    public record Parameter(String name, Shape shape, int offset, Consumer<FloatBuffer> start) {
        /** How many numbers it has. */
        public int size() {
            return Math.toIntExact(shape.elements());
        }

        /** Its part of a vector. */
        public FloatBuffer of(FloatBuffer vector) {
            return vector.slice(offset, size());
        }
    }

    void add(String name, Shape shape, Consumer<FloatBuffer> start) {
        if (size + shape.elements() > MAX) {
            throw new IllegalArgumentException("more than " + MAX + " numbers would learn, which is the limit of full"
                    + " fine-tuning here; train an adapter instead");
        }
        Parameter parameter = new Parameter(name, shape, (int) size, start);
        if (byName.put(name, parameter) != null) {
            throw new IllegalArgumentException("the parameter " + name + " is there already");
        }
        all.add(parameter);
        size += shape.elements();
    }

    /** Numbers that fit into one buffer. */
    private static final long MAX = Integer.MAX_VALUE / Float.BYTES;

    /** The tensors, in the order of the vector. */
    public List<Parameter> all() {
        return List.copyOf(all);
    }

    /** How many numbers there are. */
    public int size() {
        return (int) size;
    }

    /** Writes where they begin. */
    public void start(FloatBuffer vector) {
        for (Parameter parameter : all) {
            parameter.start().accept(parameter.of(vector));
        }
    }

    /** The vector's tensors in a graph, by name. */
    Map<String, Value> in(Graph graph, Value vector) {
        long[] sizes = all.stream().mapToLong(Parameter::size).toArray();
        List<Value> pieces = sizes.length == 1 ? List.of(vector) : vector.splitAlong(0, sizes);
        Map<String, Value> values = new LinkedHashMap<>();
        for (int i = 0; i < sizes.length; i++) {
            Parameter parameter = all.get(i);
            values.put(
                    parameter.name(),
                    pieces.get(i).reshape(parameter.shape(), parameter.shape().sizes()));
        }
        return values;
    }

    /** Tensors as one vector again; zeros for those that are missing. */
    Value vector(Graph graph, Map<String, Value> values) {
        Value[] pieces = all.stream()
                .map(parameter -> {
                    Value value = values.get(parameter.name());
                    Shape flat = Shape.of(parameter.size());
                    return value == null ? graph.expand(graph.scalar(0), flat) : value.reshape(flat, parameter.size());
                })
                .toArray(Value[]::new);
        return pieces.length == 1 ? pieces[0] : graph.apply(Op.CONCAT, Map.of("axis", 0L), pieces);
    }
}
