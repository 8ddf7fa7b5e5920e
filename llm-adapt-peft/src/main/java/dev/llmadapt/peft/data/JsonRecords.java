package dev.llmadapt.peft.data;

import com.google.gson.JsonObject;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.JsonElements;
import dev.llmadapt.text.JsonLayout;
import dev.llmadapt.text.Lines;
import dev.llmadapt.text.StrictJson;
import dev.llmadapt.text.TextRecords;
import dev.llmadapt.text.Utf8Input;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The records of a JSON file: an object a line, a list of objects, or an object around such a list of which the rest
 * says nothing.
 *
 * @param file the file
 * @param ignored names of fields that are passed over, in {@linkplain FieldKind#canonical canonical} form
 * @param notes gets what stays unread beside a list
 * @param broken gets the records that could not be read
 */
record JsonRecords(Path file, Set<String> ignored, FieldNotes notes, BrokenLines broken) {
    /** The longest record, in bytes. */
    static final int MAX_RECORD = 4 << 20;

    /** Takes a record. */
    @FunctionalInterface
    interface Taker {
        void take(long line, JsonObject record) throws BrokenRecord;
    }

    /**
     * Reads all records.
     *
     * @param ofRecord whether the keys of an object are those of a record, not of an object around a list
     * @throws TrainingDataException if the file has another form
     */
    void read(Predicate<Set<String>> ofRecord, Taker taker) throws IOException {
        JsonLayout layout;
        try (Utf8Input in = Utf8Input.open(file)) {
            layout = JsonLayout.of(in);
        }
        try (Utf8Input in = Utf8Input.open(file)) {
            take(records(layout, ofRecord, in), taker);
        }
    }

    private TextRecords records(JsonLayout layout, Predicate<Set<String>> ofRecord, Utf8Input in) throws IOException {
        Set<String> keys = layout.keys();
        boolean record = ofRecord.test(keys);
        if (!record && layout.alone() && layout.lists().size() > 1) {
            throw new TrainingDataException(file + ": " + layout.severalLists());
        }
        String wrapper = layout.wrapper();
        if (!record && wrapper != null) {
            requireNothingBeside(wrapper, keys);
            return JsonElements.at(Objects.requireNonNull(layout.lists().get(wrapper)), in, MAX_RECORD);
        }
        return switch (layout.kind()) {
            case LINES -> new Lines(in, MAX_RECORD);
            case ARRAY -> new JsonElements(in, MAX_RECORD);
            case VALUES -> JsonElements.values(in, MAX_RECORD);
        };
    }

    private void requireNothingBeside(String wrapper, Set<String> keys) {
        for (String key : keys) {
            FieldKind kind = FieldKind.of(key);
            if (key.equals(wrapper)) {
                continue;
            }
            if (!kind.mayStayUnread() && !ignored.contains(FieldKind.canonical(key))) {
                throw new TrainingDataException(file + ": '" + key + "' beside the list '" + wrapper + "' "
                        + kind.trouble() + Fields.orIgnored(key));
            }
            notes.unread(key);
        }
    }

    private void take(TextRecords records, Taker taker) throws IOException {
        while (records.advance()) {
            try {
                String text = records.text();
                if (records instanceof Lines && text.isBlank()) {
                    continue;
                }
                taker.take(records.line(), StrictJson.object(text));
            } catch (BrokenRecord e) {
                broken.add(records.line(), e.reason());
            }
        }
    }
}
