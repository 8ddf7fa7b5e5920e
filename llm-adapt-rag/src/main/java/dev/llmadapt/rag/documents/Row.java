package dev.llmadapt.rag.documents;

import dev.llmadapt.rag.Document;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A document from named fields. */
final class Row {
    private static final List<String> TEXT = List.of("text", "content");
    private static final List<String> ID = List.of("id", "_id");

    private Row() {}

    /**
     * The document of a row.
     *
     * @param prefix before the row's id; empty or ending with {@code #}
     * @param number the row's id where it has none
     * @throws IllegalArgumentException if there is no text
     */
    static Document document(Map<String, String> fields, String prefix, int number, String source, Instant time) {
        Map<String, String> left = new HashMap<>();
        fields.forEach((key, value) -> left.put(key.strip(), value));
        String text = take(left, TEXT);
        if (text.isBlank()) {
            throw new IllegalArgumentException(
                    "it has no words in a field 'text' or 'content', its fields: " + fields.keySet());
        }
        String id = take(left, ID).strip();
        String title = take(left, List.of("title")).strip();
        return new Document(
                prefix + (id.isEmpty() ? Integer.toString(number) : id), title, text, source, time, left, Set.of());
    }

    private static String take(Map<String, String> fields, List<String> names) {
        String found = "";
        for (String name : names) {
            for (String key : List.copyOf(fields.keySet())) {
                if (key.equalsIgnoreCase(name)) {
                    String value = fields.remove(key);
                    if (found.isEmpty() && value != null) {
                        found = value;
                    }
                }
            }
        }
        return found;
    }
}
