package dev.llmadapt.pilot.task;

import dev.llmadapt.Example;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Finds the text and the label column of a table and turns its rows into examples. */
final class LabelledRows {
    /** The names a text column may have, the first found wins. */
    static final List<String> TEXT_COLUMNS =
            List.of("text", "query", "question", "sentence", "utterance", "message", "input", "review", "content");

    /** The names a label column may have, the first found wins: words before numbers. */
    static final List<String> LABEL_COLUMNS = List.of(
            "label_text",
            "label",
            "intent",
            "category",
            "class",
            "sentiment",
            "topic",
            "target",
            "output",
            "answer",
            "completion");

    private static final int MAX_TEXT = 100_000;
    private static final int MAX_LABEL = 200;

    private LabelledRows() {}

    /**
     * The examples of a table, in its order, with their labels as the file has them.
     *
     * @param table what was read
     * @param textColumn the text column's name, or empty to find it by the usual names
     * @param labelColumn the label column's name, or empty to find it by the usual names
     * @param labels whether what stands there are labels, not long answers
     * @throws TaskFileException if a column is missing (naming those found), or a text or label is empty or absurdly
     *     long
     */
    static List<Example> examples(Table table, String textColumn, String labelColumn, boolean labels) {
        int text = column(table, textColumn, TEXT_COLUMNS, "text", "--text-column NAME");
        int label = column(table, labelColumn, LABEL_COLUMNS, "label", "--label-column NAME");
        if (text == label) {
            throw new TaskFileException(
                    table.file(),
                    "text and label must be two columns, both are '"
                            + table.columns().get(text) + "'");
        }
        int id = table.indexOf("id");
        Set<String> ids = new HashSet<>();
        List<Example> examples = new ArrayList<>(table.rows().size());
        for (Table.Row row : table.rows()) {
            String input = cell(table, row, text, MAX_TEXT);
            String output = cell(table, row, label, labels ? MAX_LABEL : MAX_TEXT);
            String name = id >= 0 ? row.cells().get(id).strip() : "";
            if (name.isEmpty()) {
                name = fileName(table.file()) + ":" + row.line();
            }
            if (!ids.add(name)) {
                throw new TaskFileException(table.file(), row.line(), "the id '" + name + "' stands twice");
            }
            examples.add(new Example(name, input, output));
        }
        return examples;
    }

    /** The texts of a table without regard to labels: those of its only column, or of one with a usual name. */
    static List<String> texts(Table table) {
        int text = textColumn(table, "", "a file of that column");
        return table.rows().stream()
                .map(row -> cell(table, row, text, MAX_TEXT))
                .toList();
    }

    /**
     * The place of the text column: the one asked for, the only one, or one with a usual name.
     *
     * @param asked its name, or empty to find it
     * @param option what else may be given, for the message where there is none
     */
    static int textColumn(Table table, String asked, String option) {
        return asked.isEmpty() && table.columns().size() == 1 ? 0 : column(table, asked, TEXT_COLUMNS, "text", option);
    }

    /**
     * A note on which columns are read, where others stay unread; else empty.
     *
     * @param textColumn the text column's name, or empty to find it by the usual names
     * @param labelColumn the label column's name, or empty to find it by the usual names
     * @param used the names of other columns that are read, in lower case
     */
    static Optional<String> taken(Table table, String textColumn, String labelColumn, Set<String> used) {
        int text = column(table, textColumn, TEXT_COLUMNS, "text", "--text-column NAME");
        int label = column(table, labelColumn, LABEL_COLUMNS, "label", "--label-column NAME");
        List<String> unread = new ArrayList<>();
        for (int i = 0; i < table.columns().size(); i++) {
            String name = table.columns().get(i);
            if (i != text && i != label && !used.contains(name.toLowerCase(Locale.ROOT))) {
                unread.add(name);
            }
        }
        return unread.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        fileName(table.file()) + ": '" + table.columns().get(text) + "' is taken as the text and '"
                                + table.columns().get(label) + "' as the label; not read: " + unread);
    }

    private static int column(Table table, String asked, List<String> usual, String what, String option) {
        if (!asked.isEmpty()) {
            int index = table.indexOf(asked);
            if (index < 0) {
                throw new TaskFileException(
                        table.file(), "no column '" + asked + "', found columns " + table.columns());
            }
            return index;
        }
        for (String name : usual) {
            int index = table.indexOf(name);
            if (index >= 0) {
                return index;
            }
        }
        throw new TaskFileException(
                table.file(),
                "no " + what + " column, found columns " + table.columns() + ", expected one of " + usual + " or "
                        + option);
    }

    private static String cell(Table table, Table.Row row, int column, int limit) {
        String cell = row.cells().get(column).strip();
        String name = table.columns().get(column);
        if (cell.isEmpty()) {
            throw new TaskFileException(table.file(), row.line(), "'" + name + "' is empty");
        }
        if (cell.length() > limit) {
            throw new TaskFileException(
                    table.file(),
                    row.line(),
                    "'" + name + "' has " + cell.length() + " characters, at most " + limit
                            + " are allowed; is it the right column?");
        }
        return cell;
    }

    private static String fileName(Path file) {
        Path name = file.getFileName();
        return name == null ? file.toString() : name.toString();
    }
}
