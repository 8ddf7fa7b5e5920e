package dev.llmadapt;

/**
 * A solved case of a task.
 *
 * @param id names it in reports and errors
 * @param input what is asked
 * @param output the right answer
 */
public record Example(String id, String input, String output) {}
