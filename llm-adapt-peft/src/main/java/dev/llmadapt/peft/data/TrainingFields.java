package dev.llmadapt.peft.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The fields or columns of a training file: what they were taken as, and which were not read.
 *
 * @param taken the names of fields by what they were taken as, such as {@code prompt}
 * @param unread how many of the records that were read hold something in a field that was not; at most
 *     {@value #MAX_FIELDS} fields. What stands in a list of messages has a name such as {@code messages[].name}
 */
public record TrainingFields(Map<String, Set<String>> taken, Map<String, Long> unread) {
    /** The most fields that are named. */
    public static final int MAX_FIELDS = 50;

    private static final TrainingFields NONE = new TrainingFields(Map.of(), Map.of());

    /** Copies. */
    public TrainingFields {
        Map<String, Set<String>> copy = new LinkedHashMap<>();
        taken.forEach((meaning, fields) -> copy.put(meaning, Collections.unmodifiableSet(new LinkedHashSet<>(fields))));
        taken = Collections.unmodifiableMap(copy);
        unread = Collections.unmodifiableMap(new LinkedHashMap<>(unread));
    }

    /** The fields of examples that are from no file: none. */
    public static TrainingFields none() {
        return NONE;
    }

    /** One line, such as {@code prompt: question, context; answer: answer; not read: source}. */
    @Override
    public String toString() {
        String read = taken.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + String.join(", ", entry.getValue()))
                .collect(Collectors.joining("; "));
        return unread.isEmpty() ? read : read + "; not read: " + String.join(", ", unread.keySet());
    }
}
