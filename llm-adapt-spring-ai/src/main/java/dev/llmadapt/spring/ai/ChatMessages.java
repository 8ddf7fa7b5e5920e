package dev.llmadapt.spring.ai;

import dev.llmadapt.Role;
import dev.llmadapt.ToolCall;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.content.MediaContent;

/** Messages of Spring AI as those of this library, and back. */
final class ChatMessages {
    /** The name among the metadata of an assistant's message under which its thought stands. */
    static final String THINKING = "thinking";

    private ChatMessages() {}

    /**
     * The messages of this library that a message of Spring AI is: one, or one for each result of a tool.
     *
     * @throws IllegalArgumentException if it has what no model of this library reads, such as an image
     */
    static List<dev.llmadapt.Message> messages(Message message) {
        if (message instanceof MediaContent content && !content.getMedia().isEmpty()) {
            throw new IllegalArgumentException("media in a message are not supported, got "
                    + content.getMedia().get(0).getMimeType() + "; models of this library read text");
        } else if (message instanceof SystemMessage) {
            return List.of(dev.llmadapt.Message.system(orEmpty(message.getText())));
        } else if (message instanceof UserMessage) {
            return List.of(dev.llmadapt.Message.user(orEmpty(message.getText())));
        } else if (message instanceof AssistantMessage assistant) {
            Object thought = assistant.getMetadata().get(THINKING);
            List<ToolCall> calls =
                    assistant.getToolCalls().stream().map(ChatMessages::call).toList();
            return List.of(dev.llmadapt.Message.assistant(orEmpty(assistant.getText()), calls)
                    .withReasoning(thought instanceof String text ? text : ""));
        } else if (message instanceof ToolResponseMessage results) {
            return results.getResponses().stream()
                    .map(result -> new dev.llmadapt.Message(
                            Role.TOOL,
                            orEmpty(result.responseData()),
                            List.of(),
                            orEmpty(result.id()),
                            orEmpty(result.name())))
                    .toList();
        }
        throw new IllegalArgumentException(
                "messages of the class " + message.getClass().getName()
                        + " are not supported; those of a system, a user, an assistant and a tool are");
    }

    private static ToolCall call(AssistantMessage.ToolCall call) {
        String arguments = orEmpty(call.arguments());
        return new ToolCall(orEmpty(call.id()), call.name(), arguments.isBlank() ? "{}" : arguments);
    }

    /** A message of Spring AI. */
    static Message message(dev.llmadapt.Message message) {
        return switch (message.role()) {
            case SYSTEM -> new SystemMessage(message.content());
            case USER -> new UserMessage(message.content());
            case ASSISTANT -> assistant(message.content(), message.reasoning(), message.toolCalls());
            case TOOL ->
                ToolResponseMessage.builder()
                        .responses(List.of(new ToolResponseMessage.ToolResponse(
                                message.toolCallId(), message.toolName(), message.content())))
                        .build();
        };
    }

    /** A message of an assistant. */
    static AssistantMessage assistant(String text, String thought, List<ToolCall> calls) {
        return AssistantMessage.builder()
                .content(text)
                .properties(thought.isEmpty() ? Map.of() : Map.of(THINKING, thought))
                .toolCalls(calls.stream()
                        .map(call ->
                                new AssistantMessage.ToolCall(call.id(), "function", call.name(), call.arguments()))
                        .toList())
                .build();
    }

    static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
