package dev.llmadapt.local.runtime;

import ai.onnxruntime.OnnxTensor;
import dev.llmadapt.InferenceException;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.ExternalWeight;
import dev.llmadapt.local.graph.OnnxModel;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A session of any graph, run over tensors of the caller's: each output is written where the caller says, which may be
 * where an input lies. For graphs that compute many positions at once, of sizes that differ from run to run, such as a
 * step of training. Not thread-safe; whoever opens it closes it.
 */
public final class GraphSession implements AutoCloseable {
    private final OnnxSession session;
    private final Map<String, OnnxTensor> weights; // that each run is given
    private final @Nullable Weights own;

    private GraphSession(OnnxSession session, Map<String, OnnxTensor> weights, @Nullable Weights own) {
        this.session = session;
        this.weights = weights;
        this.own = own;
    }

    /**
     * Opens a session with weights of its own.
     *
     * @throws InferenceException if the engine refuses the graph or the device
     */
    public static GraphSession open(OnnxModel model, Execution execution) {
        Weights own = new Weights();
        try {
            return open(model, execution, own, own);
        } catch (RuntimeException | Error e) {
            own.close();
            throw e;
        }
    }

    /**
     * Opens a session that shares weights.
     *
     * @param weights which are there as long as the session is open; a model that is not {@link OnnxModel#fed} has its
     *     own all the same
     * @throws InferenceException if the engine refuses the graph or the device
     */
    public static GraphSession open(OnnxModel model, Execution execution, Weights weights) {
        return open(model, execution, weights, null);
    }

    private static GraphSession open(OnnxModel model, Execution execution, Weights weights, @Nullable Weights own) {
        OnnxSession session = OnnxSession.openForTraining(model, execution);
        try {
            return new GraphSession(session, model.fed() ? weights.of(model) : Map.of(), own);
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    /**
     * Weights of several sessions, each of which is there once: weights of one name are equal in all of them. Not
     * thread-safe; whoever makes it closes it, after the sessions.
     */
    public static final class Weights implements AutoCloseable {
        private final TensorArena arena = new TensorArena();
        private final Map<String, OnnxTensor> tensors = new HashMap<>();

        private Map<String, OnnxTensor> of(OnnxModel model) {
            List<ExternalWeight> missing = model.weights().stream()
                    .filter(weight -> !tensors.containsKey(weight.name()))
                    .toList();
            Map<String, ByteBuffer> buffers = OnnxModel.data(arena.memory(), missing);
            for (ExternalWeight weight : missing) {
                ByteBuffer buffer = Objects.requireNonNull(buffers.get(weight.name()));
                long[] sizes = weight.shape().sizes();
                tensors.put(weight.name(), arena.tensor(buffer, weight.type(), sizes));
            }
            Map<String, OnnxTensor> found = new HashMap<>();
            for (ExternalWeight weight : model.weights()) {
                found.put(weight.name(), Objects.requireNonNull(tensors.get(weight.name())));
            }
            return found;
        }

        /** Gives the memory back; safe to call again. */
        @Override
        public void close() {
            tensors.clear();
            arena.close();
        }
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
        Map<String, OnnxTensor> all = new HashMap<>(weights);
        all.putAll(values(inputs));
        session.run(all, values(outputs));
    }

    private static Map<String, OnnxTensor> values(Map<String, Tensor> tensors) {
        Map<String, OnnxTensor> values = new HashMap<>();
        tensors.forEach((name, tensor) -> values.put(name, tensor.value));
        return values;
    }

    @Override
    public void close() {
        session.close();
        if (own != null) {
            own.close();
        }
    }
}
