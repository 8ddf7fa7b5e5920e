package dev.llmadapt.rag.documents;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.FieldNames;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A row with named fields, made into a document. */
final class Row {
    private static final List<String> TEXT = List.of("text", "content");
    private static final List<String> ID = List.of("id", "_id");
    private static final String TITLE = "title";

    /** A date, optionally with a time of day and its zone; UTC without one. */
    private static final Pattern TIME = Pattern.compile(
            "(\\d{4}-\\d\\d-\\d\\d)(?:[T ](\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,9})?)?)(Z|[+-]\\d\\d:\\d\\d)?)?");

    private Row() {}

    /**
     * A field of a row.
     *
     * @param name the name in the source
     * @param value the value; JSON's null if the source has none
     */
    record Field(String name, JsonElement value) {
        /** Creates a field with a text. */
        Field(String name, String value) {
            this(name, new JsonPrimitive(value));
        }
    }

    /** Whether columns with these names are enough for documents. */
    static boolean hasText(List<String> names) {
        return names.stream().map(FieldNames::fold).anyMatch(TEXT::contains);
    }

    /**
     * Makes a document of a row. Its time is that of a field {@code updated}, {@code modified} or {@code time} in ISO
     * 8601, which stays in the metadata too.
     *
     * @param prefix the prefix of the row's id, empty or ending with {@code #}
     * @param number the id of a row without one
     * @param time the time of a document without such a field
     * @throws IllegalArgumentException if the row has no text, or an access list that cannot be read
     */
    static Document document(List<Field> fields, String prefix, int number, String source, Instant time) {
        Set<String> readers = readers(fields);
        Map<String, String> left = new LinkedHashMap<>();
        Map<String, String> known = new HashMap<>();
        for (Field field : fields) {
            String name = FieldNames.fold(field.name());
            if (AccessList.isAccessList(field.name()) || field.value().isJsonNull()) {
                continue;
            }
            if (TEXT.contains(name) || ID.contains(name) || name.equals(TITLE)) {
                if (!field.value().isJsonPrimitive()) {
                    throw new IllegalArgumentException("its field '" + name + "' must be a text, got '"
                            + BrokenRecord.brief(field.value().toString()) + "'");
                }
                known.merge(
                        name, whole(field.value().getAsString(), name), (one, other) -> one.isBlank() ? other : one);
            } else {
                AccessList.refuseElsewhere(field.name(), field.value());
                String value = field.value().isJsonPrimitive()
                        ? field.value().getAsString()
                        : field.value().toString();
                left.put(FieldNames.clean(field.name()), whole(value, field.name()));
            }
        }
        String text = first(known, TEXT);
        if (text.isBlank()) {
            throw new IllegalArgumentException("it has no words in a field 'text' or 'content', its fields: "
                    + BrokenRecord.brief(
                            fields.stream().map(Field::name).toList().toString()));
        }
        String id = first(known, ID).strip();
        return new Document(
                prefix + (id.isEmpty() ? Integer.toString(number) : id),
                known.getOrDefault(TITLE, "").strip(),
                text,
                source,
                changed(left, time),
                left,
                readers);
    }

    private static Set<String> readers(List<Field> fields) {
        List<Field> lists = fields.stream()
                .filter(field -> AccessList.isAccessList(field.name()))
                .toList();
        if (lists.size() > 1) {
            throw new IllegalArgumentException("it has " + lists.size() + " fields 'readers', expected one");
        }
        return lists.isEmpty() ? Set.of() : AccessList.of(lists.get(0).value());
    }

    /** Refuses half of a surrogate pair, which JSON can escape and which is no character. */
    private static String whole(String text, String field) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException(
                    "its field '" + BrokenRecord.brief(field) + "' holds half of a surrogate pair");
        }
        return text;
    }

    private static String first(Map<String, String> known, List<String> names) {
        return names.stream()
                .map(name -> known.getOrDefault(name, ""))
                .filter(value -> !value.isBlank())
                .findFirst()
                .orElse("");
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
}
