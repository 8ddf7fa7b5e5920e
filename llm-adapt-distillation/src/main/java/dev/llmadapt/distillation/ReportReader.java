package dev.llmadapt.distillation;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.distillation.DistillationReport.Cost;
import dev.llmadapt.distillation.DistillationReport.Reason;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads the JSON of a {@link DistillationReport}. */
final class ReportReader {
    private ReportReader() {}

    static DistillationReport read(String text) {
        try {
            JsonObject json = StrictJson.object(text);
            Map<Reason, Integer> dropped = new EnumMap<>(Reason.class);
            object(json, "dropped")
                    .entrySet()
                    .forEach(entry -> dropped.put(
                            Reason.valueOf(entry.getKey().toUpperCase(Locale.ROOT)), count(entry.getValue())));
            Map<String, Integer> answers = new LinkedHashMap<>();
            object(json, "answers").entrySet().forEach(entry -> answers.put(entry.getKey(), count(entry.getValue())));
            List<String> errors = new ArrayList<>();
            if (!(json.get("errors") instanceof JsonArray told)) {
                throw new IllegalArgumentException("'errors' must be a list, got " + json.get("errors"));
            }
            told.forEach(error -> errors.add(error.getAsString()));
            return new DistillationReport(
                    count(member(json, "inputs")),
                    count(member(json, "kept")),
                    count(member(json, "ownExamples")),
                    dropped,
                    answers,
                    cost(object(json, "spent")),
                    cost(object(json, "reused")),
                    count(member(json, "overlap")),
                    number(member(json, "overlapScore")).doubleValue(),
                    errors);
        } catch (BrokenRecord
                | IllegalArgumentException
                | IllegalStateException
                | UnsupportedOperationException
                | ArithmeticException e) {
            // Gson's tree answers a value of another type by these.
            throw new IllegalArgumentException("no report of a distillation: " + e.getMessage(), e);
        }
    }

    private static Cost cost(JsonObject json) {
        return new Cost(
                number(member(json, "answers")).longValueExact(),
                number(member(json, "promptTokens")).longValueExact(),
                number(member(json, "completionTokens")).longValueExact(),
                Duration.ofMillis(Math.round(number(member(json, "seconds")).doubleValue() * 1000)));
    }

    private static int count(JsonElement value) {
        return number(value).intValueExact();
    }

    private static BigDecimal number(JsonElement value) {
        if (value instanceof JsonPrimitive primitive && primitive.isNumber()) {
            return primitive.getAsBigDecimal();
        }
        throw new IllegalArgumentException("expected a number, got " + value);
    }

    private static JsonObject object(JsonObject json, String key) {
        if (member(json, key) instanceof JsonObject object) {
            return object;
        }
        throw new IllegalArgumentException("'" + key + "' must be an object, got " + json.get(key));
    }

    private static JsonElement member(JsonObject json, String key) {
        JsonElement found = json.get(key);
        if (found == null) {
            throw new IllegalArgumentException("expected '" + key + "', found the keys " + json.keySet());
        }
        return found;
    }
}
