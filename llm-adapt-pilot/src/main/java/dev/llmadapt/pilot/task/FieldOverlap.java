package dev.llmadapt.pilot.task;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.Metric;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The F1 of the fields that two JSON objects share: a field is right when its place and its value are, texts without
 * case and white space at the ends, numbers by value. The place of an item is its list, not its number; null is no
 * field. What is not JSON is worth nothing.
 */
record FieldOverlap() implements Metric {
    @Override
    public String name() {
        return "field F1";
    }

    @Override
    public double score(String expected, String actual) {
        List<String> right = fields(expected);
        List<String> left = new ArrayList<>(right);
        List<String> given;
        try {
            given = fields(actual);
        } catch (JsonParseException e) {
            return 0;
        }
        if (right.isEmpty() || given.isEmpty()) {
            return right.isEmpty() == given.isEmpty() ? 1 : 0;
        }
        long common = given.stream().filter(left::remove).count();
        return 2.0 * common / (right.size() + given.size());
    }

    private static List<String> fields(String json) {
        List<String> fields = new ArrayList<>();
        try {
            collect(JsonParser.parseString(json), "", fields);
        } catch (NumberFormatException | StackOverflowError e) {
            throw new JsonParseException("not JSON that can be compared", e);
        }
        return fields;
    }

    private static void collect(JsonElement json, String place, List<String> fields) {
        if (json instanceof JsonObject object) {
            for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
                collect(entry.getValue(), place + "/" + entry.getKey(), fields);
            }
        } else if (json instanceof JsonArray array) {
            array.forEach(each -> collect(each, place + "/*", fields));
        } else if (json instanceof JsonPrimitive value) {
            fields.add(place + "=" + value(value));
        }
    }

    private static String value(JsonPrimitive value) {
        if (value.isNumber() && value.getAsString().length() < 40) {
            return new BigDecimal(value.getAsString()).stripTrailingZeros().toPlainString();
        }
        return value.getAsString().strip().toLowerCase(Locale.ROOT);
    }
}
