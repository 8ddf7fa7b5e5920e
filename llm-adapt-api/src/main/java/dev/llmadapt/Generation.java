package dev.llmadapt;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The answer to a request, with its tokens and costs.
 *
 * @param text the answer: the texts of its tokens, joined
 * @param tokens all tokens of the answer: those that were sampled, those that a constraint left no choice about, and,
 *     where a layer chose the answer by its score, those of the choice
 * @param finishReason why it ended
 * @param usage the tokens read and written, summed over all calls that led to the answer
 * @param timings how long it took
 * @param reasoning the thought that the model wrote before the answer: between the markers of its chat template, such
 *     as {@code <think>}, which are no part of it, or where a layer made it think; empty otherwise. If the limit of
 *     tokens cuts a thought off, there is no answer, and {@code text} is empty
 * @param decision the labels with their probabilities where the answer was chosen among labels by their scores; empty
 *     where it was written token by token
 * @param toolCalls the tools that the answer calls, whole calls only, in their order; what the model wrote to call them
 *     is not part of {@code text}. Empty where the request has no tools or the model called none
 */
public record Generation(
        String text,
        List<Token> tokens,
        FinishReason finishReason,
        Usage usage,
        Timings timings,
        String reasoning,
        Optional<Decision> decision,
        List<ToolCall> toolCalls) {
    /** Refuses a missing decision that is not empty, and copies the lists. */
    public Generation {
        tokens = List.copyOf(tokens);
        toolCalls = List.copyOf(toolCalls);
        Objects.requireNonNull(decision, "decision must not be null, empty where there is none");
    }

    /** An answer that was written token by token. */
    public Generation(
            String text,
            List<Token> tokens,
            FinishReason finishReason,
            Usage usage,
            Timings timings,
            String reasoning) {
        this(text, tokens, finishReason, usage, timings, reasoning, Optional.empty());
    }

    /** An answer without tool calls. */
    public Generation(
            String text,
            List<Token> tokens,
            FinishReason finishReason,
            Usage usage,
            Timings timings,
            String reasoning,
            Optional<Decision> decision) {
        this(text, tokens, finishReason, usage, timings, reasoning, decision, List.of());
    }

    /** This answer as a turn of the conversation: its text, its tool calls and its thought. */
    public Message message() {
        return Message.assistant(text, toolCalls).withReasoning(reasoning);
    }

    /**
     * This answer as a record, for answers that are {@linkplain JsonSchema#of JSON of its schema}. Every component is
     * in the answer, in any order, and nothing else is; an {@code Optional} is empty where its property is missing or
     * null, and null is nothing else. Equal items of a {@code Set} count once. Lists, sets and maps are unmodifiable,
     * in the answer's order.
     *
     * @throws AnswerException if the answer was cut off, or does not fit the record: also where a number is beyond its
     *     type, {@code java.net.URI} does not take a URI, or the record's constructor refuses the values; says where
     * @throws IllegalArgumentException if the record has no schema, as {@link JsonSchema#of} has it
     */
    public <T extends Record> T as(Class<T> type) {
        RecordShape.of(type);
        try {
            return RecordValues.read(text, type);
        } catch (IllegalArgumentException e) {
            String why = switch (finishReason) {
                case LENGTH ->
                    "it was cut off after " + tokens.size()
                            + " tokens; raise maxTokens (GenerationOptions.withMaxTokens), or shorten the prompt where"
                            + " the context is full";
                case INTERRUPTED -> "it was interrupted after " + tokens.size() + " tokens";
                case TOOL_CALLS -> "it calls tools: " + toolCalls;
                case STOP -> e.getMessage();
            };
            throw new AnswerException("the answer is no " + type.getSimpleName() + ": " + why, text, e);
        }
    }
}
