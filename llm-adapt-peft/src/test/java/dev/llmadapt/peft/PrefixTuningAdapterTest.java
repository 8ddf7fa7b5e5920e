package dev.llmadapt.peft;

/** Prefix tuning. */
class PrefixTuningAdapterTest extends VirtualTokensContract {
    PrefixTuningAdapterTest() {
        super("tiny-llama", "prefix-tuning");
    }
}
