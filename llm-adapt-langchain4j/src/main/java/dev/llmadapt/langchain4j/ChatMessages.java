package dev.llmadapt.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.llmadapt.Message;
import dev.llmadapt.Role;
import dev.llmadapt.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Messages of LangChain4j as those of this library, and back. */
final class ChatMessages {
    private ChatMessages() {}

    /**
     * A message of this library.
     *
     * @throws UnsupportedFeatureException if it has what no model of this library reads, such as an image
     */
    static Message message(ChatMessage message) {
        if (message instanceof SystemMessage system) {
            return Message.system(system.text());
        } else if (message instanceof UserMessage user) {
            if (user.name() != null) {
                throw new UnsupportedFeatureException("the name of a user message is not supported, got '" + user.name()
                        + "'; write it into the message's text");
            }
            return Message.user(text(user.contents(), "user"));
        } else if (message instanceof AiMessage ai) {
            if (!ai.images().isEmpty()) {
                throw new UnsupportedFeatureException("images of an AI message are not supported, got "
                        + ai.images().size() + "; leave them out");
            }
            return Message.assistant(orEmpty(ai.text()), calls(ai)).withReasoning(orEmpty(ai.thinking()));
        } else if (message instanceof ToolExecutionResultMessage result) {
            return new Message(
                    Role.TOOL,
                    text(result.contents(), "tool result"),
                    List.of(),
                    orEmpty(result.id()),
                    orEmpty(result.toolName()));
        }
        throw new UnsupportedFeatureException("messages of the type " + message.type()
                + " are not supported; those of a system, a user, an AI and a tool's result are");
    }

    private static List<ToolCall> calls(AiMessage message) {
        List<ToolCall> calls = new ArrayList<>();
        for (ToolExecutionRequest call : message.toolExecutionRequests()) {
            String arguments = orEmpty(call.arguments());
            calls.add(new ToolCall(orEmpty(call.id()), call.name(), arguments.isBlank() ? "{}" : arguments));
        }
        return calls;
    }

    /** The texts of contents, one a line. */
    private static String text(List<Content> contents, String whose) {
        for (Content content : contents) {
            if (!(content instanceof TextContent)) {
                String type = content.type().name().toLowerCase(Locale.ROOT);
                throw new UnsupportedFeatureException("content of the type " + type + " in a " + whose
                        + " message is not supported; models of this library read text");
            }
        }
        return contents.stream().map(content -> ((TextContent) content).text()).collect(Collectors.joining("\n"));
    }

    static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** A message of LangChain4j. */
    static ChatMessage chatMessage(Message message) {
        return switch (message.role()) {
            case SYSTEM -> SystemMessage.from(message.content());
            case USER -> UserMessage.from(message.content());
            case ASSISTANT -> {
                AiMessage.Builder ai = AiMessage.builder().toolExecutionRequests(requests(message.toolCalls()));
                if (!message.content().isEmpty() || message.toolCalls().isEmpty()) {
                    ai.text(message.content());
                }
                if (!message.reasoning().isEmpty()) {
                    ai.thinking(message.reasoning());
                }
                yield ai.build();
            }
            case TOOL ->
                ToolExecutionResultMessage.from(
                        message.toolCallId().isEmpty() ? null : message.toolCallId(),
                        message.toolName().isEmpty() ? null : message.toolName(),
                        message.content());
        };
    }

    /** Calls as LangChain4j's requests to execute tools. */
    static List<ToolExecutionRequest> requests(List<ToolCall> calls) {
        return calls.stream()
                .map(call -> ToolExecutionRequest.builder()
                        .id(call.id())
                        .name(call.name())
                        .arguments(call.arguments())
                        .build())
                .toList();
    }
}
