package dev.llmadapt.prompting.template;

/** Python's {@code None}. */
enum None {
    NONE
}
