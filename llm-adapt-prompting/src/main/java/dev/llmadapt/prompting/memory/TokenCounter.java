package dev.llmadapt.prompting.memory;

import dev.llmadapt.Message;
import java.util.List;

/**
 * Counts the tokens of a conversation as a model reads it: with its chat template, by its own tokenizer. Of a local
 * model it is {@code messages -> model.promptTokens(Request.of(messages.toArray(Message[]::new))).length}. Thread-safe.
 * Where requests have tools, count them, too: {@code Request.withTools}.
 */
@FunctionalInterface
public interface TokenCounter {
    /**
     * The number of tokens.
     *
     * @param messages the conversation, at least one message
     */
    int count(List<Message> messages);
}
