package dev.llmadapt.peft.data;

import com.google.gson.JsonObject;
import dev.llmadapt.peft.data.TrainingData.BrokenLine;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.JsonElements;
import dev.llmadapt.text.JsonLayout;
import dev.llmadapt.text.Lines;
import dev.llmadapt.text.StrictJson;
import dev.llmadapt.text.TextRecords;
import dev.llmadapt.text.Utf8Input;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the preferences of one file. */
final class PreferenceFile {
    private static final int MAX_EXAMPLES = 5_000_000;

    private final Path file;
    private final Set<String> ignored;
    private final FieldNotes notes = new FieldNotes();
    private final List<PreferenceExample> examples = new ArrayList<>();
    private final List<BrokenLine> broken = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private long brokenCount;
    private PreferenceRecord.@Nullable Kind kind;

    private PreferenceFile(Path file, List<String> ignored) {
        this.file = file;
        this.ignored = ignored.stream().map(FieldKind::canonical).collect(Collectors.toUnmodifiableSet());
        for (String field : PreferenceRecord.FIELDS) {
            if (this.ignored.contains(field)) {
                throw new IllegalArgumentException("'" + field + "' is a field of preferences and cannot be ignored");
            }
        }
    }

    static PreferenceData read(Path file, List<String> ignored) {
        return new PreferenceFile(file, ignored).read();
    }

    private PreferenceData read() {
        if (Files.isDirectory(file)) {
            throw trouble("expected a file, got a folder");
        }
        String name = String.valueOf(file.getFileName());
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (!Set.of("jsonl", "ndjson", "json").contains(ending)) {
            throw trouble("preferences are read from JSON, expected .jsonl, .ndjson or .json");
        }
        try {
            JsonLayout layout;
            try (Utf8Input in = Utf8Input.open(file)) {
                layout = JsonLayout.of(in);
            }
            try (Utf8Input in = Utf8Input.open(file)) {
                records(records(layout, in));
            }
        } catch (IOException e) {
            throw TrainingDataException.unreadable(file, e);
        }
        if (examples.isEmpty()) {
            throw TrainingDataException.empty(file, brokenCount, broken);
        }
        return new PreferenceData(file.toString(), examples, brokenCount, broken, notes.fields());
    }

    private TextRecords records(JsonLayout layout, Utf8Input in) throws IOException {
        boolean record = PreferenceRecord.FIELDS.stream().anyMatch(layout.keys()::contains);
        if (!record && layout.alone() && layout.lists().size() > 1) {
            throw trouble(layout.severalLists());
        }
        String wrapper = layout.wrapper();
        if (!record && wrapper != null) {
            requireNothingBeside(wrapper, layout.keys());
            return JsonElements.at(Objects.requireNonNull(layout.lists().get(wrapper)), in, TrainingFile.MAX_RECORD);
        }
        return switch (layout.kind()) {
            case LINES -> new Lines(in, TrainingFile.MAX_RECORD);
            case ARRAY -> new JsonElements(in, TrainingFile.MAX_RECORD);
            case VALUES -> JsonElements.values(in, TrainingFile.MAX_RECORD);
        };
    }

    private void requireNothingBeside(String wrapper, Set<String> keys) {
        for (String key : keys) {
            FieldKind of = FieldKind.of(key);
            if (key.equals(wrapper)) {
                continue;
            }
            if (!of.mayStayUnread() && !ignored.contains(FieldKind.canonical(key))) {
                throw trouble(
                        "'" + key + "' beside the list '" + wrapper + "' " + of.trouble() + Fields.orIgnored(key));
            }
            notes.unread(key);
        }
    }

    private void records(TextRecords records) throws IOException {
        while (records.advance()) {
            try {
                String text = records.text();
                if (records instanceof Lines && text.isBlank()) {
                    continue;
                }
                add(records.line(), StrictJson.object(text));
            } catch (BrokenRecord e) {
                brokenCount++;
                if (broken.size() < TrainingData.MAX_BROKEN) {
                    broken.add(new BrokenLine(records.line(), e.reason()));
                }
            }
        }
    }

    private void add(long line, JsonObject object) throws BrokenRecord {
        PreferenceRecord.Kind found = PreferenceRecord.kind(object);
        if (kind != null && found != kind) {
            throw new BrokenRecord("the records before are " + kind.words() + ", this one is " + found.words()
                    + "; keep them in two files");
        }
        String place = file.getFileName() + ":" + line;
        String id = ids.add(place) ? place : place + "#" + (examples.size() + 1); // an array may stand on one line
        PreferenceExample example = PreferenceRecord.example(found, id, line, object, ignored, notes);
        if (examples.size() == MAX_EXAMPLES) {
            throw trouble("more than " + MAX_EXAMPLES + " examples; take a sample of the file");
        }
        kind = found;
        examples.add(example);
    }

    private TrainingDataException trouble(String what) {
        return new TrainingDataException(file + ": " + what);
    }
}
