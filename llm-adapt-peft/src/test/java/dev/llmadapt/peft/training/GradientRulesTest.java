package dev.llmadapt.peft.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Node;
import dev.llmadapt.local.graph.OnnxModel;
import dev.llmadapt.local.graph.Op;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Shape.Dim;
import dev.llmadapt.local.graph.Value;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every rule against central differences of what the engine computes. */
class GradientRulesTest {
    /**
     * An expression of some inputs.
     *
     * @param name of the case
     * @param shapes of its inputs
     * @param positive whether inputs are drawn from 0.5 to 1.5, not around 0
     * @param expression makes the value
     */
    private record Case(String name, List<long[]> shapes, boolean positive, Function<List<Value>, Value> expression) {}

    private static Case of(String name, Function<List<Value>, Value> expression, long[]... shapes) {
        return new Case(name, List.of(shapes), false, expression);
    }

    private static Case positive(String name, Function<List<Value>, Value> expression, long[]... shapes) {
        return new Case(name, List.of(shapes), true, expression);
    }

    private static long[] shape(long... dims) {
        return dims;
    }

    private static Value apply(Op op, Map<String, Object> attributes, Value... operands) {
        return operands[0].graph().apply(op, attributes, operands);
    }

    private static List<Case> cases() {
        long[] matrix = shape(3, 4);
        List<Case> cases = new ArrayList<>(List.of(
                of("add", x -> x.get(0).plus(x.get(1)), matrix, matrix),
                of("add, broadcast", x -> x.get(0).plus(x.get(1)), shape(2, 3, 4), shape(3, 1)),
                of("sub, broadcast", x -> x.get(0).minus(x.get(1)), shape(4), shape(3, 4)),
                of("mul, broadcast", x -> x.get(0).times(x.get(1)), shape(2, 3, 4), shape(4)),
                of("mul by itself", x -> x.get(0).times(x.get(0)), matrix),
                positive("div, broadcast", x -> x.get(0).over(x.get(1)), shape(2, 3), shape(2, 1)),
                positive("sqrt", x -> x.get(0).sqrt(), matrix),
                positive("log", x -> apply(Op.LOG, Map.of(), x.get(0)), matrix),
                of("exp", x -> apply(Op.EXP, Map.of(), x.get(0)), matrix),
                of("tanh", x -> apply(Op.TANH, Map.of(), x.get(0)), matrix),
                of("gelu", x -> x.get(0).gelu(), matrix),
                of("soft cap", x -> x.get(0).softCapped(0.7), matrix),
                of("sigmoid", x -> apply(Op.SIGMOID, Map.of(), x.get(0)), matrix),
                of("silu", x -> x.get(0).silu(), matrix),
                of("quick gelu", x -> apply(Op.QUICK_GELU, Map.of("alpha", 1.702f), x.get(0)), matrix),
                of("erf", x -> apply(Op.ERF, Map.of(), x.get(0)), matrix),
                of("relu", x -> apply(Op.RELU, Map.of(), x.get(0)), matrix),
                of("softmax", x -> x.get(0).softmax(), shape(2, 3, 5)),
                of("norm", GradientRulesTest::norm, shape(2, 3, 5), shape(5)),
                of("norm by deviation", GradientRulesTest::layerNorm, shape(2, 3, 5), shape(5), shape(5)),
                of("matmul", x -> x.get(0).matmul(x.get(1)), matrix, shape(4, 5)),
                of("matmul, one matrix for all", x -> x.get(0).matmul(x.get(1)), shape(2, 3, 4), shape(4, 5)),
                of("matmul, one each", x -> x.get(0).matmul(x.get(1)), shape(2, 3, 4), shape(2, 4, 5)),
                of("rotary", x -> rotary(x.get(0), 0), shape(1, 3, 32)),
                of("rotary, a part of a head", x -> rotary(x.get(0), 16), shape(1, 3, 40)),
                of("reshape", x -> x.get(0).reshape(Shape.of(2, 6), 2, 6), matrix),
                of("named", x -> x.get(0).graph().named(x.get(0), Shape.of(3, 4)), matrix),
                of("expand", x -> x.get(0).graph().expand(x.get(0), Shape.of(2, 3, 4)), shape(3, 1)),
                of("transpose", x -> x.get(0).transpose(2, 0, 1), shape(2, 3, 4)),
                of("sum", x -> x.get(0).sum(0, 2), shape(2, 3, 4)),
                of("sum of squares", GradientRulesTest::squares, matrix),
                of(
                        "split",
                        x -> { // one piece is not used
                            List<Value> pieces = x.get(0).splitAlong(1, 1, 2, 1);
                            return pieces.get(0).times(pieces.get(2));
                        },
                        matrix),
                of(
                        "split rows",
                        x -> { // one piece is empty
                            Value sizes = x.get(0).graph().constant("sizes", 2, 0, 2);
                            List<Value> pieces = x.get(0).splitRows(sizes, Dim.of(2), Dim.of(0), Dim.of(2));
                            return pieces.get(0).times(pieces.get(2));
                        },
                        shape(4, 3)),
                of("thin product", x -> x.get(0).product(false, x.get(1), true, 0.5f), shape(3, 2), shape(8, 2)),
                of("concat", x -> apply(Op.CONCAT, Map.of("axis", 1L), x.get(0), x.get(1)), matrix, shape(3, 2)),
                of("gather", x -> x.get(0).rows(x.get(0).graph().constant("rows", 2, 0, 2)), matrix),
                of(
                        "stop gradient",
                        x -> x.get(0)
                                .plus(apply(Op.STOP_GRADIENT, Map.of(), x.get(1))
                                        .times(0)),
                        matrix,
                        matrix)));
        for (boolean a : new boolean[] {false, true}) {
            for (boolean b : new boolean[] {false, true}) {
                cases.add(of(
                        "product " + a + " " + b,
                        x -> x.get(0).product(a, x.get(1), b, 0.5f),
                        a ? shape(4, 3) : matrix,
                        b ? shape(5, 4) : shape(4, 5)));
            }
        }
        cases.add(of(
                "product, one matrix for all",
                x -> x.get(0).product(false, x.get(1), true, 2),
                shape(2, 3, 4),
                shape(5, 4)));
        for (int bits : new int[] {4, 8}) {
            for (boolean zeroPoints : new boolean[] {false, true}) {
                cases.add(of(
                        bits + "-bit blocks" + (zeroPoints ? " with zero points" : ""),
                        x -> blocks(x.get(0), bits, zeroPoints),
                        shape(2, 3, 64)));
            }
        }
        return cases;
    }

    /** A product with five outputs, of two blocks each. */
    private static Value blocks(Value x, int bits, boolean zeroPoints) {
        Graph graph = x.graph();
        Random random = new Random(bits);
        Value weights = bytes(graph, "blocks", random, Shape.of(5, 2, 32 * bits / 8));
        ByteBuffer numbers = ByteBuffer.allocateDirect(5 * 2 * 4).order(ByteOrder.nativeOrder());
        for (int i = 0; i < 10; i++) {
            numbers.putFloat(0.01f + 0.05f * random.nextFloat());
        }
        Value scales = graph.weight("scales", ElementType.FLOAT, Shape.of(5, 2), memory -> numbers.flip());
        Map<String, Object> attributes = Map.of("K", 64L, "N", 5L, "bits", (long) bits, "block_size", 32L);
        return zeroPoints
                ? apply(
                        Op.MATMUL_NBITS,
                        attributes,
                        x,
                        weights,
                        scales,
                        bytes(graph, "zero_points", random, Shape.of(5, 2 * bits / 8)))
                : apply(Op.MATMUL_NBITS, attributes, x, weights, scales);
    }

    private static Value bytes(Graph graph, String name, Random random, Shape shape) {
        byte[] bytes = new byte[(int) shape.elements()];
        random.nextBytes(bytes);
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        return graph.weight(name, ElementType.UINT8, shape, memory -> buffer);
    }

    private static Value norm(List<Value> x) {
        return x.get(0)
                .graph()
                .applyAll(Op.RMS_NORM, Map.of("axis", -1L, "epsilon", 1e-5f), 2, x.get(0), x.get(1))
                .get(0);
    }

    private static Value layerNorm(List<Value> x) {
        return x.get(0)
                .graph()
                .applyAll(Op.LAYER_NORM, Map.of("axis", -1L, "epsilon", 1e-5f), 3, x.get(0), x.get(1), x.get(2))
                .get(0);
    }

    private static Value squares(List<Value> x) {
        Graph graph = x.get(0).graph();
        return graph.apply(Op.REDUCE_SUM_SQUARE, Map.of("keepdims", 1L), x.get(0), graph.constant("axes", 1));
    }

    private static Value rotary(Value x, long dimensions) {
        Graph graph = x.graph();
        Value positions = graph.constant("positions", 0, 2, 1).reshape(Shape.of(1, 3), 1, 3);
        Value cos = graph.weight("cos", ElementType.FLOAT, Shape.of(4, 8), memory -> table(true));
        Value sin = graph.weight("sin", ElementType.FLOAT, Shape.of(4, 8), memory -> table(false));
        Map<String, Object> attributes = Map.of("num_heads", 2L, "interleaved", 0L, "rotary_embedding_dim", dimensions);
        return graph.apply(Op.ROTARY, attributes, x, positions, cos, sin);
    }

    private static ByteBuffer table(boolean cosine) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(4 * 8 * 4).order(ByteOrder.nativeOrder());
        for (int i = 0; i < 32; i++) {
            int position = i / 8;
            double angle = position / Math.pow(10, i % 8 / 8.0);
            buffer.putFloat((float) (cosine ? Math.cos(angle) : Math.sin(angle)));
        }
        return buffer.flip();
    }

    @TestFactory
    Stream<DynamicTest> rule_anyOperator_isTheSlope() {
        return cases().stream().map(each -> DynamicTest.dynamicTest(each.name(), () -> check(each)));
    }

    @Test
    void rules_all_areChecked() {
        Set<Op> checked = EnumSet.noneOf(Op.class);
        for (Case each : cases()) {
            Graph graph = new Graph();
            assertThat(each.expression().apply(inputs(graph, each))).isNotNull();
            graph.nodes().stream().map(Node::op).forEach(checked::add);
        }
        assertThat(checked).containsAll(GradientRules.operators());
    }

    @Test
    void gradient_operatorWithoutRule_isRefusedByName() {
        Graph graph = new Graph();
        Value x = graph.input("x", ElementType.FLOAT, Shape.of(2));
        Value y = graph.apply(Op.MIN, Map.of(), x, graph.scalar(1));
        assertThatThrownBy(() -> Gradients.of(graph, Map.of(y, y), List.of(x)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("MIN");
    }

    private static List<Value> inputs(Graph graph, Case each) {
        List<Value> inputs = new ArrayList<>();
        for (long[] shape : each.shapes()) {
            Object[] dims = Arrays.stream(shape).boxed().toArray();
            inputs.add(graph.input("x" + inputs.size(), ElementType.FLOAT, Shape.of(dims)));
        }
        return inputs;
    }

    private static void check(Case each) throws OrtException {
        Graph graph = new Graph();
        List<Value> inputs = inputs(graph, each);
        Value y = each.expression().apply(inputs);
        Value seed = graph.input("seed", ElementType.FLOAT, y.shape());
        Map<Value, Value> gradients = Gradients.of(graph, Map.of(y, seed), inputs);
        long[] axes = LongStream.range(0, y.shape().rank()).toArray();
        graph.output("loss", y.times(seed).sum(axes));
        for (int i = 0; i < inputs.size(); i++) {
            Value gradient = gradients.get(inputs.get(i));
            if (gradient != null) {
                assertThat(gradient.shape())
                        .as(each.name())
                        .isEqualTo(inputs.get(i).shape());
                graph.output("dx" + i, graph.named(gradient, gradient.shape()));
            }
        }
        Random random = new Random(each.name().hashCode());
        Map<String, float[]> values = new HashMap<>();
        graph.inputs().forEach((name, value) -> {
            float[] numbers = new float[(int) value.shape().elements()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = each.positive() && !name.equals("seed")
                        ? 0.5f + random.nextFloat()
                        : (float) random.nextGaussian();
            }
            values.put(name, numbers);
        });
        try (Runner runner = new Runner(graph)) {
            for (int i = 0; i < inputs.size(); i++) {
                if (!gradients.containsKey(inputs.get(i))) {
                    assertThat(each.name()).isEqualTo("stop gradient");
                    continue;
                }
                float[] found = Objects.requireNonNull(runner.run(values).get("dx" + i));
                float[] numbers = Objects.requireNonNull(values.get("x" + i));
                for (int at = 0; at < numbers.length; at++) {
                    float before = numbers[at];
                    float h = 0.01f;
                    numbers[at] = before + h;
                    double ahead = runner.loss(values);
                    numbers[at] = before - h;
                    double behind = runner.loss(values);
                    numbers[at] = before;
                    assertThat((double) found[at])
                            .as("%s: element %d of operand %d", each.name(), at, i)
                            .isCloseTo((ahead - behind) / (2 * h), within(2e-3 + 2e-3 * Math.abs(found[at])));
                }
            }
        }
    }

    /** Runs a graph. */
    private static final class Runner implements AutoCloseable {
        private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
        private final Graph graph;
        private final OrtSession session;

        Runner(Graph graph) throws OrtException {
            this.graph = graph;
            OnnxModel model = OnnxModel.of(graph);
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                Map<String, OnnxTensorLike> weights = new HashMap<>();
                for (var weight : model.weights()) {
                    weights.put(
                            weight.name(),
                            OnnxTensor.createTensor(
                                    environment,
                                    weight.data().apply(new NativeArena()),
                                    weight.shape().sizes(),
                                    weight.type() == ElementType.UINT8 ? OnnxJavaType.UINT8 : OnnxJavaType.FLOAT));
                }
                options.addExternalInitializers(weights);
                session = environment.createSession(model.bytes(), options);
            }
        }

        Map<String, float[]> run(Map<String, float[]> values) throws OrtException {
            Map<String, OnnxTensor> inputs = new HashMap<>();
            for (Map.Entry<String, Value> input : graph.inputs().entrySet()) {
                inputs.put(
                        input.getKey(),
                        OnnxTensor.createTensor(
                                environment,
                                FloatBuffer.wrap(Objects.requireNonNull(values.get(input.getKey()))),
                                input.getValue().shape().sizes()));
            }
            try (OrtSession.Result result = session.run(inputs)) {
                Map<String, float[]> outputs = new HashMap<>();
                for (Map.Entry<String, OnnxValue> output : result) {
                    FloatBuffer buffer = ((OnnxTensor) output.getValue()).getFloatBuffer();
                    float[] numbers = new float[buffer.remaining()];
                    buffer.get(numbers);
                    outputs.put(output.getKey(), numbers);
                }
                return outputs;
            } finally {
                inputs.values().forEach(OnnxTensor::close);
            }
        }

        double loss(Map<String, float[]> values) throws OrtException {
            return Objects.requireNonNull(run(values).get("loss"))[0];
        }

        @Override
        public void close() throws OrtException {
            session.close();
        }
    }
}
