package dev.llmadapt.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.llmadapt.Generation;
import dev.llmadapt.Usage;
import java.util.UUID;

/** Answers of this library as LangChain4j's. */
final class ChatAnswers {
    private ChatAnswers() {}

    /**
     * An answer of LangChain4j.
     *
     * @param modelName the model's or the adapter's name
     * @throws TimeoutException if the time limit ended it
     */
    static ChatResponse response(Generation answer, String modelName, ChatOptions options) {
        boolean cutOff = answer.finishReason() == dev.llmadapt.FinishReason.INTERRUPTED;
        if (cutOff && !Thread.currentThread().isInterrupted()) {
            throw new TimeoutException("the answer took longer than the time limit of "
                    + options.scheduling().timeLimit() + " and ended after "
                    + answer.usage().completionTokens()
                    + " tokens; raise it (ChatOptions.withTimeLimit), or ask for fewer tokens");
        }
        return ChatResponse.builder()
                .aiMessage(message(answer, options.thinking()))
                .metadata(ChatResponseMetadata.builder()
                        .id("chat-" + UUID.randomUUID())
                        .modelName(modelName)
                        .tokenUsage(usage(answer.usage()))
                        .finishReason(reason(answer.finishReason()))
                        .build())
                .build();
    }

    private static AiMessage message(Generation answer, boolean thinking) {
        AiMessage.Builder message =
                AiMessage.builder().toolExecutionRequests(ChatMessages.requests(answer.toolCalls()));
        if (!answer.text().isEmpty() || answer.toolCalls().isEmpty()) {
            message.text(answer.text());
        }
        if (thinking && !answer.reasoning().isEmpty()) {
            message.thinking(answer.reasoning());
        }
        return message.build();
    }

    private static TokenUsage usage(Usage usage) {
        return new TokenUsage(usage.promptTokens(), usage.completionTokens());
    }

    private static FinishReason reason(dev.llmadapt.FinishReason reason) {
        return switch (reason) {
            case STOP -> FinishReason.STOP;
            case LENGTH -> FinishReason.LENGTH;
            case TOOL_CALLS -> FinishReason.TOOL_EXECUTION;
            case INTERRUPTED -> FinishReason.OTHER;
        };
    }
}
