package dev.llmadapt.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.pilot.task.SchemaJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for what an answer is kept to. */
final class ConstraintArguments {
    private static final String NEXT = "; --json-schema takes any JSON Schema";

    @Option(
            names = "--schema",
            paramLabel = "FILE",
            description =
                    "The JSON Schema of an object as tasks have it, of texts, numbers, choices and lists: the answer"
                            + " is JSON on one line, its properties all there and in the order of the schema.")
    @Nullable
    Path schema;

    @Option(
            names = "--json-schema",
            paramLabel = "FILE",
            description =
                    "Any JSON Schema (docs/guides/constraints.md), of an object or of anything else: the answer is"
                            + " JSON of it, in any layout.")
    @Nullable
    Path jsonSchema;

    @Option(
            names = "--regex",
            paramLabel = "PATTERN",
            description = "A regular expression of ECMA-262, which the whole answer matches.")
    @Nullable
    String regex;

    @Option(
            names = "--grammar",
            paramLabel = "FILE",
            description = "A grammar in GBNF, the notation of llama.cpp, which the answer keeps.")
    @Nullable
    Path grammar;

    /**
     * The constraint that is given, or none.
     *
     * @throws InvalidInput if two are given, or one cannot be used; a JSON Schema in the wrong option is told the right
     *     one
     */
    OutputConstraint constraint() {
        long given = Stream.of(schema, jsonSchema, regex, grammar)
                .filter(Objects::nonNull)
                .count();
        if (given > 1) {
            throw new InvalidInput(
                    "an answer keeps one constraint, give one of --schema, --json-schema, --regex and --grammar");
        }
        if (schema != null) {
            return OutputConstraint.json(read("--schema", schema, SchemaJson::read));
        } else if (jsonSchema != null) {
            return OutputConstraint.json(read("--json-schema", jsonSchema, JsonSchema::parse));
        } else if (regex != null) {
            return regex(regex);
        } else if (grammar != null) {
            return read("--grammar", grammar, ConstraintArguments::grammar);
        }
        return OutputConstraint.none();
    }

    private static OutputConstraint regex(String pattern) {
        if (pattern.isEmpty()) {
            throw new InvalidInput("--regex is empty");
        }
        if (pattern.toLowerCase(Locale.ROOT).endsWith(".json") && Files.isRegularFile(Path.of(pattern))) {
            throw new InvalidInput("--regex takes a pattern, got the name of a file, " + pattern
                    + "; --json-schema takes a file with a JSON Schema");
        }
        if (isObject(pattern)) {
            throw new InvalidInput("--regex takes a pattern, got JSON; --json-schema takes a file with a JSON Schema");
        }
        return InvalidInput.check(() -> OutputConstraint.regex(pattern));
    }

    private static OutputConstraint grammar(String text) {
        if (isObject(text)) {
            throw new IllegalArgumentException("it is JSON and no grammar");
        }
        return OutputConstraint.grammar(text);
    }

    private static <T> T read(String option, Path file, Function<String, T> reader) {
        if (isObject(file.toString())) {
            throw new InvalidInput(option + " takes a file, got JSON; write it into a file and name that");
        }
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new InvalidInput(option + " " + file + " is not there", e);
        } catch (IOException e) {
            throw new InvalidInput(option + " " + file + " cannot be read: " + e.getMessage(), e);
        }
        try {
            return reader.apply(text);
        } catch (JsonParseException | IllegalArgumentException e) {
            String next = !option.equals("--json-schema") && isObject(text) ? NEXT : "";
            throw new InvalidInput(option + " " + file + " cannot be used: " + e.getMessage() + next, e);
        }
    }

    private static boolean isObject(String text) {
        if (!text.strip().startsWith("{")) {
            return false; // Gson takes any word for a text
        }
        try {
            JsonElement json = JsonParser.parseString(text);
            return json.isJsonObject();
        } catch (JsonParseException e) {
            return false;
        }
    }
}
