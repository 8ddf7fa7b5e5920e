package dev.llmadapt.local.runtime;

import ai.onnxruntime.OnnxTensor;
import dev.llmadapt.InferenceException;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.OnnxModel;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * A session of any graph, run over tensors of the caller's: each output is written where the caller says, which may be
 * where an input lies. For graphs that compute many positions at once, of sizes that differ from run to run, such as a
 * step of training. Not thread-safe; whoever opens it closes it.
 */
public final class GraphSession implements AutoCloseable {
    private final OnnxSession session;

    private GraphSession(OnnxSession session) {
        this.session = session;
    }

    /**
     * Opens a session.
     *
     * @throws InferenceException if the engine refuses the graph or the device
     */
    public static GraphSession open(OnnxModel model, Execution execution) {
        return new GraphSession(OnnxSession.openForTraining(model, execution));
    }

    /** A tensor over memory outside the heap, which {@link Tensors} own. */
    public static final class Tensor {
        private final OnnxTensor value;

        private Tensor(OnnxTensor value) {
            this.value = value;
        }
    }

    /** The owner of some tensors and of the memory it made for them. */
    public static final class Tensors implements AutoCloseable {
        private final TensorArena arena = new TensorArena();

        /** Makes a buffer outside the heap, all zeros, for some elements of a type. */
        public ByteBuffer zeros(ElementType type, long size) {
            return arena.zeros(type, size);
        }

        /** Makes a tensor over a direct buffer, from its position to its limit, without a copy. */
        public Tensor of(ByteBuffer buffer, ElementType type, long... shape) {
            return new Tensor(arena.tensor(buffer, type, shape));
        }

        /** Closes the tensors and gives the memory back; safe to call again. */
        @Override
        public void close() {
            arena.close();
        }
    }

    /**
     * Runs the graph.
     *
     * @param inputs every input of the graph, by name
     * @param outputs where outputs go, by name
     * @throws InferenceException if the run fails
     */
    public void run(Map<String, Tensor> inputs, Map<String, Tensor> outputs) {
        session.run(values(inputs), values(outputs));
    }

    private static Map<String, OnnxTensor> values(Map<String, Tensor> tensors) {
        Map<String, OnnxTensor> values = new HashMap<>();
        tensors.forEach((name, tensor) -> values.put(name, tensor.value));
        return values;
    }

    @Override
    public void close() {
        session.close();
    }
}
