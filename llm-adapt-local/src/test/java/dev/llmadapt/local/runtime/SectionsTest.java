package dev.llmadapt.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import dev.llmadapt.InferenceException;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.ModelSection;
import dev.llmadapt.local.graph.OnnxModel;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Graphs that are cut into sections. */
class SectionsTest {
    private static final Shape ROW = Shape.of(1, 2);

    private final Graph graph = new Graph();

    private Value weight(String name, float... elements) {
        return graph.weight(name, ElementType.FLOAT, Shape.of(2, 2), memory -> memory.copy(elements));
    }

    /** Three products; the first result is asked for and used again, also inside of what is chosen later. */
    private OnnxModel model() {
        Value given = graph.input("given", ElementType.BOOL, Shape.of());
        Value x = graph.input("x", ElementType.FLOAT, ROW);
        graph.input("unused", ElementType.FLOAT, ROW);
        Value first = x.matmul(weight("a", 1, 2, 3, 4));
        graph.output("first", first);
        Value second = first.matmul(weight("b", 0, 1, 1, 0));
        Value chosen = graph.choose(
                        given,
                        () -> List.of(first.plus(second)),
                        () -> List.of(second.minus(first).times(2)))
                .get(0);
        graph.output("last", chosen.matmul(weight("c", 2, 0, 0, 5)));
        return OnnxModel.of(graph);
    }

    @Test
    void run_sections_computesWhatTheWholeDoes() {
        OnnxModel model = model();
        try (LoadedGraph<OnnxTensor> whole =
                        SectionedSession.open(model, Execution.of(1).withSections(1));
                LoadedGraph<OnnxTensor> cut =
                        SectionedSession.open(model, Execution.of(1).withSections(3))) {
            assertThat(whole).isInstanceOf(OnnxSession.class);
            assertThat(cut).isInstanceOf(SectionedSession.class);
            float[] expected = {1 + 3 * 2, 2 + 4 * 2, 2 * (7 + 10), 5 * (7 + 10)};
            assertThat(run(whole, true)).containsExactly(expected);
            assertThat(run(cut, true)).containsExactly(expected);
            assertThat(run(cut, false)).containsExactly(run(whole, false)).doesNotContain(expected[2]);
        }
    }

    @Test
    void cut_eachWeightAndOutput_isInOneSection() {
        List<ModelSection> sections = model().cut().apply(3);
        assertThat(sections).hasSize(3);
        assertThat(sections.stream().flatMap(section -> section.model().weights().stream()))
                .extracting(weight -> weight.name())
                .containsExactly("a", "b", "c");
        assertThat(sections.stream().flatMap(section -> section.outputs().stream()))
                .containsExactly("first", "last");
        assertThat(sections.get(0).inputs()).containsExactly("x", "unused");
        assertThat(sections.get(2).passed()).isEmpty();
    }

    @Test
    void cut_intoOne_givesTheWhole() {
        assertThat(model().cut().apply(1)).hasSize(1);
    }

    @Test
    void input_unknown_isRefused() {
        try (LoadedGraph<OnnxTensor> cut =
                        SectionedSession.open(model(), Execution.of(1).withSections(3));
                NativeArena memory = new NativeArena();
                OnnxTensor tensor = OnnxSession.tensor(memory.zeros(8), ElementType.FLOAT, 1, 2)) {
            LoadedGraph.Binding<OnnxTensor> binding = cut.bind();
            assertThatThrownBy(() -> binding.input("y", tensor))
                    .isInstanceOf(InferenceException.class)
                    .hasMessageContaining("no input 'y'");
            assertThatThrownBy(() -> binding.output("y", tensor))
                    .isInstanceOf(InferenceException.class)
                    .hasMessageContaining("no output 'y'");
        }
    }

    private static float[] run(LoadedGraph<OnnxTensor> session, boolean given) {
        try (NativeArena memory = new NativeArena()) {
            ByteBuffer flag = memory.zeros(1).put(0, (byte) (given ? 1 : 0));
            ByteBuffer x = memory.copy(new float[] {1, 2});
            ByteBuffer first = memory.zeros(8);
            ByteBuffer last = memory.zeros(8);
            try (OnnxTensor flagTensor = OnnxSession.tensor(flag, ElementType.BOOL);
                    OnnxTensor xTensor = OnnxSession.tensor(x, ElementType.FLOAT, 1, 2);
                    OnnxTensor firstTensor = OnnxSession.tensor(first, ElementType.FLOAT, 1, 2);
                    OnnxTensor lastTensor = OnnxSession.tensor(last, ElementType.FLOAT, 1, 2);
                    LoadedGraph.Binding<OnnxTensor> binding = session.bind()) {
                binding.input("given", flagTensor);
                binding.input("x", xTensor);
                binding.input("unused", xTensor);
                binding.output("first", firstTensor);
                binding.output("last", lastTensor);
                binding.run();
                return new float[] {first.getFloat(0), first.getFloat(4), last.getFloat(0), last.getFloat(4)};
            }
        }
    }
}
