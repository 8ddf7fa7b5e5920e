package dev.llmadapt.peft;

/** Prefix tuning whose prefix a network made ({@code prefix_projection}). */
class PrefixProjectionAdapterTest extends VirtualTokensContract {
    PrefixProjectionAdapterTest() {
        super("tiny-llama3", "prefix-projection");
    }
}
