package dev.llmadapt.spring.ai;

import dev.llmadapt.FinishReason;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Scheduling;
import dev.llmadapt.Token;
import dev.llmadapt.Usage;
import java.util.List;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;

/**
 * Answers of this library to one prompt as Spring AI's.
 *
 * @param id of the answer
 * @param prompt a complete one
 */
record ChatAnswers(String id, Prompt prompt) {
    /**
     * The whole answer.
     *
     * @throws LlmAdaptException if the time limit ended it
     */
    ChatResponse whole(dev.llmadapt.Generation answer) {
        requireInTime(answer);
        return last(answer, ChatMessages.assistant(answer.text(), answer.reasoning(), answer.toolCalls()));
    }

    /** What a streamed answer ends with: calls, thought, usage and why it ended; its text was told before. */
    ChatResponse end(dev.llmadapt.Generation answer) {
        requireInTime(answer);
        return last(answer, ChatMessages.assistant("", answer.reasoning(), answer.toolCalls()));
    }

    /** A piece of a streamed answer, or of the thought before it. */
    ChatResponse piece(Token token) {
        AssistantMessage message = ChatMessages.assistant(token.text(), token.reasoning(), List.of());
        return new ChatResponse(
                List.of(new Generation(message)),
                ChatResponseMetadata.builder()
                        .id(id)
                        .model(ChatRequests.modelName(prompt))
                        .build());
    }

    private ChatResponse last(dev.llmadapt.Generation answer, AssistantMessage message) {
        Usage usage = answer.usage();
        return new ChatResponse(
                List.of(new Generation(
                        message,
                        ChatGenerationMetadata.builder()
                                .finishReason(answer.finishReason().name())
                                .build())),
                ChatResponseMetadata.builder()
                        .id(id)
                        .model(ChatRequests.modelName(prompt))
                        .usage(new DefaultUsage(
                                usage.promptTokens(),
                                usage.completionTokens(),
                                usage.promptTokens() + usage.completionTokens(),
                                null,
                                (long) usage.cachedPromptTokens(),
                                null))
                        .build());
    }

    private void requireInTime(dev.llmadapt.Generation answer) {
        Scheduling scheduling = ChatRequests.options(prompt).getScheduling();
        if (answer.finishReason() == FinishReason.INTERRUPTED
                && scheduling != null
                && !scheduling.timeLimit().isZero()
                && !Thread.currentThread().isInterrupted()) {
            throw new LlmAdaptException("the answer took longer than the time limit of " + scheduling.timeLimit()
                    + " and ended after " + answer.usage().completionTokens()
                    + " tokens; raise it (LlmAdaptChatOptions.scheduling), or ask for fewer tokens");
        }
    }
}
