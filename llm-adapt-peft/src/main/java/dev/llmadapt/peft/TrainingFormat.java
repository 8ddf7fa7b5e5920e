package dev.llmadapt.peft;

import java.util.Objects;

/**
 * How the records of a training file say who asks and who answers. All are read from JSON Lines ({@code .jsonl}, {@code
 * .ndjson}) and from {@code .json} that is one array; the first two also from {@code .csv} and {@code .tsv} with a header.
 *
 * @param form the shape of a record
 * @param promptField the prompt's key or column; empty where the form names its own
 * @param completionField the completion's key or column; empty where the form names its own
 */
public record TrainingFormat(Form form, String promptField, String completionField) {
    /** The shape of a record. */
    public enum Form {
        /** Found by the keys of the first record that has known ones. */
        DETECTED,
        /** A prompt and a completion, each a text or (in JSON, as TRL has it) a list of messages with role and content. */
        PROMPT_COMPLETION,
        /**
         * {@code instruction}, {@code input} (may be empty or missing) and {@code output}: the user's message is the
         * instruction, and after a blank line the input; {@code system} is read where there is one.
         */
        ALPACA,
        /** {@code conversations} of {@code from} and {@code value}; {@code system} is read where there is one. */
        SHAREGPT,
        /**
         * {@code messages} of {@code role} and {@code content}, the content a text or a list of text parts, as OpenAI's
         * fine-tuning has it; an assistant's message of {@code weight} 0 is not learned.
         */
        CHAT
    }

    /** Checks the components. */
    public TrainingFormat {
        Objects.requireNonNull(form, "form");
        boolean named = form == Form.PROMPT_COMPLETION;
        if (named == promptField.isBlank() || named == completionField.isBlank()) {
            throw new IllegalArgumentException(form + (named ? " needs" : " has no") + " field names, promptField: '"
                    + promptField + "', completionField: '" + completionField + "'");
        }
        if (named && promptField.equals(completionField)) {
            throw new IllegalArgumentException(
                    "prompt and completion must be two fields, both are '" + promptField + "'");
        }
    }

    /**
     * Found by the keys of the first record that has known ones, in this order: {@code messages}; {@code conversations};
     * {@code instruction} and {@code output}; then the pairs {@code prompt}, {@code completion}; {@code prompt}, {@code
     * response}; {@code question}, {@code answer}; {@code input}, {@code output}; {@code input}, {@code label}; {@code text},
     * {@code label}.
     */
    public static TrainingFormat detected() {
        return new TrainingFormat(Form.DETECTED, "", "");
    }

    /** Two fields of these names; in CSV the case of a column's name does not matter. */
    public static TrainingFormat promptCompletion(String promptField, String completionField) {
        return new TrainingFormat(Form.PROMPT_COMPLETION, promptField, completionField);
    }

    /** {@link Form#ALPACA}. */
    public static TrainingFormat alpaca() {
        return new TrainingFormat(Form.ALPACA, "", "");
    }

    /** {@link Form#SHAREGPT}. */
    public static TrainingFormat shareGpt() {
        return new TrainingFormat(Form.SHAREGPT, "", "");
    }

    /** {@link Form#CHAT}. */
    public static TrainingFormat chat() {
        return new TrainingFormat(Form.CHAT, "", "");
    }
}
