package dev.llmadapt.peft.data;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.peft.TrainingData;
import dev.llmadapt.peft.TrainingData.BrokenLine;
import dev.llmadapt.peft.TrainingDataException;
import dev.llmadapt.peft.TrainingExample;
import dev.llmadapt.peft.TrainingFormat;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the examples of one file. */
public final class TrainingFile {
    /** The longest record, in bytes. */
    static final int MAX_RECORD = 4 << 20;

    private static final int MAX_EXAMPLES = 5_000_000;
    private static final int MAX_COLUMNS = 1_000;
    private static final int MAX_ID = 100;

    private final Path file;
    private final String name;
    private final TrainingFormat asked;
    private @Nullable KnownForm form;
    private final FieldNotes notes = new FieldNotes();
    private final List<TrainingExample> examples = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private final List<BrokenLine> broken = new ArrayList<>();
    private long brokenCount;

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
        try (InputStream opened = open();
                BufferedInputStream in = new BufferedInputStream(opened)) {
            String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
            refuseUtf16(in);
            switch (ending) {
                case "csv" -> csv(in, ',');
                case "tsv" -> csv(in, '\t');
                case "jsonl", "ndjson" -> json(new Lines(in, MAX_RECORD));
                case "json" ->
                    json(beginsWithBracket(in) ? new JsonElements(in, MAX_RECORD) : new Lines(in, MAX_RECORD));
                default -> throw trouble("unknown ending, expected .jsonl, .ndjson, .json, .csv or .tsv");
            }
        } catch (NoSuchFileException e) {
            throw new TrainingDataException(file + ": no such file", e);
        } catch (AccessDeniedException e) {
            throw new TrainingDataException(file + ": may not be read: access denied", e);
        } catch (IOException e) {
            throw new TrainingDataException(file + ": cannot be read: " + e.getMessage(), e);
        }
        if (examples.isEmpty()) {
            throw trouble(
                    brokenCount == 0
                            ? "holds no records"
                            : "none of its " + brokenCount + " records can be read; " + broken.get(0));
        }
        return new TrainingData(file.toString(), examples, brokenCount, broken, notes.fields());
    }

    private InputStream open() throws IOException {
        if (Files.isDirectory(file)) {
            throw trouble("expected a file, got a folder");
        }
        return Files.newInputStream(file);
    }

    private void json(TextRecords records) throws IOException {
        while (records.advance()) {
            try {
                String text = records.text();
                if (records instanceof Lines && text.isBlank()) {
                    continue;
                }
                add(records.line(), StrictJson.object(text));
            } catch (BrokenRecord e) {
                broken(records.line(), e.reason());
            }
        }
    }

    private void csv(InputStream in, char separator) throws IOException {
        CsvRecords records = new CsvRecords(new Lines(in, MAX_RECORD), separator, MAX_RECORD);
        List<String> columns = List.of();
        while (records.advance()) {
            try {
                if (columns.isEmpty()) {
                    columns = header(records);
                    continue;
                }
                List<String> cells = records.fields();
                if (cells.size() != columns.size()) {
                    throw new BrokenRecord("got " + cells.size() + " fields, expected " + columns.size()
                            + " as in the header; a text with a comma in it must stand in quotes");
                }
                JsonObject object = new JsonObject();
                for (int i = 0; i < columns.size(); i++) {
                    object.addProperty(columns.get(i), cells.get(i));
                }
                add(records.line(), object);
            } catch (BrokenRecord e) {
                broken(records.line(), e.reason());
            }
        }
    }

    private List<String> header(CsvRecords records) {
        List<String> columns;
        try {
            columns = records.fields().stream()
                    .map(column -> column.strip().toLowerCase(Locale.ROOT))
                    .toList();
        } catch (BrokenRecord e) {
            throw trouble("the header cannot be read, line " + records.line() + ": " + e.reason());
        }
        String found = ", found columns " + BrokenRecord.brief(columns.toString());
        if (columns.size() > MAX_COLUMNS) {
            throw trouble(columns.size() + " columns, at most " + MAX_COLUMNS + " are read");
        }
        if (new HashSet<>(columns).size() < columns.size()) {
            throw trouble("two columns have the same name" + found);
        }
        KnownForm chosen = form(columns, found);
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
    private KnownForm form(List<String> columns, String found) {
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

    private void broken(long line, String reason) {
        brokenCount++;
        if (broken.size() < TrainingData.MAX_BROKEN) {
            broken.add(new BrokenLine(line, reason));
        }
    }

    private void refuseUtf16(InputStream in) throws IOException {
        in.mark(2);
        int first = in.read();
        int second = in.read();
        in.reset();
        if ((first == 0xFE && second == 0xFF) || (first == 0xFF && second == 0xFE)) {
            throw trouble("the file is UTF-16; save it as UTF-8");
        }
    }

    private static boolean beginsWithBracket(InputStream in) throws IOException {
        int limit = 4096;
        in.mark(limit);
        int first = ' ';
        for (int i = 0;
                i < limit && (first <= ' ' || first == 0xEF || first == 0xBB || first == 0xBF) && first >= 0;
                i++) {
            first = in.read();
        }
        in.reset();
        return first == '[';
    }

    private TrainingDataException trouble(String what) {
        return new TrainingDataException(file + ": " + what);
    }
}
