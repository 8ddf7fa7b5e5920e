package dev.llmadapt;

import java.util.Objects;

/**
 * One turn of a conversation. Its content is data: it is never parsed as a template, and the name of a special token
 * written in it is ordinary text.
 *
 * @param role the speaker
 * @param content the text
 */
public record Message(Role role, String content) {
    /** Refuses null. */
    public Message {
        Objects.requireNonNull(role, "role must not be null");
        Objects.requireNonNull(content, "content must not be null");
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
}
