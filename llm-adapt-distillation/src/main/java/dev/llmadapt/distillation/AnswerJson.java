package dev.llmadapt.distillation;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.Decision;
import dev.llmadapt.distillation.DistillationReport.Cost;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The lines of an {@link AnswerFile}. */
final class AnswerJson {
    static final String HEADER = "{\"format\":\"llm-adapt teacher answers\",\"version\":1}";

    private static final BigDecimal MAX_SECONDS = BigDecimal.valueOf(1_000_000_000);

    private AnswerJson() {}

    /**
     * An answer under the key of its question.
     *
     * @param input the input, for people who look into the file
     */
    record Entry(String key, String input, TeacherAnswer answer) {}

    static String write(Entry entry) {
        TeacherAnswer answer = entry.answer();
        JsonObject json = new JsonObject();
        json.addProperty("key", entry.key());
        json.addProperty("input", entry.input());
        json.addProperty("answer", answer.text());
        json.addProperty("cutOff", answer.cutOff());
        json.addProperty("promptTokens", answer.cost().promptTokens());
        json.addProperty("completionTokens", answer.cost().completionTokens());
        json.addProperty("seconds", BigDecimal.valueOf(answer.cost().time().toNanos(), 9));
        answer.decision().ifPresent(decision -> {
            JsonObject probabilities = new JsonObject();
            decision.choices().forEach(choice -> probabilities.addProperty(choice.label(), choice.probability()));
            json.add("probabilities", probabilities);
            json.addProperty("calibrated", decision.calibrated());
        });
        return json.toString();
    }

    static Entry read(String line) throws BrokenRecord {
        JsonObject json = StrictJson.object(line);
        String key = primitive(json, "key").getAsString();
        if (!key.matches("[0-9a-f]{64}")) {
            throw new BrokenRecord("'key' must be 64 hexadecimal digits, got '" + BrokenRecord.brief(key) + "'");
        }
        Cost cost = new Cost(
                1,
                whole(json, "promptTokens"),
                whole(json, "completionTokens"),
                Duration.ofNanos(number(json, "seconds").movePointRight(9).longValue()));
        return new Entry(
                key,
                text(json, "input"),
                new TeacherAnswer(text(json, "answer"), bool(json, "cutOff"), decision(json), cost));
    }

    private static Optional<Decision> decision(JsonObject json) throws BrokenRecord {
        if (!json.has("probabilities")) {
            return Optional.empty();
        }
        if (!(json.get("probabilities") instanceof JsonObject probabilities)) {
            throw new BrokenRecord("'probabilities' must be an object of a number a label");
        }
        List<Decision.Choice> choices = new ArrayList<>();
        try {
            for (Map.Entry<String, JsonElement> each : probabilities.entrySet()) {
                choices.add(new Decision.Choice(
                        each.getKey(), number(probabilities, each.getKey()).doubleValue()));
            }
            return Optional.of(new Decision(choices, bool(json, "calibrated")));
        } catch (IllegalArgumentException e) {
            throw new BrokenRecord("'probabilities' are none: " + e.getMessage());
        }
    }

    private static JsonPrimitive primitive(JsonObject json, String key) throws BrokenRecord {
        if (json.get(key) instanceof JsonPrimitive primitive) {
            return primitive;
        }
        throw new BrokenRecord("expected '" + key + "', found the keys "
                + BrokenRecord.brief(json.keySet().toString()));
    }

    private static String text(JsonObject json, String key) throws BrokenRecord {
        JsonPrimitive value = primitive(json, key);
        if (!value.isString()) {
            throw new BrokenRecord("'" + key + "' must be a text, got " + BrokenRecord.brief(value.toString()));
        }
        return value.getAsString();
    }

    private static boolean bool(JsonObject json, String key) throws BrokenRecord {
        JsonPrimitive value = primitive(json, key);
        if (!value.isBoolean()) {
            throw new BrokenRecord("'" + key + "' must be true or false, got " + BrokenRecord.brief(value.toString()));
        }
        return value.getAsBoolean();
    }

    /** A number from 0 to a billion, whose digits cannot cost memory. */
    private static BigDecimal number(JsonObject json, String key) throws BrokenRecord {
        JsonPrimitive value = primitive(json, key);
        if (value.isNumber() && value.getAsNumber() instanceof BigDecimal number) {
            boolean small = number.precision() <= 40 && Math.abs((long) number.scale()) <= 400;
            if (small && number.signum() >= 0 && number.compareTo(MAX_SECONDS) <= 0) {
                return number;
            }
        }
        throw new BrokenRecord("'" + key + "' must be a number from 0 to " + MAX_SECONDS + ", got "
                + BrokenRecord.brief(value.toString()));
    }

    private static int whole(JsonObject json, String key) throws BrokenRecord {
        try {
            return number(json, key).intValueExact();
        } catch (ArithmeticException e) {
            throw new BrokenRecord("'" + key + "' must be a whole number, got " + json.get(key));
        }
    }
}
