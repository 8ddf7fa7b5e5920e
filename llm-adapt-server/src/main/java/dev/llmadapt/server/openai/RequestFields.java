package dev.llmadapt.server.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.server.http.Exchange;
import dev.llmadapt.server.http.HttpFailure;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An object of a request, read field by field; null counts as missing. What does not fit is refused with the path of
 * the field.
 */
final class RequestFields {
    private static final int MAX_DIGITS = 100;

    private final JsonObject object;
    private final String place; // the path to the object, empty for the whole

    private RequestFields(JsonObject object, String place) {
        this.object = object;
        this.place = place;
    }

    /**
     * Reads the body of a request.
     *
     * @throws HttpFailure 415 if it is not said to be JSON, 400 if it is none, of more than 64 levels, or with a key
     *     twice in an object
     */
    static RequestFields read(Exchange exchange) {
        String type =
                exchange.header("content-type").orElse("").split(";", 2)[0].strip();
        if (!type.toLowerCase(Locale.ROOT).equals("application/json")) {
            throw HttpFailure.of(
                    415,
                    "unsupported_media_type",
                    "the header 'content-type' must be application/json, got '" + type + "'");
        }
        String encoding = exchange.header("content-encoding").orElse("identity");
        if (!encoding.equalsIgnoreCase("identity")) {
            throw HttpFailure.of(
                    415, "unsupported_media_type", "the body must not be compressed, content-encoding: " + encoding);
        }
        return parse(exchange.body());
    }

    static RequestFields parse(byte[] body) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            return new RequestFields(StrictJson.document(text, RequestFields::digits), "");
        } catch (CharacterCodingException e) {
            throw HttpFailure.invalid(null, "the body must be UTF-8, got bytes that are not");
        } catch (BrokenRecord e) {
            throw HttpFailure.invalid(null, "the body must be one JSON object: " + e.reason());
        }
    }

    /** The time to read a number grows with the square of its length. */
    private static JsonPrimitive digits(String digits) {
        if (digits.length() > MAX_DIGITS) {
            throw new NumberFormatException("too long");
        }
        return new JsonPrimitive(new BigDecimal(digits));
    }

    /** The object itself. */
    JsonObject object() {
        return object;
    }

    /** No fields, in the place of an object that is not there. */
    RequestFields empty() {
        return new RequestFields(new JsonObject(), place);
    }

    /** These fields without one. */
    RequestFields without(String name) {
        JsonObject others = object.deepCopy();
        others.remove(name);
        return new RequestFields(others, place);
    }

    /** The path of a field, for messages. */
    String path(String name) {
        return place.isEmpty() ? name : place + "." + name;
    }

    HttpFailure wrong(String name, String expected, JsonElement got) {
        return HttpFailure.invalid(path(name), path(name) + " must be " + expected + ", got " + shown(got));
    }

    /** A value in a message: short, and on one line. */
    static String shown(JsonElement value) {
        if (value.isJsonObject()) {
            return "an object";
        } else if (value.isJsonArray()) {
            return "an array";
        }
        return BrokenRecord.brief(value.toString());
    }

    Optional<JsonElement> value(String name) {
        JsonElement value = object.get(name);
        return value == null || value.isJsonNull() ? Optional.empty() : Optional.of(value);
    }

    Optional<String> text(String name) {
        return value(name).map(value -> text(name, value));
    }

    private String text(String name, JsonElement value) {
        if (value instanceof JsonPrimitive primitive && primitive.isString()) {
            return primitive.getAsString();
        }
        throw wrong(name, "a string", value);
    }

    String requiredText(String name) {
        return text(name).orElseThrow(() -> missing(name));
    }

    HttpFailure missing(String name) {
        return HttpFailure.invalid(path(name), path(name) + " is missing");
    }

    Optional<Boolean> flag(String name) {
        return value(name).map(value -> {
            if (value instanceof JsonPrimitive primitive && primitive.isBoolean()) {
                return primitive.getAsBoolean();
            }
            throw wrong(name, "true or false", value);
        });
    }

    boolean flag(String name, boolean otherwise) {
        return flag(name).orElse(otherwise);
    }

    /** A whole number in a range. */
    Optional<Integer> integer(String name, int min, int max) {
        return whole(name, min, max).map(Long::intValue);
    }

    /** A whole number in a range. */
    Optional<Long> whole(String name, long min, long max) {
        return value(name)
                .map(value -> wholeOrEmpty(value, min, max)
                        .orElseThrow(() -> wrong(name, "a whole number in [" + min + ", " + max + "]", value)));
    }

    static Optional<Long> wholeOrEmpty(JsonElement value, long min, long max) {
        if (value instanceof JsonPrimitive primitive && primitive.isNumber()) {
            try {
                long number = primitive.getAsBigDecimal().longValueExact();
                return number >= min && number <= max ? Optional.of(number) : Optional.empty();
            } catch (ArithmeticException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** A number in a range, whose ends are in it. */
    Optional<Double> number(String name, double min, double max) {
        return value(name).map(value -> {
            if (value instanceof JsonPrimitive primitive && primitive.isNumber()) {
                double number = primitive.getAsBigDecimal().doubleValue();
                if (number >= min && number <= max) {
                    return number;
                }
            }
            throw wrong(name, "a number in [" + min + ", " + max + "]", value);
        });
    }

    Optional<RequestFields> object(String name) {
        return value(name).map(value -> object(value, path(name)));
    }

    private RequestFields object(JsonElement value, String path) {
        if (value instanceof JsonObject inside) {
            return new RequestFields(inside, path);
        }
        throw HttpFailure.invalid(path, path + " must be an object, got " + shown(value));
    }

    Optional<JsonArray> array(String name) {
        return value(name).map(value -> {
            if (value instanceof JsonArray array) {
                return array;
            }
            throw wrong(name, "an array", value);
        });
    }

    /** The objects of an array. */
    List<RequestFields> objects(String name) {
        List<RequestFields> objects = new ArrayList<>();
        for (JsonElement value : array(name).orElseGet(JsonArray::new)) {
            objects.add(object(value, path(name) + "[" + objects.size() + "]"));
        }
        return objects;
    }

    /** One string, or an array of them; empty if missing. */
    List<String> texts(String name) {
        Optional<JsonElement> value = value(name);
        if (value.isPresent() && value.get() instanceof JsonArray array) {
            List<String> texts = new ArrayList<>();
            for (JsonElement each : array) {
                texts.add(text(name + "[" + texts.size() + "]", each));
            }
            return texts;
        }
        return text(name).map(List::of).orElse(List.of());
    }
}
