package dev.llmadapt;

import java.util.List;
import java.util.Objects;

/**
 * One turn of a conversation. Its content is data: it is never parsed as a template, and the name of a special token
 * written in it is ordinary text.
 *
 * @param role the speaker
 * @param content the text
 * @param toolCalls the tools that an {@linkplain Role#ASSISTANT assistant's} turn calls, empty in others
 * @param toolCallId the {@linkplain ToolCall#id id} of the call that a {@linkplain Role#TOOL tool's} turn answers,
 *     empty in others or where there is none
 * @param toolName the tool whose result a tool's turn is, empty in others or where it is not known
 * @param reasoning the thought that the assistant wrote before the content, without its markers, empty in others or
 *     where there is none. The model's chat template decides whether it is shown; most show the thoughts that led to
 *     calls of tools since the last question, and no others
 */
public record Message(
        Role role, String content, List<ToolCall> toolCalls, String toolCallId, String toolName, String reasoning) {
    /** Refuses null, calls and thoughts of anyone but the assistant, and what names a call in what is no result. */
    public Message {
        Objects.requireNonNull(role, "role must not be null");
        Objects.requireNonNull(content, "content must not be null");
        toolCalls = List.copyOf(Objects.requireNonNull(toolCalls, "toolCalls must not be null"));
        Objects.requireNonNull(toolCallId, "toolCallId must not be null, empty where there is none");
        Objects.requireNonNull(toolName, "toolName must not be null, empty where it is not known");
        if (!toolCalls.isEmpty() && role != Role.ASSISTANT) {
            throw new IllegalArgumentException(
                    "only an assistant's message calls tools, got calls in one of the role " + role.key());
        }
        Objects.requireNonNull(reasoning, "reasoning must not be null, empty where there is none");
        if (!reasoning.isEmpty() && role != Role.ASSISTANT) {
            throw new IllegalArgumentException(
                    "only an assistant's message has a reasoning, got one in a message of the role " + role.key());
        }
        if (role != Role.TOOL && !(toolCallId.isEmpty() && toolName.isEmpty())) {
            throw new IllegalArgumentException("only a tool's message is the result of a call, got the call '"
                    + toolCallId + "' of tool '" + toolName + "' in one of the role " + role.key());
        }
    }

    /** A message without a thought. */
    public Message(Role role, String content, List<ToolCall> toolCalls, String toolCallId, String toolName) {
        this(role, content, toolCalls, toolCallId, toolName, "");
    }

    /** A message of text alone. */
    public Message(Role role, String content) {
        this(role, content, List.of(), "", "");
    }

    /** A system message. */
    public static Message system(String content) {
        return new Message(Role.SYSTEM, content);
    }

    /** A user message. */
    public static Message user(String content) {
        return new Message(Role.USER, content);
    }

    /** An assistant message. */
    public static Message assistant(String content) {
        return new Message(Role.ASSISTANT, content);
    }

    /** An assistant message that calls tools, with the text before the calls, which is often empty. */
    public static Message assistant(String content, List<ToolCall> toolCalls) {
        return new Message(Role.ASSISTANT, content, toolCalls, "", "");
    }

    /** The result of a call, for the model to go on with. */
    public static Message toolResult(ToolCall call, String result) {
        return new Message(Role.TOOL, result, List.of(), call.id(), call.name());
    }

    /** This message with another text, and the same calls and thought. */
    public Message withContent(String content) {
        return new Message(role, content, toolCalls, toolCallId, toolName, reasoning);
    }

    /** This assistant's message with the thought before it; empty for none. */
    public Message withReasoning(String reasoning) {
        return new Message(role, content, toolCalls, toolCallId, toolName, reasoning);
    }
}
