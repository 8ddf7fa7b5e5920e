package dev.llmadapt.pilot.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Lines of a label, white space and a text, as SST-2 is passed around and as fastText reads them (Joulin et al. 2016,
 * whose {@code __label__} before each label is left out).
 */
final class LabelFirst {
    /** The endings of such files. */
    static final List<String> ENDINGS = List.of(".train", ".dev", ".valid", ".test", ".txt");

    private static final String PREFIX = "__label__";

    private LabelFirst() {}

    /** Reads a whole file; the columns are {@code label} and {@code text}. */
    static Table read(Path file) {
        List<Table.Row> rows = new ArrayList<>();
        String[] lines = TextFile.read(file).split("\r\n?|\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].strip();
            if (line.isEmpty()) {
                continue;
            }
            if (rows.size() == Table.MAX_ROWS) {
                throw new TaskFileException(file, "more than " + Table.MAX_ROWS + " rows; take a sample of the file");
            }
            String[] parts = line.split("\\s+", 2);
            String label = parts[0].startsWith(PREFIX) ? parts[0].substring(PREFIX.length()) : parts[0];
            if (parts.length < 2 || label.isEmpty()) {
                throw new TaskFileException(
                        file, i + 1, "expected a label, a space and a text, got '" + shortened(line) + "'");
            }
            if (parts[1].startsWith(PREFIX)) {
                throw new TaskFileException(
                        file, i + 1, "has more than one label, expected one, got '" + shortened(line) + "'");
            }
            rows.add(new Table.Row(i + 1L, List.of(label, parts[1])));
        }
        return new Table(file, List.of("label", "text"), rows);
    }

    private static String shortened(String line) {
        return line.length() <= 60 ? line : line.substring(0, 57) + "...";
    }
}
