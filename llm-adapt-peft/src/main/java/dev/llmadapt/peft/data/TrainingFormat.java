package dev.llmadapt.peft.data;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * How the records of a training file say who asks and who answers. All are read from JSON; pairs and
 * {@link Form#ALPACA} also from {@code .csv} and {@code .tsv} with a header.
 *
 * <p>What stands beside the fields of a form is used where its name is known: {@code system} or {@code system_prompt}
 * is the system message; {@code instruction} goes before a prompt that is a text, and {@code context}, {@code input},
 * {@code passage} and the like after it, a blank line between; {@code history} is earlier turns. Marks of what is not
 * to be learned are kept: {@code label} and {@code kto_tag} (KTO), {@code weight}, {@code loss}, {@code loss_weight},
 * {@code train} at 0 or false, {@code masked} at true; of a record, which is then left out, or of a message. A record
 * is broken that holds what belongs to a conversation and cannot be read: pictures, reasoning beside the answer, the
 * rejected answer of a pair, weights between 0 and 1. {@link TrainingData#fields()} names all other fields.
 *
 * <p>Tools are read as OpenAI's fine-tuning has them: {@code tools} of the record, {@code tool_calls} of an assistant's
 * message, whose content may then be missing, and messages of the role {@code tool} with {@code tool_call_id} and
 * {@code name}. Calls are learned as the chat template writes them.
 *
 * @param form the shape of a record
 * @param promptField the prompt's key or column; empty where the form names its own
 * @param completionField the completion's key or column; empty where the form names its own
 * @param ignored fields that are passed over, whatever they say
 */
public record TrainingFormat(Form form, String promptField, String completionField, Set<String> ignored) {
    /** The shape of a record. */
    public enum Form {
        /** Found by the keys of the first record that has known ones. */
        DETECTED,
        /**
         * A prompt and a completion, each a text or (in JSON, as TRL has it) a list of messages with role and content.
         */
        PROMPT_COMPLETION,
        /**
         * {@code instruction}, {@code input} (may be empty or missing) and {@code output}: the user's message is the
         * instruction, and after a blank line the input. Dolly's {@code context} and {@code response} are read, too.
         */
        ALPACA,
        /** {@code conversations} of {@code from} and {@code value}. */
        SHAREGPT,
        /**
         * {@code messages} of {@code role} and {@code content}, the content a text or a list of text parts, as OpenAI's
         * fine-tuning has it.
         */
        CHAT
    }

    /** Checks the components. */
    public TrainingFormat {
        Objects.requireNonNull(form, "form");
        ignored = Collections.unmodifiableSet(new TreeSet<>(ignored));
        boolean named = form == Form.PROMPT_COMPLETION;
        if (named == promptField.isBlank() || named == completionField.isBlank()) {
            throw new IllegalArgumentException(form + (named ? " needs" : " has no") + " field names, promptField: '"
                    + promptField + "', completionField: '" + completionField + "'");
        }
        if (named && promptField.equals(completionField)) {
            throw new IllegalArgumentException(
                    "prompt and completion must be two fields, both are '" + promptField + "'");
        }
        if (ignored.contains(promptField) || ignored.contains(completionField)) {
            throw new IllegalArgumentException("the fields of prompt and completion cannot be ignored, promptField: '"
                    + promptField + "', completionField: '" + completionField + "', ignored: " + ignored);
        }
    }

    /** A format that passes no field over. */
    public TrainingFormat(Form form, String promptField, String completionField) {
        this(form, promptField, completionField, Set.of());
    }

    /**
     * Found by the keys of the first record that has known ones, in this order: {@code messages};
     * {@code conversations}; {@code instruction} and {@code output} or {@code response}; the pairs {@code prompt},
     * {@code completion}; {@code prompt}, {@code response}; {@code query}, {@code response}; and, where no field of
     * unknown meaning stands beside them, {@code question}, {@code answer}; {@code question}, {@code response};
     * {@code input}, {@code output}; {@code input}, {@code label}; {@code text}, {@code label}.
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

    /** This format with fields that are passed over, whatever they say, in records and in their messages. */
    public TrainingFormat ignoring(String... fields) {
        Set<String> all = new TreeSet<>(ignored);
        all.addAll(List.of(fields));
        return new TrainingFormat(form, promptField, completionField, all);
    }
}
