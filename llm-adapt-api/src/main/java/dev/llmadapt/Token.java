package dev.llmadapt;

/**
 * A token of an answer or of a scored continuation.
 *
 * @param id its place in the vocabulary
 * @param text the text that became final with it; empty while a character or a possible stop text is incomplete
 * @param logProbability its natural-log probability under the model's own distribution (before temperature and filters,
 *     among all tokens); NaN when not asked for
 */
public record Token(int id, String text, double logProbability) {}
