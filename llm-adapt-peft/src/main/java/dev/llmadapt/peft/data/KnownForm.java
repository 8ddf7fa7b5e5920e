package dev.llmadapt.peft.data;

import java.util.Set;
import java.util.stream.Collectors;

/**
 * How the records of a file are read.
 *
 * @param format any but the detected
 * @param guessed whether it is a pair of everyday names, which are a prompt and an answer only where nothing unknown
 *     stands beside them
 * @param ignored canonical names of the fields that are passed over
 */
record KnownForm(TrainingFormat format, boolean guessed, Set<String> ignored) {
    KnownForm(TrainingFormat format, boolean guessed) {
        this(
                format,
                guessed,
                format.ignored().stream().map(FieldKind::canonical).collect(Collectors.toUnmodifiableSet()));
    }

    /** The fields of the form itself, which mean nothing else. */
    Set<String> own() {
        return switch (format.form()) {
            case PROMPT_COMPLETION -> Set.of(format.promptField(), format.completionField());
            case ALPACA -> Set.of("instruction", "output");
            case SHAREGPT -> Set.of("conversations");
            case CHAT -> Set.of("messages");
            case DETECTED -> Set.of();
        };
    }
}
