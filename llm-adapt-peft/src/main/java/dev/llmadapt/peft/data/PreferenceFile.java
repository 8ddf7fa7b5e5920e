package dev.llmadapt.peft.data;

import com.google.gson.JsonObject;
import dev.llmadapt.text.BrokenRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
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
    private final BrokenLines broken = new BrokenLines();
    private final Set<String> ids = new HashSet<>();
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
            new JsonRecords(file, ignored, notes, broken)
                    .read(keys -> PreferenceRecord.FIELDS.stream().anyMatch(keys::contains), this::add);
        } catch (IOException e) {
            throw TrainingDataException.unreadable(file, e);
        }
        if (examples.isEmpty()) {
            throw TrainingDataException.empty(file, broken);
        }
        return new PreferenceData(file.toString(), examples, broken.count(), broken.lines(), notes.fields());
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
