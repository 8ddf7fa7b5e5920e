package dev.llmadapt.heads;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The fields of a stored head's {@code head.json}; what is missing or of another kind is refused by name. */
final class HeadJson {
    private final String source;
    private final JsonObject json;

    private HeadJson(String source, JsonObject json) {
        this.source = source;
        this.json = json;
    }

    /**
     * Parses a file's text.
     *
     * @param source the name of the file in errors
     */
    static HeadJson parse(String source, String text) {
        try {
            return new HeadJson(source, StrictJson.document(text));
        } catch (BrokenRecord e) {
            throw new LlmAdaptException(source + " cannot be read: " + e.reason(), e);
        }
    }

    LlmAdaptException broken(String key, String expected) {
        return new LlmAdaptException(source + ": '" + key + "' must be " + expected + ", got "
                + (json.has(key) ? BrokenRecord.brief(json.get(key).toString()) : "nothing"));
    }

    boolean has(String key) {
        return json.has(key);
    }

    HeadJson object(String key) {
        if (!(json.get(key) instanceof JsonObject object)) {
            throw broken(key, "an object");
        }
        return new HeadJson(source + ", '" + key + "'", object);
    }

    String text(String key) {
        if (!(json.get(key) instanceof JsonPrimitive primitive && primitive.isString())) {
            throw broken(key, "a text");
        }
        return primitive.getAsString();
    }

    boolean bool(String key) {
        if (!(json.get(key) instanceof JsonPrimitive primitive && primitive.isBoolean())) {
            throw broken(key, "true or false");
        }
        return primitive.getAsBoolean();
    }

    /** A finite number of at least {@code least}. */
    double number(String key, double least) {
        double value = json.get(key) instanceof JsonPrimitive primitive && primitive.isNumber()
                ? primitive.getAsDouble()
                : Double.NaN;
        if (!(value >= least && value <= Double.MAX_VALUE)) {
            throw broken(key, "a finite number of at least " + least);
        }
        return value;
    }

    /** A whole number of a range. */
    long whole(String key, long least, long most) {
        String expected = "a whole number from " + least + " to " + most;
        if (!(json.get(key) instanceof JsonPrimitive primitive && primitive.isNumber())) {
            throw broken(key, expected);
        }
        try {
            BigDecimal digits = primitive.getAsBigDecimal();
            if (digits.scale() < -20) { // 1e999999999 has that many digits when it is written out
                throw broken(key, expected);
            }
            long value = digits.longValueExact();
            if (value < least || value > most) {
                throw broken(key, expected);
            }
            return value;
        } catch (ArithmeticException e) {
            throw broken(key, expected);
        }
    }

    List<String> texts(String key) {
        return list(
                key,
                "a list of texts",
                element -> element instanceof JsonPrimitive primitive && primitive.isString()
                        ? primitive.getAsString()
                        : null);
    }

    List<Double> numbers(String key) {
        return list(
                key,
                "a list of numbers",
                element -> element instanceof JsonPrimitive primitive && primitive.isNumber()
                        ? (Double) primitive.getAsDouble()
                        : null);
    }

    List<HeadJson> objects(String key) {
        return list(
                key,
                "a list of objects",
                element ->
                        element instanceof JsonObject object ? new HeadJson(source + ", '" + key + "'", object) : null);
    }

    private <V> List<V> list(String key, String expected, Function<JsonElement, @Nullable V> read) {
        if (!(json.get(key) instanceof JsonArray array)) {
            throw broken(key, expected);
        }
        List<V> values = new ArrayList<>();
        for (JsonElement element : array) {
            V value = read.apply(element);
            if (value == null) {
                throw broken(key, expected);
            }
            values.add(value);
        }
        return values;
    }
}
