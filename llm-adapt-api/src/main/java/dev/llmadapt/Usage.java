package dev.llmadapt;

/**
 * What an answer took.
 *
 * @param promptTokens tokens the model read before answering, templates and examples included
 * @param completionTokens tokens it generated
 */
public record Usage(int promptTokens, int completionTokens) {
    /** Nothing. */
    public static final Usage NONE = new Usage(0, 0);

    /** Both added up. */
    public Usage plus(Usage other) {
        return new Usage(promptTokens + other.promptTokens, completionTokens + other.completionTokens);
    }
}
