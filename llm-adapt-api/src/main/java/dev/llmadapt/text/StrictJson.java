package dev.llmadapt.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A parser of JSON by RFC 8259: no comments, nothing after the value, at most 64 levels of nesting, and no key twice in
 * an object, since it would be unclear which one counts. Errors are worded for the author of the text.
 */
public final class StrictJson {
    private static final int MAX_DEPTH = 64;
    private static final Pattern PLACE = Pattern.compile("at line (\\d+) column (\\d+)");

    private StrictJson() {}

    private static JsonPrimitive exact(String digits) {
        return new JsonPrimitive(new BigDecimal(digits));
    }

    /**
     * Parses an object in one line; its numbers are {@link BigDecimal}s.
     *
     * @throws BrokenRecord if the text is not such an object
     */
    public static JsonObject object(String line) throws BrokenRecord {
        return object(line, StrictJson::exact, "near character $2");
    }

    /**
     * Parses an object as {@link #plain plain} values, for modules that know no parser's types.
     *
     * @throws BrokenRecord if the text is not such an object
     */
    public static Map<String, @Nullable Object> map(String text) throws BrokenRecord {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        document(text).entrySet().forEach(entry -> map.put(entry.getKey(), plain(entry.getValue())));
        return map;
    }

    /**
     * Parses an array in one line; its numbers are {@link BigDecimal}s.
     *
     * @throws BrokenRecord if the text is not such an array
     */
    public static JsonArray array(String line) throws BrokenRecord {
        return (JsonArray) value(line, JsonToken.BEGIN_ARRAY, StrictJson::exact, "near character $2");
    }

    /**
     * Parses an object in several lines, such as a file of settings; its numbers are {@link BigDecimal}s.
     *
     * @throws BrokenRecord if the text is not such an object
     */
    public static JsonObject document(String text) throws BrokenRecord {
        return document(text, StrictJson::exact);
    }

    /**
     * Parses an object in several lines, such as a file of settings.
     *
     * @param number converts the digits of a number to a value; throws {@link NumberFormatException} if it cannot
     * @throws BrokenRecord if the text is not such an object
     */
    public static JsonObject document(String text, Function<String, JsonPrimitive> number) throws BrokenRecord {
        return object(text, number, "near line $1, character $2");
    }

    /**
     * A value without JSON's own types: a map in order, a list, a text, a number that is written as it was read, true,
     * false or null.
     */
    public static @Nullable Object plain(JsonElement value) {
        if (value instanceof JsonObject object) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            object.entrySet().forEach(entry -> map.put(entry.getKey(), plain(entry.getValue())));
            return map;
        } else if (value instanceof JsonArray array) {
            List<@Nullable Object> list = new ArrayList<>();
            array.forEach(each -> list.add(plain(each)));
            return list;
        } else if (value instanceof JsonPrimitive primitive) {
            return primitive.isString()
                    ? primitive.getAsString()
                    : primitive.isBoolean() ? (Object) primitive.getAsBoolean() : primitive.getAsNumber();
        }
        return null;
    }

    private static JsonObject object(String text, Function<String, JsonPrimitive> number, String place)
            throws BrokenRecord {
        return (JsonObject) value(text, JsonToken.BEGIN_OBJECT, number, place);
    }

    private static JsonElement value(String text, JsonToken begin, Function<String, JsonPrimitive> number, String place)
            throws BrokenRecord {
        String kind = "a JSON " + (begin == JsonToken.BEGIN_OBJECT ? "object" : "array");
        try (JsonReader reader = new JsonReader(new StringReader(text))) {
            reader.setStrictness(Strictness.STRICT);
            reader.setNestingLimit(MAX_DEPTH);
            if (reader.peek() != begin) {
                throw new BrokenRecord("expected " + kind + ", got " + words(reader.peek()));
            }
            JsonElement value = new Walk(reader, number).value();
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new BrokenRecord("expected one" + kind.substring(1) + ", got more after it");
            }
            return value;
        } catch (IOException | NumberFormatException e) { // a text in memory can be read: it is not JSON
            Matcher found = PLACE.matcher(String.valueOf(e.getMessage()));
            throw new BrokenRecord("not JSON"
                    + (found.find() ? ", " + PLACE.matcher(found.group()).replaceAll(place) : ""));
        }
    }

    /** The traversal of one text. */
    private record Walk(JsonReader reader, Function<String, JsonPrimitive> number) {
        JsonElement value() throws IOException, BrokenRecord {
            return switch (reader.peek()) {
                case BEGIN_OBJECT -> object();
                case BEGIN_ARRAY -> {
                    JsonArray array = new JsonArray();
                    reader.beginArray();
                    while (reader.hasNext()) {
                        array.add(value());
                    }
                    reader.endArray();
                    yield array;
                }
                case NUMBER -> number.apply(reader.nextString());
                case BOOLEAN -> new JsonPrimitive(reader.nextBoolean());
                case NULL -> {
                    reader.nextNull();
                    yield JsonNull.INSTANCE;
                }
                default -> new JsonPrimitive(reader.nextString());
            };
        }

        private JsonObject object() throws IOException, BrokenRecord {
            JsonObject object = new JsonObject();
            reader.beginObject();
            while (reader.hasNext()) {
                String key = reader.nextName();
                if (object.has(key)) {
                    throw new BrokenRecord("the key '" + BrokenRecord.brief(key) + "' stands twice");
                }
                object.add(key, value());
            }
            reader.endObject();
            return object;
        }
    }

    private static String words(JsonToken token) {
        return switch (token) {
            case BEGIN_OBJECT -> "an object";
            case BEGIN_ARRAY -> "an array";
            case STRING -> "a text";
            case NUMBER -> "a number";
            default -> token.name().toLowerCase(Locale.ROOT);
        };
    }
}
