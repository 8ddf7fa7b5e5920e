package dev.llmadapt.local.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.local.checkpoint.WeightEncoding;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.OnnxModel;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.runtime.Execution;
import dev.llmadapt.local.runtime.GraphSession;
import dev.llmadapt.local.runtime.GraphSession.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnpackedBlocksTest {
    private static final int ROWS = 7;
    private static final int COLUMNS = 80; // the last block of 32 is half full

    private final Random random = new Random(5);
    private final float[] numbers = sixteenths();
    private final float[] x = random(2 * COLUMNS);

    @ParameterizedTest
    @CsvSource({"BLOCKS8, 0.1", "WIDE_BLOCKS8, 0.1", "BLOCKS4_ZERO_POINTS, 1e-4", "FLOATS, 1e-4"})
    void product_wholeAndInParts_isThatOfTheNumbers(LinearWeights.Form form, double most) {
        LinearWeights.Matrix matrix = new LinearWeights.Matrix(List.of(tensor()), form);
        float[] whole = product(matrix, 1 << 24);
        float[] inParts = product(matrix, 2 * COLUMNS);
        for (int row = 0; row < 2; row++) {
            for (int out = 0; out < ROWS; out++) {
                double sum = 0;
                for (int i = 0; i < COLUMNS; i++) {
                    sum += (double) x[row * COLUMNS + i] * numbers[out * COLUMNS + i];
                }
                assertThat((double) whole[row * ROWS + out]).isCloseTo(sum, within(most));
            }
        }
        assertThat(inParts).containsExactly(whole, within(1e-5f));
    }

    private float[] product(LinearWeights.Matrix matrix, long most) {
        Graph graph = new Graph();
        var input = graph.input("x", ElementType.FLOAT, Shape.of("n", COLUMNS));
        graph.output(
                "y",
                matrix.form() == LinearWeights.Form.FLOATS
                        ? UnpackedBlocks.product(matrix, input, "w")
                        : UnpackedBlocks.product(matrix, input, "w", most));
        try (GraphSession session = GraphSession.open(OnnxModel.of(graph, true), Execution.of(1));
                Tensors tensors = new Tensors()) {
            ByteBuffer in = tensors.zeros(ElementType.FLOAT, x.length);
            in.asFloatBuffer().put(x);
            ByteBuffer out = tensors.zeros(ElementType.FLOAT, 2L * ROWS);
            session.run(
                    Map.of("x", tensors.of(in, ElementType.FLOAT, 2, COLUMNS)),
                    Map.of("y", tensors.of(out, ElementType.FLOAT, 2, ROWS)));
            float[] found = new float[2 * ROWS];
            out.asFloatBuffer().get(found);
            return found;
        }
    }

    private WeightTensor tensor() {
        ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        return new WeightTensor("w.weight", WeightEncoding.F32, List.of((long) ROWS, (long) COLUMNS), bytes, 0);
    }

    /** Numbers that 4 bits hold: in each block the least of them stands first. */
    private float[] sixteenths() {
        float[] values = new float[ROWS * COLUMNS];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % COLUMNS % 32 == 0 ? -1 : (random.nextInt(16) - 8) / 8f;
        }
        return values;
    }

    private float[] random(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
