package dev.llmadapt;

import java.util.Objects;

/**
 * One turn of a conversation. Its content is data: it is never parsed as a template, and a special token written in it
 * is never read as one.
 *
 * @param role who speaks
 * @param content what is said
 */
public record Message(Role role, String content) {
    /** Refuses components that are missing or out of their range. */
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
