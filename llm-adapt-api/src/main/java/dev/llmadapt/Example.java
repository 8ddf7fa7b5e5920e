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

    /**
     * An example of a {@linkplain Task#extracting task of records}.
     *
     * @param output the right answer
     * @throws IllegalArgumentException if the record cannot be the answer of a task, or a value cannot be an answer,
     *     such as a text of more than 200 characters; names the component
     */
    public static Example of(String id, String input, Record output) {
        JsonSchema.ObjectOf schema = RecordSchemas.built(RecordShape.of(output.getClass()));
        return new Example(id, input, schema.canonical(RecordValues.write(output)));
    }
}
