package dev.llmadapt.peft;

import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightTensor;

/** LoRA with biases in the place of all of the base's ({@code bias="all"}). */
class LoraBiasAdapterTest extends LayerAdapterContract {
    LoraBiasAdapterTest() {
        super("tiny-llama3", "lora-bias-all");
    }

    @Override
    WeightTensor neutral(WeightTensor tensor, Checkpoint base) {
        String name = tensor.name();
        if (name.endsWith("lora_B.weight")) {
            return tensor(tensor, i -> 0);
        }
        if (name.endsWith(".bias")) {
            String module = name.substring("base_model.model.".length()).replace(".base_layer", "");
            float[] before = base.tensor(module).toFloats();
            return tensor(tensor, i -> before[i]);
        }
        return tensor;
    }
}
