package dev.llmadapt;

/**
 * The number of tokens an answer took.
 *
 * @param promptTokens the tokens of the prompt, template and examples included
 * @param completionTokens the tokens that the model generated
 * @param cachedPromptTokens those of the prompt that did not have to be read, since a cache of prompts that begin alike
 *     held them; 0 where a model does not say, and of {@link Scores}, which are equal whatever a cache held
 */
public record Usage(int promptTokens, int completionTokens, int cachedPromptTokens) {
    /** No tokens. */
    public static final Usage NONE = new Usage(0, 0);

    /** Tokens of a prompt of which none was in a cache. */
    public Usage(int promptTokens, int completionTokens) {
        this(promptTokens, completionTokens, 0);
    }

    /** The sum of both. */
    public Usage plus(Usage other) {
        return new Usage(
                promptTokens + other.promptTokens,
                completionTokens + other.completionTokens,
                cachedPromptTokens + other.cachedPromptTokens);
    }
}
