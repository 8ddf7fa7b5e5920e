package dev.llmadapt.peft.data;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Notes on the fields of a file's records: what each was taken as, and which stayed unread. For one thread. */
final class FieldNotes {
    private final Map<String, Set<String>> taken = new LinkedHashMap<>();
    private final Map<String, Long> unread = new LinkedHashMap<>();

    /** Notes what a field is taken as. */
    void taken(String meaning, String field) {
        Set<String> fields = taken.computeIfAbsent(meaning, m -> new LinkedHashSet<>());
        if (fields.size() < TrainingFields.MAX_FIELDS) {
            fields.add(field);
        }
    }

    /** Notes a field that says something and stayed unread. */
    void unread(String field) {
        unread(field, 1);
    }

    private void unread(String field, long count) {
        if (unread.containsKey(field) || unread.size() < TrainingFields.MAX_FIELDS) {
            unread.merge(field, count, Long::sum);
        }
    }

    /** Adds the notes of a record, which counts each field once. */
    void add(FieldNotes record) {
        record.taken.forEach((meaning, fields) -> fields.forEach(field -> taken(meaning, field)));
        record.unread.keySet().forEach(field -> unread(field, 1));
    }

    TrainingFields fields() {
        return new TrainingFields(taken, unread);
    }
}
