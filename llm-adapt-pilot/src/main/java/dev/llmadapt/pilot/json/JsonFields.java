package dev.llmadapt.pilot.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Reads and writes the fields of JSON objects. A field that is missing is a {@link JsonParseException} that names those
 * found; one of another type is what Gson throws for it.
 */
public final class JsonFields {
    private JsonFields() {}

    /** An array with an object for each item. */
    public static <T> JsonArray array(List<T> items, Function<T, JsonObject> writer) {
        JsonArray array = new JsonArray();
        items.forEach(item -> array.add(writer.apply(item)));
        return array;
    }

    /** The objects of an array as items. */
    public static <T> List<T> list(JsonArray array, Function<JsonObject, T> reader) {
        List<T> items = new ArrayList<>();
        for (JsonElement element : array) {
            items.add(reader.apply(element.getAsJsonObject()));
        }
        return items;
    }

    /** A text that must be there. */
    public static String text(JsonObject json, String key) {
        return member(json, key).getAsString();
    }

    /** A whole number that must be there. */
    public static int integer(JsonObject json, String key) {
        return member(json, key).getAsInt();
    }

    /** A value that must be there. */
    public static JsonElement member(JsonObject json, String key) {
        JsonElement member = json.get(key);
        if (member == null) {
            throw new JsonParseException("'" + key + "' is missing, found keys " + json.keySet());
        }
        return member;
    }

    /** A number that must be there. */
    public static double number(JsonObject json, String key) {
        return member(json, key).getAsDouble();
    }

    /** A duration in milliseconds, to the nanosecond. */
    public static BigDecimal millis(Duration duration) {
        BigDecimal millis = BigDecimal.valueOf(duration.toNanos(), 6).stripTrailingZeros();
        return millis.scale() < 0 ? millis.setScale(0) : millis;
    }

    /** A duration that {@link #millis} wrote. */
    public static Duration duration(JsonObject json, String key) {
        return Duration.ofNanos(
                member(json, key).getAsBigDecimal().movePointRight(6).longValueExact());
    }
}
