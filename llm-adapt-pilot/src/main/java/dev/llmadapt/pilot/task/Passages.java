package dev.llmadapt.pilot.task;

import dev.llmadapt.Passage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The passages of a JSON Lines file with {@code id}, {@code title} (may be empty) and {@code text}. */
final class Passages {
    private Passages() {}

    /**
     * Reads them, in the file's order.
     *
     * @throws TaskFileException if a column is missing, an id stands twice or a text is empty
     */
    static List<Passage> read(Path file) {
        Table table = Table.read(file);
        int id = table.indexOf("id");
        int title = table.indexOf("title");
        int text = table.indexOf("text");
        if (id < 0 || text < 0) {
            throw new TaskFileException(file, "expected the keys id, title and text, found " + table.columns());
        }
        Set<String> ids = new HashSet<>();
        List<Passage> passages = new ArrayList<>(table.rows().size());
        for (Table.Row row : table.rows()) {
            String name = row.cells().get(id).strip();
            String words = row.cells().get(text).strip();
            if (name.isEmpty() || words.isEmpty()) {
                throw new TaskFileException(file, row.line(), "'id' and 'text' must not be empty");
            }
            if (!ids.add(name)) {
                throw new TaskFileException(file, row.line(), "the id '" + name + "' stands twice");
            }
            passages.add(
                    new Passage(name, title < 0 ? "" : row.cells().get(title).strip(), words, 0));
        }
        return passages;
    }
}
