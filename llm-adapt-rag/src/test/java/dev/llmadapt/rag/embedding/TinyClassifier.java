package dev.llmadapt.rag.embedding;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * An ONNX graph made for tests, written as protobuf by hand: the logit of a pair is the sum of its token ids, so that a
 * test can say what it must be. With two logits they are the sum and its double, whose difference is the sum again.
 */
final class TinyClassifier {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    private TinyClassifier() {}

    static byte[] of(int logits) {
        return of(logits, false);
    }

    /** One whose only logit is not a number: a root of less than zero. */
    static byte[] notANumber() {
        return of(1, true);
    }

    private static byte[] of(int logits, boolean root) {
        ByteArrayOutputStream graph = new ByteArrayOutputStream();
        node(graph, "Mul", new String[] {"input_ids", "attention_mask"}, "kept");
        node(graph, "Cast", new String[] {"kept"}, "numbers", attribute("to", 2, FLOAT));
        node(graph, "ReduceSum", new String[] {"numbers", "axes"}, logits == 1 && !root ? "logits" : "sum");
        if (root) {
            node(graph, "Neg", new String[] {"sum"}, "less");
            node(graph, "Sqrt", new String[] {"less"}, "logits");
        }
        if (logits > 1) {
            node(graph, "Add", new String[] {"sum", "sum"}, "double");
            String[] parts = logits == 2 ? new String[] {"sum", "double"} : new String[] {"sum", "double", "sum"};
            node(graph, "Concat", parts, "logits", attribute("axis", 2, 1));
        }
        bytes(graph, 2, "tiny".getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream axes = new ByteArrayOutputStream();
        number(axes, 1, 1); // dims
        number(axes, 2, INT64);
        number(axes, 7, 1); // the axis: tokens
        bytes(axes, 8, "axes".getBytes(StandardCharsets.UTF_8));
        bytes(graph, 5, axes.toByteArray());
        bytes(graph, 11, value("input_ids", INT64, "batch", "seq"));
        bytes(graph, 11, value("attention_mask", INT64, "batch", "seq"));
        bytes(graph, 12, value("logits", FLOAT, "batch", "labels"));
        ByteArrayOutputStream model = new ByteArrayOutputStream();
        number(model, 1, 8); // ir_version
        bytes(model, 7, graph.toByteArray());
        ByteArrayOutputStream opset = new ByteArrayOutputStream();
        number(opset, 2, 17);
        bytes(model, 8, opset.toByteArray());
        return model.toByteArray();
    }

    private static void node(
            ByteArrayOutputStream graph, String op, String[] inputs, String output, byte[]... attributes) {
        ByteArrayOutputStream node = new ByteArrayOutputStream();
        for (String input : inputs) {
            bytes(node, 1, input.getBytes(StandardCharsets.UTF_8));
        }
        bytes(node, 2, output.getBytes(StandardCharsets.UTF_8));
        bytes(node, 4, op.getBytes(StandardCharsets.UTF_8));
        for (byte[] attribute : attributes) {
            bytes(node, 5, attribute);
        }
        bytes(graph, 1, node.toByteArray());
    }

    private static byte[] attribute(String name, int type, int value) {
        ByteArrayOutputStream attribute = new ByteArrayOutputStream();
        bytes(attribute, 1, name.getBytes(StandardCharsets.UTF_8));
        number(attribute, 3, value);
        number(attribute, 20, type);
        return attribute.toByteArray();
    }

    private static byte[] value(String name, int type, String... sizes) {
        ByteArrayOutputStream shape = new ByteArrayOutputStream();
        for (String size : sizes) {
            ByteArrayOutputStream dimension = new ByteArrayOutputStream();
            bytes(dimension, 2, size.getBytes(StandardCharsets.UTF_8));
            bytes(shape, 1, dimension.toByteArray());
        }
        ByteArrayOutputStream tensor = new ByteArrayOutputStream();
        number(tensor, 1, type);
        bytes(tensor, 2, shape.toByteArray());
        ByteArrayOutputStream typed = new ByteArrayOutputStream();
        bytes(typed, 1, tensor.toByteArray());
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        bytes(value, 1, name.getBytes(StandardCharsets.UTF_8));
        bytes(value, 2, typed.toByteArray());
        return value.toByteArray();
    }

    private static void number(ByteArrayOutputStream to, int field, int value) {
        varint(to, field << 3);
        varint(to, value);
    }

    private static void bytes(ByteArrayOutputStream to, int field, byte[] value) {
        varint(to, (field << 3) | 2);
        varint(to, value.length);
        to.writeBytes(value);
    }

    private static void varint(ByteArrayOutputStream to, int value) {
        int left = value;
        for (; left > 127; left >>>= 7) {
            to.write((left & 127) | 128);
        }
        to.write(left);
    }
}
