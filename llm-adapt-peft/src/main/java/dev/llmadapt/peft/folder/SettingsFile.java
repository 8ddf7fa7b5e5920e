package dev.llmadapt.peft.folder;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.stream.JsonWriter;
import dev.llmadapt.AdapterException;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object of an adapter's folder. Reading is strict: a key that stands twice, comments, what follows the object
 * or deep nesting are refused. Getters say which field of which file is not what it should be; {@code null} counts as
 * absent, as PEFT writes it for what is not set.
 */
final class SettingsFile {
    private static final int LIMIT = 16 << 20;
    private static final int MAX_ELEMENTS = 100_000;
    private static final Gson GSON =
            new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

    private final Path file;
    private final JsonObject object;

    private SettingsFile(Path file, JsonObject object) {
        this.file = file;
        this.object = object;
    }

    /** Reads a file; throws {@link AdapterException} if it is not one JSON object. */
    static SettingsFile read(Path file) {
        try {
            long size = Files.size(file);
            if (size > LIMIT) {
                throw new AdapterException(file + " has " + size + " bytes, at most " + LIMIT + " are read");
            }
            byte[] bytes = Files.readAllBytes(file);
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (text.startsWith("version https://git-lfs")) {
                throw new AdapterException(
                        file + " is a pointer left by Git LFS; run `git lfs pull` in its repository");
            }
            return parse(file, text);
        } catch (CharacterCodingException e) {
            throw new AdapterException(file + " is not text in UTF-8", e);
        } catch (IOException e) {
            throw new AdapterException("cannot read " + file + ": " + e, e);
        }
    }

    static SettingsFile parse(Path file, String text) {
        try {
            return new SettingsFile(file, StrictJson.document(text, SettingsFile::number));
        } catch (BrokenRecord e) {
            throw new AdapterException(file + ": " + e.reason(), e);
        }
    }

    /** A whole number as whole, so that it is written as whole again. */
    private static JsonPrimitive number(String digits) {
        double number = Double.parseDouble(digits);
        if (Double.isInfinite(number)) {
            throw new NumberFormatException(digits + " is too large");
        }
        return number == Math.rint(number) && Math.abs(number) <= 1L << 53
                ? new JsonPrimitive((long) number)
                : new JsonPrimitive(number);
    }

    /** Keys in the order given, two spaces an indent: as Python's {@code json.dumps} with {@code indent=2}. */
    static String write(Map<String, ? extends @Nullable Object> settings) {
        StringWriter text = new StringWriter();
        try (JsonWriter json = new JsonWriter(text)) {
            json.setIndent("  ");
            json.setHtmlSafe(false);
            GSON.toJson(GSON.toJsonTree(settings), json);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter does not fail
        }
        return text.toString();
    }

    /** The fields of an object that is not in a file of its own, in the form in which they are read. */
    static JsonElement element(String field, String json) {
        return parse(Path.of(field), json).object;
    }

    /** An object, as JSON. */
    Optional<String> object(String field) {
        JsonElement value = get(field);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isJsonObject()) {
            throw wrong(field, "an object", value);
        }
        return Optional.of(GSON.toJson(value));
    }

    Path file() {
        return file;
    }

    Map<String, JsonElement> fields() {
        return object.asMap();
    }

    private @Nullable JsonElement get(String field) {
        JsonElement value = object.get(field);
        return value == null || value.isJsonNull() ? null : value;
    }

    boolean has(String field) {
        return get(field) != null;
    }

    Optional<String> string(String field) {
        JsonElement value = get(field);
        if (value == null) {
            return Optional.empty();
        }
        return Optional.of(string(field, value));
    }

    private String string(String field, JsonElement value) {
        if (!(value instanceof JsonPrimitive primitive && primitive.isString())) {
            throw wrong(field, "a string", value);
        }
        return value.getAsString();
    }

    boolean bool(String field) {
        JsonElement value = get(field);
        if (value == null) {
            return false;
        }
        if (!(value instanceof JsonPrimitive primitive && primitive.isBoolean())) {
            throw wrong(field, "true or false", value);
        }
        return value.getAsBoolean();
    }

    int integer(String field) {
        JsonElement value = get(field);
        if (value == null) {
            throw new AdapterException(file + " has no " + field);
        }
        return integer(field, value);
    }

    int integer(String field, int fallback) {
        JsonElement value = get(field);
        return value == null ? fallback : integer(field, value);
    }

    double number(String field, double fallback) {
        JsonElement value = get(field);
        return value == null ? fallback : number(field, value);
    }

    /** A string, or the strings of a list. */
    List<String> strings(String field) {
        JsonElement value = get(field);
        if (value == null) {
            return List.of();
        }
        if (!value.isJsonArray()) {
            return List.of(string(field, value));
        }
        List<String> strings = new ArrayList<>();
        requireFew(field, value.getAsJsonArray().size());
        value.getAsJsonArray().forEach(element -> strings.add(string(field, element)));
        return strings;
    }

    /** An integer, or the integers of a list. */
    List<Integer> integers(String field) {
        JsonElement value = get(field);
        if (value == null) {
            return List.of();
        }
        if (!value.isJsonArray()) {
            return List.of(integer(field, value));
        }
        List<Integer> integers = new ArrayList<>();
        requireFew(field, value.getAsJsonArray().size());
        value.getAsJsonArray().forEach(element -> integers.add(integer(field, element)));
        return integers;
    }

    Map<String, Integer> integersByName(String field) {
        Map<String, Integer> integers = new LinkedHashMap<>();
        members(field).forEach((key, value) -> integers.put(key, integer(field + " " + key, value)));
        return integers;
    }

    Map<String, Double> numbersByName(String field) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        members(field).forEach((key, value) -> numbers.put(key, number(field + " " + key, value)));
        return numbers;
    }

    /** The members of an object, or none. */
    Map<String, JsonElement> members(String field) {
        JsonElement value = get(field);
        if (value == null) {
            return Map.of();
        }
        if (!value.isJsonObject()) {
            throw wrong(field, "an object", value);
        }
        requireFew(field, value.getAsJsonObject().size());
        return value.getAsJsonObject().asMap();
    }

    /** Each is compared with each module of a base. */
    private void requireFew(String field, int size) {
        if (size > MAX_ELEMENTS) {
            throw new AdapterException(
                    file + ", " + field + ": " + size + " elements, at most " + MAX_ELEMENTS + " are read");
        }
    }

    private int integer(String field, JsonElement value) {
        double number = number(field, value);
        if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
            throw wrong(field, "a 32-bit integer", value);
        }
        return (int) number;
    }

    private double number(String field, JsonElement value) {
        if (!(value instanceof JsonPrimitive primitive && primitive.isNumber())) {
            throw wrong(field, "a number", value);
        }
        return value.getAsDouble();
    }

    AdapterException wrong(String field, String expected, JsonElement value) {
        return new AdapterException(file + ", " + field + ": expected " + expected + ", got " + brief(value));
    }

    static String brief(JsonElement value) {
        String text = value.toString();
        return text.length() > 80 ? text.substring(0, 80) + "..." : text;
    }
}
