package dev.llmadapt;

import java.util.Objects;

/**
 * An input of a task with its right answer.
 *
 * @param id the name of this example in reports and errors
 * @param input the question
 * @param output the right answer
 */
public record Example(String id, String input, String output) {
    /** Refuses null. */
    public Example {
        Objects.requireNonNull(id, "id must not be null");
        Objects.requireNonNull(input, "input must not be null");
        Objects.requireNonNull(output, "output must not be null");
    }
}
