package dev.llmadapt.peft;

import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightTensor;

/** LoRA. */
class LoraAdapterTest extends LayerAdapterContract {
    LoraAdapterTest() {
        super("tiny-llama", "lora-all-linear");
    }

    @Override
    WeightTensor neutral(WeightTensor tensor, Checkpoint base) {
        return tensor.name().endsWith("lora_B.weight") ? tensor(tensor, i -> 0) : tensor;
    }
}
