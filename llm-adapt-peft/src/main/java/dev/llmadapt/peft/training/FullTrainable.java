package dev.llmadapt.peft.training;

import dev.llmadapt.local.architecture.Tuned;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import java.util.Map;
import java.util.Optional;

/** All weights learn. An output head that is the embedding stays so. */
public final class FullTrainable implements Trainable {
    private final Parameters parameters = new Parameters();

    /** Begins with a checkpoint's weights. */
    public FullTrainable(Checkpoint base) {
        for (Map.Entry<String, WeightTensor> entry : base.tensors().entrySet()) {
            String name = entry.getKey();
            WeightTensor tensor = entry.getValue();
            boolean ofModel = Checkpoint.isOfModel(name);
            boolean learns = name.endsWith(".weight") || name.endsWith(".bias");
            if (ofModel && learns) {
                parameters.add(name, Shape.of(tensor.shape().toArray()), target -> {
                    float[] row = new float[tensor.rowLength()];
                    for (int i = 0; i < tensor.rows(); i++) {
                        tensor.dequantizeRow(i, row, 0);
                        target.put(row);
                    }
                });
            }
        }
    }

    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public boolean learnsEmbedding() {
        return true;
    }

    @Override
    public Tuned attach(Graph graph, Map<String, Value> values) {
        return new Tuned() {
            @Override
            public Optional<Value> weight(String name, Shape shape) {
                return Optional.ofNullable(values.get(name));
            }
        };
    }
}
