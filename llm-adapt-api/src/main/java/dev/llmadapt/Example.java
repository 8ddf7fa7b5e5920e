package dev.llmadapt;

import java.util.Objects;

/**
 * A solved case of a task.
 *
 * @param id names it in reports and errors
 * @param input what is asked
 * @param output the right answer
 */
public record Example(String id, String input, String output) {
    /** Refuses components that are missing or out of their range. */
    public Example {
        Objects.requireNonNull(id, "id must not be null");
        Objects.requireNonNull(input, "input must not be null");
        Objects.requireNonNull(output, "output must not be null");
    }
}
