package dev.llmadapt.peft.data;

import dev.llmadapt.peft.TrainingFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which form a record with certain keys has. */
final class Detection {
    private static final List<List<String>> PAIRS = List.of(
            List.of("prompt", "completion"),
            List.of("prompt", "response"),
            List.of("question", "answer"),
            List.of("input", "output"),
            List.of("input", "label"),
            List.of("text", "label"));

    /** What is looked for, for messages. */
    static final String EXPECTED =
            "messages (chat), conversations (ShareGPT), instruction and output (Alpaca), or one of the" + " pairs "
                    + PAIRS;

    private Detection() {}

    static Optional<TrainingFormat> of(Set<String> keys) {
        if (keys.contains("messages")) {
            return Optional.of(TrainingFormat.chat());
        }
        if (keys.contains("conversations")) {
            return Optional.of(TrainingFormat.shareGpt());
        }
        if (keys.contains("instruction") && keys.contains("output")) {
            return Optional.of(TrainingFormat.alpaca());
        }
        return PAIRS.stream()
                .filter(keys::containsAll)
                .findFirst()
                .map(pair -> TrainingFormat.promptCompletion(pair.get(0), pair.get(1)));
    }
}
