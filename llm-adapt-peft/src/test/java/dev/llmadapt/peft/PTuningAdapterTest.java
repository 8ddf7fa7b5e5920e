package dev.llmadapt.peft;

/** P-tuning. */
class PTuningAdapterTest extends VirtualTokensContract {
    PTuningAdapterTest() {
        super("tiny-llama", "p-tuning");
    }
}
