package dev.llmadapt.peft.runtime;

import ai.onnxruntime.OnnxTensor;
import dev.llmadapt.peft.graph.ElementType;
import dev.llmadapt.peft.training.TrainingBatch;
import dev.llmadapt.peft.training.TrainingGraph;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Map;

/** A session that computes the loss of a batch. Not thread-safe; whoever opens it closes it. */
public final class LossSession implements AutoCloseable {
    private final OnnxSession session;
    private final TensorArena scope = new TensorArena();
    private final ByteBuffer parameters;
    private final OnnxTensor pinned;

    private LossSession(OnnxSession session, int parameters) {
        this.session = session;
        this.parameters = scope.zeros(ElementType.FLOAT, parameters);
        this.pinned = scope.tensor(this.parameters, ElementType.FLOAT, parameters);
    }

    /** Opens a session whose trainable parameters are zeros at first. */
    public static LossSession open(TrainingGraph loss, int parameters, Execution execution) {
        return new LossSession(OnnxSession.openForTraining(loss.model(), execution), parameters);
    }

    /** Returns the trainable parameters: the vector itself, as long as the session is open. */
    public FloatBuffer parameters() {
        return parameters.asFloatBuffer();
    }

    /** Computes the loss of a batch. */
    public float loss(TrainingBatch batch) {
        try (TensorArena own = new TensorArena()) {
            Map<String, OnnxTensor> inputs = TrainingSession.inputs(batch, own);
            inputs.put(TrainingGraph.PARAMETERS, pinned);
            ByteBuffer loss = own.zeros(ElementType.FLOAT, 1);
            session.run(inputs, Map.of(TrainingGraph.LOSS, own.tensor(loss, ElementType.FLOAT, 1)));
            return loss.getFloat(0);
        }
    }

    @Override
    public void close() {
        scope.close();
        session.close();
    }
}
