package dev.llmadapt.peft;

import java.util.function.Predicate;

/** LoRA. */
class LoraAdapterTest extends AdapterContract {
    LoraAdapterTest() {
        super("tiny-llama", "lora-all-linear");
    }

    @Override
    boolean merges() {
        return true;
    }

    @Override
    Predicate<String> silenced() {
        return name -> name.endsWith("lora_B.weight");
    }

    @Override
    float nothing() {
        return 0;
    }
}
