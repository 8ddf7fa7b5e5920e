package dev.llmadapt.peft.training;

import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.runtime.Execution;
import dev.llmadapt.local.runtime.GraphSession;
import dev.llmadapt.local.runtime.GraphSession.Tensor;
import dev.llmadapt.local.runtime.GraphSession.Tensors;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Map;

/** A session that computes the loss of a batch. Not thread-safe; whoever opens it closes it. */
public final class LossSession implements AutoCloseable {
    private final GraphSession session;
    private final Tensors tensors = new Tensors();
    private final ByteBuffer parameters;
    private final Tensor pinned;

    private LossSession(GraphSession session, int parameters) {
        this.session = session;
        this.parameters = tensors.zeros(ElementType.FLOAT, parameters);
        this.pinned = tensors.of(this.parameters, ElementType.FLOAT, parameters);
    }

    /** Opens a session whose trainable parameters are zeros at first. */
    public static LossSession open(TrainingGraph loss, int parameters, Execution execution) {
        return new LossSession(GraphSession.open(loss.model(), execution), parameters);
    }

    /** Returns the trainable parameters: the vector itself, as long as the session is open. */
    public FloatBuffer parameters() {
        return parameters.asFloatBuffer();
    }

    /**
     * Opens a session that shares frozen weights with others.
     *
     * @param weights which are there as long as the session is open
     */
    static LossSession open(TrainingGraph loss, int parameters, Execution execution, GraphSession.Weights weights) {
        return new LossSession(GraphSession.open(loss.model(), execution, weights), parameters);
    }

    /** Computes the loss of a batch, and fills the batch's own outputs. */
    public float loss(TrainingBatch batch) {
        try (Tensors own = new Tensors()) {
            Map<String, Tensor> inputs = TrainingSession.tensors(batch.inputs(), own);
            inputs.put(TrainingGraph.PARAMETERS, pinned);
            ByteBuffer loss = own.zeros(ElementType.FLOAT, 1);
            Map<String, Tensor> outputs = TrainingSession.tensors(batch.outputs(), own);
            outputs.put(TrainingGraph.LOSS, own.of(loss, ElementType.FLOAT, 1));
            session.run(inputs, outputs);
            return loss.getFloat(0);
        }
    }

    /**
     * Computes the logits of a batch of labelled texts: for each text, in the order of the rows, those of its labels.
     *
     * @param labels of the trainable's head
     */
    public float[][] logits(TrainingBatch batch, int labels) {
        try (Tensors own = new Tensors()) {
            Map<String, Tensor> inputs = TrainingSession.tensors(batch.inputs(), own);
            inputs.put(TrainingGraph.PARAMETERS, pinned);
            int texts = batch.learned();
            ByteBuffer all = own.zeros(ElementType.FLOAT, (long) texts * labels);
            session.run(inputs, Map.of(TrainingGraph.LOGITS, own.of(all, ElementType.FLOAT, texts, labels)));
            float[][] logits = new float[texts][labels];
            FloatBuffer rows = all.asFloatBuffer();
            for (float[] row : logits) {
                rows.get(row);
            }
            return logits;
        }
    }

    @Override
    public void close() {
        tensors.close();
        session.close();
    }
}
