package dev.llmadapt.prompting.memory;

import dev.llmadapt.Model;

/** How a conversation is kept short. Thread-safe. */
@FunctionalInterface
public interface MemoryPolicy {
    /**
     * The conversation, no longer than it may be. The instructions and the last exchange are always kept.
     *
     * @throws IllegalArgumentException if these alone are too long
     */
    Conversation fit(Conversation conversation);

    /**
     * Leaves out the oldest exchanges, whole, as long as the conversation has more tokens.
     *
     * @param tokens counts them
     * @param maxTokens the most tokens of what a model is shown; leave room in its context for the answer
     */
    static MemoryPolicy window(TokenCounter tokens, int maxTokens) {
        return new TokenWindow(tokens, maxTokens);
    }

    /**
     * Has a model summarise the oldest exchanges when the conversation has more tokens, with the summary before; those
     * that take half of the tokens stay as they were said. A summary beside which the last exchange has no room is left
     * out.
     *
     * @param tokens counts them
     * @param maxTokens the most tokens of what a model is shown; leave room in its context for the answer
     * @param summariser writes the summaries, in at most a quarter of the tokens; not closed
     */
    static MemoryPolicy summary(TokenCounter tokens, int maxTokens, Model summariser) {
        return new SummaryMemory(new TokenWindow(tokens, maxTokens), summariser);
    }
}
