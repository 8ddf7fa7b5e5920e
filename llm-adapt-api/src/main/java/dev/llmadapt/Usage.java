package dev.llmadapt;

/**
 * The number of tokens an answer took.
 *
 * @param promptTokens the tokens that the model read before answering, template and examples included
 * @param completionTokens the tokens that it generated
 */
public record Usage(int promptTokens, int completionTokens) {
    /** No tokens. */
    public static final Usage NONE = new Usage(0, 0);

    /** The sum of both. */
    public Usage plus(Usage other) {
        return new Usage(promptTokens + other.promptTokens, completionTokens + other.completionTokens);
    }
}
