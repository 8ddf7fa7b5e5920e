package dev.llmadapt.peft.data;

import dev.llmadapt.Message;

/** A prompt as one text, to tell whether two are the same. */
final class PromptKey {
    private PromptKey() {}

    /** Roles and texts before the answer; each text behind its length, so that borders count. */
    static String of(TrainingExample example) {
        StringBuilder key = new StringBuilder();
        for (Message message : example.prompt()) {
            key.append(message.role().key())
                    .append(TrainingExample.said(message).length())
                    .append(':')
                    .append(TrainingExample.said(message));
        }
        if (!example.tools().isEmpty()) {
            key.append("tools:").append(example.tools());
        }
        return key.toString();
    }
}
