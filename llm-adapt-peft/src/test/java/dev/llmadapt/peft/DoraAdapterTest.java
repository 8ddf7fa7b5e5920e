package dev.llmadapt.peft;

import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightTensor;

/** DoRA. */
class DoraAdapterTest extends LayerAdapterContract {
    private static final String MAGNITUDE = ".lora_magnitude_vector";

    DoraAdapterTest() {
        super("tiny-llama3", "lora-dora");
    }

    @Override
    WeightTensor neutral(WeightTensor tensor, Checkpoint base) {
        String name = tensor.name();
        if (name.endsWith("lora_B.weight")) {
            return tensor(tensor, i -> 0);
        }
        if (name.endsWith(MAGNITUDE)) {
            String module = name.substring("base_model.model.".length(), name.length() - MAGNITUDE.length());
            WeightTensor weight = base.tensor(module + ".weight");
            float[] row = new float[weight.rowLength()];
            return tensor(tensor, i -> {
                weight.dequantizeRow(i, row, 0);
                return norm(row);
            });
        }
        return tensor;
    }

    private static double norm(float[] row) {
        double squares = 0;
        for (float value : row) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares);
    }
}
