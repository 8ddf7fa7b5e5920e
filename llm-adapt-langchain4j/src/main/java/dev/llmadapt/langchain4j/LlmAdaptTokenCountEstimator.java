package dev.llmadapt.langchain4j;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.model.TokenCountEstimator;
import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.local.LocalModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The tokens of a local model, which LangChain4j counts, such as for a memory of so many tokens
 * ({@code TokenWindowChatMemory}): its own tokenizer, with what its chat template writes around messages.
 *
 * <p>A conversation counts as the model reads it, without what the chat template writes where the answer begins, some
 * four tokens that a request has besides. A single message counts as what it adds to a short conversation; if the chat
 * template takes it at no place there, its text alone counts.
 *
 * <p>Thread-safe. It does not close the model.
 */
public final class LlmAdaptTokenCountEstimator implements TokenCountEstimator {
    private static final Message QUESTION = Message.user("a");
    private static final Message ANSWER = Message.assistant("a");

    private final LocalModel model;

    /**
     * For a model.
     *
     * @param model the caller closes it, after the last count
     */
    public LlmAdaptTokenCountEstimator(LocalModel model) {
        this.model = Objects.requireNonNull(model, "model must not be null");
    }

    @Override
    public int estimateTokenCountInText(String text) {
        return model.textTokens(text).length;
    }

    @Override
    public int estimateTokenCountInMessage(ChatMessage chatMessage) {
        Message message = ChatMessages.message(chatMessage);
        List<Message> before = switch (message.role()) {
            case SYSTEM -> List.of();
            case USER -> List.of(QUESTION, ANSWER);
            case ASSISTANT, TOOL -> List.of(QUESTION);
        };
        List<Message> without = new ArrayList<>(before);
        List<Message> with = new ArrayList<>(before);
        with.add(message);
        if (message.role() == Role.SYSTEM) {
            without.add(QUESTION);
            with.add(QUESTION);
        }
        int text = estimateTokenCountInText(message.content());
        try {
            return Math.max(text, count(with) - count(without));
        } catch (IllegalArgumentException e) { // the template takes no such conversation
            return text;
        }
    }

    /**
     * The tokens of a conversation.
     *
     * @throws dev.langchain4j.exception.InvalidRequestException if the chat template refuses it
     */
    @Override
    public int estimateTokenCountInMessages(Iterable<ChatMessage> messages) {
        List<Message> conversation = new ArrayList<>();
        messages.forEach(message -> conversation.add(ChatMessages.message(message)));
        return conversation.isEmpty() ? 0 : Failures.mapped(() -> count(conversation));
    }

    private int count(List<Message> conversation) {
        return model.conversationTokens(Request.of(conversation.toArray(Message[]::new))).length;
    }
}
