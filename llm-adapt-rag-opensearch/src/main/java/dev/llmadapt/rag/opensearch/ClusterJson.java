package dev.llmadapt.rag.opensearch;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.llmadapt.rag.index.IndexException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of requests and answers. An answer may contain anything: a value of an unexpected kind is a clear
 * {@link IndexException}.
 */
final class ClusterJson {
    /** The maximal depth of an answer, which is read by recursion; a search has no deeper one. */
    private static final int MAX_DEPTH = 100;

    private ClusterJson() {}

    /** Creates a JSON object with one member. */
    static JsonObject of(String name, JsonElement value) {
        JsonObject object = new JsonObject();
        object.add(name, value);
        return object;
    }

    static JsonObject of(String name, String value) {
        return of(name, new JsonPrimitive(value));
    }

    static JsonObject of(String name, Number value) {
        return of(name, new JsonPrimitive(value));
    }

    static JsonArray array(Iterable<String> values) {
        JsonArray array = new JsonArray();
        values.forEach(array::add);
        return array;
    }

    static JsonArray array(float[] values) {
        JsonArray array = new JsonArray(values.length);
        for (float value : values) {
            array.add(value);
        }
        return array;
    }

    /**
     * Parses the bytes of an object.
     *
     * @param from the request that they answer, for errors
     */
    static JsonObject parse(byte[] bytes, String from) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        try (JsonReader reader = new JsonReader(new StringReader(text))) {
            reader.setStrictness(Strictness.STRICT);
            reader.setNestingLimit(MAX_DEPTH);
            JsonElement all = JsonParser.parseReader(reader);
            if (all instanceof JsonObject object && reader.peek() == JsonToken.END_DOCUMENT) {
                return object;
            }
        } catch (IOException | JsonParseException e) {
            throw odd(from, "that is not JSON", text, e);
        }
        throw odd(from, "that is no object of JSON", text, null);
    }

    static JsonObject object(JsonObject in, String name, String from) {
        if (in.get(name) instanceof JsonObject object) {
            return object;
        }
        throw odd(from, "without an object '" + name + "'", in.toString(), null);
    }

    static JsonArray array(JsonObject in, String name, String from) {
        if (in.get(name) instanceof JsonArray array) {
            return array;
        }
        throw odd(from, "without an array '" + name + "'", in.toString(), null);
    }

    static List<JsonObject> objects(JsonObject in, String name, String from) {
        List<JsonObject> objects = new ArrayList<>();
        for (JsonElement element : array(in, name, from)) {
            if (!(element instanceof JsonObject object)) {
                throw odd(from, "with more than objects in '" + name + "'", in.toString(), null);
            }
            objects.add(object);
        }
        return objects;
    }

    static String string(JsonObject in, String name, String from) {
        return primitive(in, name, from, JsonPrimitive::isString).getAsString();
    }

    static List<String> strings(JsonObject in, String name, String from) {
        List<String> strings = new ArrayList<>();
        for (JsonElement element : array(in, name, from)) {
            if (!(element instanceof JsonPrimitive value) || !value.isString()) {
                throw odd(from, "with more than texts in '" + name + "'", in.toString(), null);
            }
            strings.add(value.getAsString());
        }
        return strings;
    }

    /** Returns a finite number. */
    static double number(JsonObject in, String name, String from) {
        double number = primitive(in, name, from, JsonPrimitive::isNumber).getAsDouble();
        if (!Double.isFinite(number)) {
            throw odd(from, "with a number '" + name + "' that is not finite", in.toString(), null);
        }
        return number;
    }

    static float[] floats(JsonObject in, String name, int expected, String from) {
        JsonArray array = array(in, name, from);
        if (array.size() != expected) {
            throw odd(from, "with " + array.size() + " numbers in '" + name + "', expected " + expected, "", null);
        }
        float[] floats = new float[expected];
        for (int i = 0; i < expected; i++) {
            if (!(array.get(i) instanceof JsonPrimitive value) || !value.isNumber()) {
                throw odd(from, "with more than numbers in '" + name + "'", array.toString(), null);
            }
            floats[i] = value.getAsFloat();
            if (!Float.isFinite(floats[i])) {
                throw odd(from, "with a number in '" + name + "' that is not finite", array.toString(), null);
            }
        }
        return floats;
    }

    /** Returns a member as it is written, or a default if it is missing or no single value. */
    static String text(@Nullable JsonObject in, String name, String otherwise) {
        return in != null && in.get(name) instanceof JsonPrimitive value ? value.getAsString() : otherwise;
    }

    /** Returns a text from outside in the form for messages: one short line. */
    static String shown(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return line.length() <= 400 ? line : line.substring(0, 400) + "...";
    }

    private static JsonPrimitive primitive(JsonObject in, String name, String from, Predicate<JsonPrimitive> kind) {
        if (in.get(name) instanceof JsonPrimitive value && kind.test(value)) {
            return value;
        }
        throw odd(from, "without a value '" + name + "' of the kind expected", in.toString(), null);
    }

    private static IndexException odd(String from, String what, String text, @Nullable Throwable cause) {
        return new IndexException(
                from + " was answered by something " + what + ": " + shown(text)
                        + "; check that the host is a node of OpenSearch, and no proxy answers in its place",
                cause);
    }
}
