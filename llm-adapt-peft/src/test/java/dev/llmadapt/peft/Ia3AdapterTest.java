package dev.llmadapt.peft;

import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightTensor;

/** IA3. */
class Ia3AdapterTest extends LayerAdapterContract {
    Ia3AdapterTest() {
        super("tiny-llama3", "ia3");
    }

    @Override
    WeightTensor neutral(WeightTensor tensor, Checkpoint base) {
        return tensor.name().endsWith("ia3_l") ? tensor(tensor, i -> 1) : tensor;
    }
}
