package dev.llmadapt.peft.runtime;

import ai.onnxruntime.OnnxTensor;
import dev.llmadapt.peft.graph.ElementType;
import dev.llmadapt.peft.training.TrainingBatch;
import dev.llmadapt.peft.training.TrainingGraph;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/** Runs a graph of the loss alone. Not thread-safe; whoever opens it closes it. */
public final class LossSession implements AutoCloseable {
    private final OnnxSession session;
    private final ByteBuffer parameters;

    private LossSession(OnnxSession session, int parameters) {
        this.session = session;
        this.parameters = ByteBuffer.allocateDirect(parameters * Float.BYTES).order(ByteOrder.nativeOrder());
    }

    /** A session whose numbers are zeros at first. */
    public static LossSession open(TrainingGraph loss, int parameters, Execution execution) {
        return new LossSession(OnnxSession.openForTraining(loss.model(), execution), parameters);
    }

    /** The numbers that learn: the vector itself. */
    public FloatBuffer parameters() {
        return parameters.asFloatBuffer();
    }

    /** The loss of a batch. */
    public float loss(TrainingBatch batch) {
        try (Scope scope = new Scope()) {
            Map<String, OnnxTensor> inputs = new HashMap<>();
            batch.inputs()
                    .forEach((name, tensor) -> inputs.put(
                            name, scope.own(OnnxSession.tensor(tensor.data(), tensor.type(), tensor.shape()))));
            inputs.put(
                    TrainingGraph.PARAMETERS,
                    scope.own(OnnxSession.tensor(parameters, ElementType.FLOAT, parameters.capacity() / Float.BYTES)));
            ByteBuffer loss = ByteBuffer.allocateDirect(Float.BYTES).order(ByteOrder.nativeOrder());
            session.run(inputs, Map.of(TrainingGraph.LOSS, scope.own(OnnxSession.tensor(loss, ElementType.FLOAT, 1))));
            return loss.getFloat(0);
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
