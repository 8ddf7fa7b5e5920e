package dev.llmadapt.peft.data;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.CsvTable;
import dev.llmadapt.text.Lines;
import dev.llmadapt.text.Utf8Input;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the examples of one file. */
public final class TrainingFile {
    private static final int MAX_EXAMPLES = 5_000_000;
    private static final int MAX_ID = 100;

    private final Path file;
    private final String name;
    private final TrainingFormat asked;
    private @Nullable KnownForm form;
    private final FieldNotes notes = new FieldNotes();
    private final List<TrainingExample> examples = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private final BrokenLines broken = new BrokenLines();

    private TrainingFile(Path file, TrainingFormat format) {
        this.file = file;
        this.asked = format;
        this.form = format.form() == TrainingFormat.Form.DETECTED ? null : new KnownForm(format, false);
        Path last = file.getFileName();
        this.name = last == null ? file.toString() : last.toString();
    }

    /**
     * Reads.
     *
     * @throws TrainingDataException as {@link TrainingData#read(Path, TrainingFormat)} says
     */
    public static TrainingData read(Path file, TrainingFormat format) {
        return new TrainingFile(file, format).read();
    }

    private TrainingData read() {
        if (Files.isDirectory(file)) {
            throw trouble("expected a file, got a folder");
        }
        try {
            String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
            switch (ending) {
                case "csv" -> csv(CsvTable.DETECTED);
                case "tsv" -> csv('\t');
                case "jsonl", "ndjson", "json" -> json();
                default -> throw trouble("unknown ending, expected .jsonl, .ndjson, .json, .csv or .tsv");
            }
        } catch (IOException e) {
            throw TrainingDataException.unreadable(file, e);
        }
        if (examples.isEmpty()) {
            throw TrainingDataException.empty(file, broken);
        }
        return new TrainingData(file.toString(), examples, broken.count(), broken.lines(), notes.fields());
    }

    private void json() throws IOException {
        Set<String> ignored = new KnownForm(asked, false).ignored();
        new JsonRecords(file, ignored, notes, broken).read(this::isRecord, this::add);
    }

    private boolean isRecord(Set<String> keys) {
        KnownForm known = form;
        return known == null
                ? Detection.of(keys, asked.ignored()).isPresent() || Detection.isPreference(keys)
                : known.own().stream().anyMatch(keys::contains);
    }

    private void csv(char separator) throws IOException {
        try (Utf8Input in = Utf8Input.open(file)) {
            csv(in, separator);
        }
    }

    private void csv(Utf8Input in, char separator) throws IOException {
        CsvTable table;
        try {
            table = CsvTable.open(new Lines(in, JsonRecords.MAX_RECORD), separator, JsonRecords.MAX_RECORD);
        } catch (BrokenRecord e) {
            throw trouble(e.reason());
        }
        List<String> columns = table.columns().isEmpty() ? List.of() : header(table);
        while (table.advance()) {
            try {
                List<String> cells = table.cells();
                JsonObject object = new JsonObject();
                for (int i = 0; i < columns.size(); i++) {
                    object.addProperty(columns.get(i), cells.get(i));
                }
                add(table.line(), object);
            } catch (BrokenRecord e) {
                broken.add(table.line(), e.reason());
            }
        }
    }

    private List<String> header(CsvTable table) {
        List<String> columns = table.columns().stream()
                .map(column -> column.toLowerCase(Locale.ROOT))
                .toList();
        String found = ", found columns " + BrokenRecord.brief(columns.toString());
        KnownForm chosen = form(columns);
        TrainingFormat format = chosen.format();
        List<String> needed = format.form() == TrainingFormat.Form.ALPACA
                ? List.of("instruction", columns.contains("response") ? "response" : "output")
                : List.of(format.promptField(), format.completionField());
        if (!columns.containsAll(needed)) {
            throw trouble("expected the columns " + needed + found);
        }
        form = chosen;
        return columns;
    }

    /** The form of a table, whose columns are written in lower case here. */
    private KnownForm form(List<String> columns) {
        Set<String> ignored = asked.ignored();
        return switch (asked.form()) {
            case DETECTED -> {
                KnownForm detected = Detection.of(Set.copyOf(columns), ignored)
                        .filter(known -> !isNested(known.format()))
                        .orElseThrow(() -> trouble(Detection.unknown("unknown columns, found columns", columns)));
                if (detected.guessed()) {
                    requireSure(detected, columns);
                }
                yield detected;
            }
            case PROMPT_COMPLETION ->
                new KnownForm(
                        TrainingFormat.promptCompletion(
                                        asked.promptField().strip().toLowerCase(Locale.ROOT),
                                        asked.completionField().strip().toLowerCase(Locale.ROOT))
                                .ignoring(ignored.toArray(String[]::new)),
                        false);
            case ALPACA -> new KnownForm(asked, false);
            default -> throw trouble("a table holds no lists of messages, the form " + asked.form() + " needs JSON");
        };
    }

    /** A guessed pair stands alone, or beside columns whose meaning is known. */
    private void requireSure(KnownForm guess, List<String> columns) {
        JsonObject header = new JsonObject();
        columns.stream().filter(column -> !column.isEmpty()).forEach(column -> header.addProperty(column, column));
        try {
            new Fields(header, guess).refuseUnknown(guess.own());
        } catch (BrokenRecord e) {
            throw trouble(e.reason());
        }
    }

    private static boolean isNested(TrainingFormat form) {
        return form.form() == TrainingFormat.Form.CHAT || form.form() == TrainingFormat.Form.SHAREGPT;
    }

    private void add(long line, JsonObject object) throws BrokenRecord {
        KnownForm known = form;
        if (known == null) {
            known = Detection.of(object.keySet(), asked.ignored())
                    .orElseThrow(() -> new BrokenRecord(Detection.unknown("unknown keys", object.keySet())));
            form = known;
        }
        TrainingExample example = Conversation.example(id(line, object), line, object, known, notes);
        if (examples.size() == MAX_EXAMPLES) {
            throw trouble("more than " + MAX_EXAMPLES + " examples; take a sample of the file");
        }
        ids.add(example.id());
        examples.add(example);
    }

    /** The record's own id, or the file's name and line where it has none, a long one, or one that stood before. */
    private String id(long line, JsonObject object) {
        JsonElement given = object.get("id");
        if (given != null && given.isJsonPrimitive()) {
            String id = given.getAsString().strip();
            if (!id.isEmpty() && id.length() <= MAX_ID && !ids.contains(id)) {
                return id;
            }
        }
        String place = name + ":" + line;
        // An array may stand on one line.
        return ids.contains(place) ? place + "#" + (examples.size() + 1) : place;
    }

    private TrainingDataException trouble(String what) {
        return new TrainingDataException(file + ": " + what);
    }
}
