package dev.llmadapt.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.OnnxModel;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Graphs that choose one of two bodies at each run. */
class ChooseTest {
    @Test
    void choose_eitherWay_computesThatBody() {
        Graph graph = new Graph();
        Value given = graph.input("given", ElementType.BOOL, Shape.of());
        Value x = graph.input("x", ElementType.FLOAT, Shape.of(2));
        Value before = x.times(3);
        List<Value> chosen = graph.choose(
                given,
                () -> List.of(before.plus(x), before.times(x)),
                () -> List.of(before.minus(x), before.times(10)));
        graph.output("a", chosen.get(0));
        graph.output("b", chosen.get(1).plus(x));
        OnnxModel model = OnnxModel.of(graph);
        try (OnnxSession session = OnnxSession.open(model, Execution.of(1))) {
            assertThat(run(session, true)).containsExactly(8, 20, 14, 80);
            assertThat(run(session, false)).containsExactly(4, 10, 62, 155);
        }
    }

    private static float[] run(OnnxSession session, boolean given) {
        try (NativeArena memory = new NativeArena()) {
            ByteBuffer flag = memory.zeros(1).put(0, (byte) (given ? 1 : 0));
            ByteBuffer x = memory.copy(new float[] {2, 5});
            ByteBuffer a = memory.zeros(8);
            ByteBuffer b = memory.zeros(8);
            try (OnnxTensor flagTensor = OnnxSession.tensor(flag, ElementType.BOOL);
                    OnnxTensor xTensor = OnnxSession.tensor(x, ElementType.FLOAT, 2);
                    OnnxTensor aTensor = OnnxSession.tensor(a, ElementType.FLOAT, 2);
                    OnnxTensor bTensor = OnnxSession.tensor(b, ElementType.FLOAT, 2)) {
                session.run(Map.of("given", flagTensor, "x", xTensor), Map.of("a", aTensor, "b", bTensor));
                return new float[] {a.getFloat(0), a.getFloat(4), b.getFloat(0), b.getFloat(4)};
            }
        }
    }

    @Test
    void choose_whatDoesNotFit_isRefused() {
        Graph graph = new Graph();
        Value given = graph.input("given", ElementType.BOOL, Shape.of());
        Value x = graph.input("x", ElementType.FLOAT, Shape.of(2));
        assertThatThrownBy(() -> graph.choose(x, () -> List.of(x.sqrt()), () -> List.of(x.sqrt())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a truth value");
        assertThatThrownBy(() ->
                        graph.choose(given, () -> List.of(x.sqrt()), () -> List.of(graph.cast(x, ElementType.INT64))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("of the same types");
        assertThatThrownBy(() -> graph.choose(given, () -> List.of(x), () -> List.of(x.sqrt())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("results of operators in it");
    }
}
