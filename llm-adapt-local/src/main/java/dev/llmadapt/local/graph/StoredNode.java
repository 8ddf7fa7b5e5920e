package dev.llmadapt.local.graph;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A node of a stored model. Its inputs and outputs can be redirected; the rest stays as it was stored, to the byte. Not
 * thread-safe.
 */
public final class StoredNode {
    private final String name;
    private final String operator;
    private final List<String> inputs;
    private final List<String> outputs;
    private final Map<String, long[]> integers;
    private final List<ByteBuffer> rest; // the other fields, as stored

    private StoredNode(
            String name,
            String operator,
            List<String> inputs,
            List<String> outputs,
            Map<String, long[]> integers,
            List<ByteBuffer> rest) {
        this.name = name;
        this.operator = operator;
        this.inputs = new ArrayList<>(inputs);
        this.outputs = new ArrayList<>(outputs);
        this.integers = integers;
        this.rest = rest;
    }

    /** Makes a node of one of ONNX's own operators, with one result, after which it is named, and no attributes. */
    public static StoredNode of(String operator, String output, String... inputs) {
        return new StoredNode(output, operator, List.of(inputs), List.of(output), Map.of(), List.of());
    }

    /** Makes a node with an integer attribute. */
    public static StoredNode with(String attribute, long value, String operator, String output, String... inputs) {
        Protobuf field = new Protobuf();
        field.message(5, proto -> OnnxModel.attribute(proto, attribute, value));
        return new StoredNode(
                output,
                operator,
                List.of(inputs),
                List.of(output),
                Map.of(attribute, new long[] {value}),
                List.of(ByteBuffer.wrap(field.toByteArray())));
    }

    static StoredNode read(ProtobufReader proto) {
        String name = "";
        String operator = "";
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        Map<String, long[]> integers = new HashMap<>();
        List<ByteBuffer> rest = new ArrayList<>();
        while (proto.next()) {
            switch (proto.number()) {
                case 1 -> inputs.add(proto.text());
                case 2 -> outputs.add(proto.text());
                case 3 -> name = proto.text();
                case 4 -> operator = proto.text();
                default -> {
                    if (proto.number() == 5) {
                        attribute(proto.message(), integers);
                    }
                    rest.add(proto.raw());
                }
            }
        }
        return new StoredNode(name, operator, inputs, outputs, integers, rest);
    }

    private static void attribute(ProtobufReader proto, Map<String, long[]> integers) {
        String name = "";
        LongStream.Builder values = LongStream.builder();
        boolean any = false;
        while (proto.next()) {
            if (proto.number() == 1) {
                name = proto.text();
            } else if (proto.number() == 3 || proto.number() == 8) {
                proto.integers(values::add);
                any = true;
            }
        }
        if (any) {
            integers.put(name, values.build().toArray());
        }
    }

    void write(Protobuf proto) {
        inputs.forEach(input -> proto.text(1, input));
        outputs.forEach(output -> proto.text(2, output));
        proto.text(3, name);
        proto.text(4, operator);
        rest.forEach(proto::raw);
    }

    /** Its name; empty where the exporter gave none. */
    public String name() {
        return name;
    }

    /** The operator's name, such as {@code MatMul}. */
    public String operator() {
        return operator;
    }

    /** The names of its operands; empty where an optional one is left out. */
    public List<String> inputs() {
        return Collections.unmodifiableList(inputs);
    }

    /** The names of its results. */
    public List<String> outputs() {
        return Collections.unmodifiableList(outputs);
    }

    /** Returns an operand's name, empty where there is none. */
    public String input(int i) {
        return i < inputs.size() ? inputs.get(i) : "";
    }

    /** Returns a result's name, empty where there is none. */
    public String output(int i) {
        return i < outputs.size() ? outputs.get(i) : "";
    }

    /** Replaces an operand. */
    public void input(int i, String value) {
        inputs.set(i, value);
    }

    /** Renames a result. */
    public void output(int i, String value) {
        outputs.set(i, value);
    }

    /** Adds a result. */
    public void addOutput(String value) {
        outputs.add(value);
    }

    /** Returns an integer attribute. */
    public long integer(String attribute, long fallback) {
        long[] values = integers.get(attribute);
        return values == null || values.length != 1 ? fallback : values[0];
    }

    /** Returns an attribute of integers, or null. */
    public long @Nullable [] integers(String attribute) {
        long[] values = integers.get(attribute);
        return values == null ? null : values.clone();
    }

    @Override
    public String toString() {
        return operator + " '" + name + "' " + inputs + " -> " + outputs;
    }
}
