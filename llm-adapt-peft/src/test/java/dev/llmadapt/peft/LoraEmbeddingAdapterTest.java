package dev.llmadapt.peft;

import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightTensor;

/** LoRA of the embedding. */
class LoraEmbeddingAdapterTest extends LayerAdapterContract {
    LoraEmbeddingAdapterTest() {
        super("tiny-llama", "lora-embedding");
    }

    @Override
    WeightTensor neutral(WeightTensor tensor, Checkpoint base) {
        String name = tensor.name();
        return name.endsWith("lora_embedding_B") || name.endsWith("lora_B.weight") ? tensor(tensor, i -> 0) : tensor;
    }
}
