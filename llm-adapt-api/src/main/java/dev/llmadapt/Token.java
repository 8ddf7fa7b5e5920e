package dev.llmadapt;

/**
 * A token of an answer or of a scored continuation.
 *
 * @param id its id in the vocabulary
 * @param text the text that it completes; empty while a character or a possible stop text is incomplete
 * @param logProbability its natural-log probability under the model's own distribution (before temperature and filters,
 *     among all tokens); NaN when not asked for
 */
public record Token(int id, String text, double logProbability) {}
