package dev.llmadapt.prompting.memory;

import dev.llmadapt.Message;
import java.util.List;
import java.util.Objects;

/**
 * The latest exchanges of a conversation that have no more than so many tokens together with the instructions.
 *
 * @param tokens counts tokens
 * @param maxTokens the most
 */
record TokenWindow(TokenCounter tokens, int maxTokens) implements MemoryPolicy {
    TokenWindow {
        Objects.requireNonNull(tokens, "tokens must not be null");
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens must be at least 1, maxTokens: " + maxTokens);
        }
    }

    boolean holds(Conversation conversation) {
        return conversation.messages().isEmpty() || count(conversation) <= maxTokens;
    }

    int count(Conversation conversation) {
        return tokens.count(conversation.shown());
    }

    @Override
    public Conversation fit(Conversation conversation) {
        if (holds(conversation)) {
            return conversation;
        }
        List<List<Message>> exchanges = conversation.exchanges();
        // the fewest exchanges to leave out, found by halving: more of them never take fewer tokens
        int low = 1;
        int high = exchanges.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (count(after(conversation, exchanges, middle)) <= maxTokens) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        if (low >= exchanges.size()) {
            Conversation last = after(conversation, exchanges, exchanges.size() - 1);
            throw new IllegalArgumentException("the last exchange alone has " + count(last)
                    + " tokens with the instructions, the memory of the conversation holds " + maxTokens);
        }
        return after(conversation, exchanges, low);
    }

    /** The conversation without its first exchanges. */
    static Conversation after(Conversation conversation, List<List<Message>> exchanges, int leftOut) {
        return conversation.with(
                conversation.summary(),
                exchanges.subList(leftOut, exchanges.size()).stream()
                        .flatMap(List::stream)
                        .toList());
    }
}
