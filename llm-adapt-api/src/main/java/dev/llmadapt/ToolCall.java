package dev.llmadapt;

import java.util.Objects;

/**
 * A call of a tool, written by a model or remembered in a conversation.
 *
 * @param id tells the call from others of the conversation, so that a {@linkplain Message#toolResult result} can name
 *     it; may be empty where there is none. Some chat templates, such as Mistral's, take ids of nine letters and digits
 *     only, which those that models of this library give are
 * @param name the tool
 * @param arguments the arguments by name, as the text of a JSON object
 */
public record ToolCall(String id, String name, String arguments) {
    /** Refuses an empty name, and arguments that are not one JSON object. */
    public ToolCall {
        Objects.requireNonNull(id, "id must not be null, empty where there is none");
        if (Objects.requireNonNull(name, "name must not be null").isEmpty()) {
            throw new IllegalArgumentException("a tool call needs the name of its tool, got none");
        }
        Objects.requireNonNull(arguments, "arguments must not be null");
        try {
            JsonValues.read(arguments);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the arguments of the call of '" + name + "' are " + e.getMessage(), e);
        }
        if (!arguments.strip().startsWith("{")) {
            throw new IllegalArgumentException("the arguments of the call of '" + name
                    + "' must be a JSON object, such as {\"city\": \"Bern\"}, got " + arguments);
        }
    }

    /**
     * The arguments as a record, for a tool whose parameters are {@linkplain JsonSchema#of its schema}; read as
     * {@link Generation#as} reads an answer.
     *
     * @throws AnswerException if they do not fit the record; says where
     */
    public <T extends Record> T as(Class<T> type) {
        RecordShape.of(type);
        try {
            return RecordValues.read(arguments, type);
        } catch (IllegalArgumentException e) {
            throw new AnswerException(
                    "the arguments of the call of '" + name + "' are no " + type.getSimpleName() + ": "
                            + e.getMessage(),
                    arguments,
                    e);
        }
    }
}
