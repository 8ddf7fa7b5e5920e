package dev.llmadapt.peft;

/** Prompt tuning. */
class PromptTuningAdapterTest extends VirtualTokensContract {
    PromptTuningAdapterTest() {
        super("tiny-llama", "prompt-tuning");
    }
}
