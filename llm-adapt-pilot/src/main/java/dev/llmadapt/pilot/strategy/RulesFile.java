package dev.llmadapt.pilot.strategy;

import dev.llmadapt.pilot.task.TextFile;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The file of regular expressions by fields that {@code rules(FILE)} names: a JSON object of texts. */
final class RulesFile {
    private RulesFile() {}

    /**
     * Reads the expressions of a file.
     *
     * @param name the file's path, or empty for none
     * @throws IllegalArgumentException if it is no object of texts
     * @throws dev.llmadapt.LlmAdaptException if it cannot be read
     */
    static Map<String, String> patterns(String name) {
        Map<String, String> patterns = new LinkedHashMap<>();
        if (name.isEmpty()) {
            return patterns;
        }
        try {
            StrictJson.map(text(name)).forEach((field, value) -> {
                if (!(value instanceof String regex)) {
                    throw new IllegalArgumentException("the pattern of field '" + field + "' in " + name
                            + " must be a text, got " + BrokenRecord.brief(String.valueOf(value)));
                }
                patterns.put(field, regex);
            });
        } catch (BrokenRecord e) {
            throw new IllegalArgumentException(
                    name + " must be a JSON object of regular expressions by fields, such as"
                            + " {\"amount\": \"pay ([0-9.]+)\"}: " + e.reason(),
                    e);
        }
        return patterns;
    }

    private static String text(String name) {
        try {
            return TextFile.read(Path.of(name));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'rules' takes the path of a file, got '" + name + "'", e);
        }
    }
}
