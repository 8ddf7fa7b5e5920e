package dev.llmadapt.rag.documents;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.llmadapt.rag.Document;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A document from named fields. */
final class Row {
    private static final List<String> TEXT = List.of("text", "content");
    private static final List<String> ID = List.of("id", "_id");

    /** A date, and perhaps a time of the day, and perhaps its zone; UTC without. */
    private static final Pattern TIME = Pattern.compile(
            "(\\d{4}-\\d\\d-\\d\\d)(?:[T ](\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,9})?)?)(Z|[+-]\\d\\d:\\d\\d)?)?");

    private Row() {}

    /**
     * The document of a row. Its time is that of a field {@code updated}, {@code modified} or {@code time} that holds one in
     * ISO 8601, which stays metadata too.
     *
     * @param prefix before the row's id; empty or ending with {@code #}
     * @param number the row's id where it has none
     * @param time of the document where no field says it
     * @throws IllegalArgumentException if there is no text, or a list of readers that cannot be read
     */
    static Document document(Map<String, String> fields, String prefix, int number, String source, Instant time) {
        Map<String, String> left = new HashMap<>();
        fields.forEach((key, value) -> left.put(key.strip(), value));
        String text = take(left, TEXT);
        if (text.isBlank()) {
            throw new IllegalArgumentException(
                    "it has no words in a field 'text' or 'content', its fields: " + fields.keySet());
        }
        Set<String> readers = readers(take(left, List.of("readers")));
        String id = take(left, ID).strip();
        String title = take(left, List.of("title")).strip();
        return new Document(
                prefix + (id.isEmpty() ? Integer.toString(number) : id),
                title,
                text,
                source,
                changed(left, time),
                left,
                readers);
    }

    /** Names separated by commas, or a JSON array of them. */
    private static Set<String> readers(String list) {
        String text = list.strip();
        List<String> names = new ArrayList<>();
        if (text.startsWith("[")) {
            try {
                JsonParser.parseString(text).getAsJsonArray().forEach(name -> names.add(name.getAsString()));
            } catch (JsonParseException | IllegalStateException | UnsupportedOperationException e) {
                throw new IllegalArgumentException("its 'readers' are no JSON array of names: " + text, e);
            }
        } else {
            names.addAll(List.of(text.split(",")));
        }
        Set<String> readers = names.stream()
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toSet());
        if (readers.isEmpty() && !text.isEmpty() && !text.equals("[]")) {
            throw new IllegalArgumentException(
                    "its 'readers' name nobody: '" + list + "'; leave the field empty for everyone");
        }
        return readers;
    }

    private static Instant changed(Map<String, String> fields, Instant otherwise) {
        for (String name : List.of("updated", "modified", "time")) {
            for (Map.Entry<String, String> field : fields.entrySet()) {
                Matcher time = TIME.matcher(field.getValue());
                if (field.getKey().equalsIgnoreCase(name) && time.matches()) {
                    String clock = time.group(2) == null ? "00:00:00" : time.group(2);
                    String zone = time.group(3) == null ? "Z" : time.group(3);
                    try {
                        return OffsetDateTime.parse(time.group(1) + "T" + clock + zone)
                                .toInstant();
                    } catch (DateTimeException e) {
                        // no time after all, such as the 31st of June
                    }
                }
            }
        }
        return otherwise;
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
