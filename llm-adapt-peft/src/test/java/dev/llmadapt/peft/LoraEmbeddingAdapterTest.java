package dev.llmadapt.peft;

import java.util.function.Predicate;

/** LoRA of the embedding. */
class LoraEmbeddingAdapterTest extends AdapterContract {
    LoraEmbeddingAdapterTest() {
        super("tiny-llama", "lora-embedding");
    }

    @Override
    boolean merges() {
        return true;
    }

    @Override
    Predicate<String> silenced() {
        return name -> name.contains("lora_embedding_B") || name.endsWith("lora_B.weight");
    }

    @Override
    float nothing() {
        return 0;
    }
}
