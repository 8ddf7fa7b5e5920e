package dev.llmadapt.local.checkpoint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.llmadapt.CheckpointException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An object of a JSON file, whose getters name file and field when they find something else than they should. */
final class Json {
    private final String file;
    private final JsonObject object;

    private Json(String file, JsonObject object) {
        this.file = file;
        this.object = object;
    }

    /** Parses a JSON object; {@code file} stands in messages. */
    static Json parse(String file, String text) {
        try {
            JsonReader reader = new JsonReader(new StringReader(text));
            JsonElement element = JsonParser.parseReader(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new CheckpointException(file + " goes on after its JSON object");
            }
            return of(file, element);
        } catch (JsonParseException | IOException | IllegalStateException | NumberFormatException e) {
            throw new CheckpointException(file + " is not valid JSON: " + e.getMessage(), e);
        }
    }

    /** An element that must be an object; {@code file} stands in messages. */
    static Json of(String file, JsonElement element) {
        if (!element.isJsonObject()) {
            throw new CheckpointException(file + ": expected an object, got " + brief(element));
        }
        return new Json(file, element.getAsJsonObject());
    }

    /** Reads and parses a file of at most {@code limit} bytes. */
    static Json read(Path file, long limit) {
        return parse(file.toString(), text(file, limit));
    }

    /** Reads a text file of at most {@code limit} bytes. */
    static String text(Path file, long limit) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new CheckpointException("no such file: " + file);
            }
            long size = Files.size(file);
            if (size > limit) {
                throw new CheckpointException(file + " has " + size + " bytes, at most " + limit + " were expected");
            }
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new CheckpointException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    String file() {
        return file;
    }

    JsonObject object() {
        return object;
    }

    /** The field, or null when it is absent or null. */
    @Nullable
    JsonElement get(String field) {
        JsonElement value = object.get(field);
        return value == null || value.isJsonNull() ? null : value;
    }

    boolean has(String field) {
        return get(field) != null;
    }

    Optional<Json> child(String field) {
        JsonElement value = get(field);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isJsonObject()) {
            throw wrong(field, "an object", value);
        }
        return Optional.of(new Json(file + " " + field, value.getAsJsonObject()));
    }

    Optional<JsonArray> array(String field) {
        JsonElement value = get(field);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isJsonArray()) {
            throw wrong(field, "an array", value);
        }
        return Optional.of(value.getAsJsonArray());
    }

    Optional<String> string(String field) {
        JsonElement value = get(field);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof JsonPrimitive primitive && primitive.isString())) {
            throw wrong(field, "a string", value);
        }
        return Optional.of(value.getAsString());
    }

    boolean bool(String field, boolean fallback) {
        JsonElement value = get(field);
        if (value == null) {
            return fallback;
        }
        if (!(value instanceof JsonPrimitive primitive && primitive.isBoolean())) {
            throw wrong(field, "true or false", value);
        }
        return value.getAsBoolean();
    }

    double number(String field, double fallback) {
        JsonElement value = get(field);
        return value == null ? fallback : number(field, value);
    }

    /** A required integer. */
    int integer(String field) {
        JsonElement value = get(field);
        if (value == null) {
            throw new CheckpointException(file + " has no " + field);
        }
        return integer(field, value);
    }

    int integer(String field, int fallback) {
        JsonElement value = get(field);
        return value == null ? fallback : integer(field, value);
    }

    int integer(String field, JsonElement value) {
        double number = number(field, value);
        if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
            throw wrong(field, "a 32-bit integer", value);
        }
        return (int) number;
    }

    private double number(String field, JsonElement value) {
        if (value instanceof JsonPrimitive primitive && primitive.isNumber()) {
            try {
                return value.getAsDouble();
            } catch (NumberFormatException e) {
                throw wrong(field, "a number", value);
            }
        }
        throw wrong(field, "a number", value);
    }

    CheckpointException wrong(String field, String expected, JsonElement value) {
        return new CheckpointException(file + ", " + field + ": expected " + expected + ", got " + brief(value));
    }

    /** An error about a field, with what is the matter with it. */
    CheckpointException wrong(String field, String expected, JsonElement value, String reason) {
        return new CheckpointException(
                file + ", " + field + ": expected " + expected + ", got " + brief(value) + "; " + reason);
    }

    private static String brief(JsonElement value) {
        String text = value.toString();
        return text.length() > 80 ? text.substring(0, 80) + "..." : text;
    }
}
