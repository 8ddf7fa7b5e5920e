package dev.llmadapt.peft;

import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightTensor;

/** LoRA whose B has a bias ({@code lora_bias}). */
class LoraBiasOfBAdapterTest extends LayerAdapterContract {
    LoraBiasOfBAdapterTest() {
        super("tiny-llama", "lora-bias-of-b");
    }

    @Override
    WeightTensor neutral(WeightTensor tensor, Checkpoint base) {
        return tensor.name().contains(".lora_B.") ? tensor(tensor, i -> 0) : tensor;
    }
}
