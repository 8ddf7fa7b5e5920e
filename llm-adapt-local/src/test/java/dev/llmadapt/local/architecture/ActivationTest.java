package dev.llmadapt.local.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.OnnxModel;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import java.nio.FloatBuffer;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ActivationTest {
    private static final float[] X = {-3, -1, -0.1f, 0, 0.5f, 2};

    /** What {@code transformers.activations.ACT2FN} 5.24 makes of these. */
    @ParameterizedTest
    @CsvSource({
        "silu, -0.1422776, -0.2689414, -0.04750208, 0, 0.3112297, 1.761594",
        "swish, -0.1422776, -0.2689414, -0.04750208, 0, 0.3112297, 1.761594",
        "gelu, -0.004050225, -0.1586553, -0.04601722, 0, 0.3457312, 1.9545",
        "gelu_python, -0.004049689, -0.1586553, -0.04601722, 0, 0.3457312, 1.9545",
        "gelu_new, -0.003637433, -0.158808, -0.04601725, 0, 0.345714, 1.954598",
        "gelu_fast, -0.003637433, -0.158808, -0.04601725, 0, 0.345714, 1.954598",
        "gelu_pytorch_tanh, -0.003637433, -0.158808, -0.04601725, 0, 0.345714, 1.954598",
        "gelu_python_tanh, -0.003637433, -0.158808, -0.04601725, 0, 0.345714, 1.954598",
        "gelu_accurate, -0.003637433, -0.158808, -0.04601725, 0, 0.345714, 1.954598",
        "quick_gelu, -0.01807131, -0.1542042, -0.04575524, 0, 0.3503884, 1.935659",
        "relu, 0, 0, 0, 0, 0.5, 2",
        "relu2, 0, 0, 0, 0, 0.25, 4",
        "sigmoid, 0.04742587, 0.2689414, 0.4750208, 0.5, 0.6224594, 0.880797",
        "tanh, -0.9950548, -0.7615942, -0.099668, 0, 0.4621172, 0.9640276",
        "linear, -3, -1, -0.1, 0, 0.5, 2"
    })
    void of_eachName_isWhatTransformersComputes(String name, float a, float b, float c, float d, float e, float f)
            throws OrtException {
        Graph graph = new Graph();
        Value y = Activation.named(name).of(graph.input("x", ElementType.FLOAT, Shape.of(X.length)));
        graph.output("y", graph.named(y, y.shape())); // an output of the graph is none of its inputs
        float[] expected = {a, b, c, d, e, f};
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session =
                        environment.createSession(OnnxModel.of(graph).bytes(), new OrtSession.SessionOptions());
                OnnxTensor x = OnnxTensor.createTensor(environment, FloatBuffer.wrap(X), new long[] {X.length});
                OrtSession.Result result = session.run(Map.of("x", x))) {
            float[] found = (float[]) result.get(0).getValue();
            for (int i = 0; i < X.length; i++) {
                assertThat(found[i]).as("%s of %s", name, X[i]).isCloseTo(expected[i], within(2e-6f));
            }
        }
    }
}
