package dev.llmadapt.pilot.strategy;

import dev.llmadapt.JsonSchema;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.MalformedText;
import dev.llmadapt.text.NearestName;
import dev.llmadapt.text.StrictJson;
import dev.llmadapt.text.TextEncoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The file of regular expressions by fields that {@code rules(FILE)} names: a JSON object of texts. */
final class RulesFile {
    private static final long MAX_BYTES = 1L << 20;

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

    /**
     * Refuses patterns for fields that a schema does not have.
     *
     * @param name the file's path, or empty for none
     * @throws IllegalArgumentException naming the field and those there are
     */
    static void check(String name, JsonSchema.ObjectOf schema) {
        List<String> fields = new ArrayList<>();
        collect(schema, "", fields);
        for (String field : patterns(name).keySet()) {
            if (!fields.contains(field)) {
                throw new IllegalArgumentException("rules(" + name + ") has a pattern for the field '" + field
                        + "', which the task's schema does not have, " + NearestName.question(field, fields)
                        + "expected one of " + fields);
            }
        }
    }

    private static void collect(JsonSchema.ObjectOf object, String place, List<String> fields) {
        object.properties().forEach((name, value) -> {
            if (value instanceof JsonSchema.ObjectOf inner) {
                collect(inner, place + name + ".", fields);
            } else {
                fields.add(place + name);
            }
        });
    }

    private static String text(String name) {
        try {
            Path file = Path.of(name);
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw new LlmAdaptException(name + " has " + size + " bytes, a file of patterns at most " + MAX_BYTES);
            }
            return TextEncoding.decode(Files.readAllBytes(file), null);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'rules' takes the path of a file, got '" + name + "'", e);
        } catch (MalformedText e) {
            throw new LlmAdaptException(name + ", line " + e.line() + ": " + e.reason(), e);
        } catch (NoSuchFileException e) {
            throw new LlmAdaptException(name + ": no such file", e);
        } catch (IOException e) {
            throw new LlmAdaptException(name + " cannot be read: " + e.getMessage(), e);
        }
    }
}
