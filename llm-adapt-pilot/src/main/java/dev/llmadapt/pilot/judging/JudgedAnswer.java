package dev.llmadapt.pilot.judging;

/**
 * An answer to be graded.
 *
 * @param question the question
 * @param reference the right answer, or blank where none is known
 * @param answer the answer
 */
public record JudgedAnswer(String question, String reference, String answer) {}
