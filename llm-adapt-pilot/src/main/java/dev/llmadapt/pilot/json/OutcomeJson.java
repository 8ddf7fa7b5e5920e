package dev.llmadapt.pilot.json;

import static dev.llmadapt.pilot.json.JsonFields.duration;
import static dev.llmadapt.pilot.json.JsonFields.integer;
import static dev.llmadapt.pilot.json.JsonFields.millis;
import static dev.llmadapt.pilot.json.JsonFields.number;
import static dev.llmadapt.pilot.json.JsonFields.text;

import com.google.gson.JsonObject;
import dev.llmadapt.pilot.results.Confidence;
import dev.llmadapt.pilot.results.Outcome;
import java.util.Optional;

/** The JSON of one outcome, as reports and journals hold it. */
public final class OutcomeJson {
    private OutcomeJson() {}

    /** An outcome as an object. */
    public static JsonObject write(Outcome outcome) {
        JsonObject json = new JsonObject();
        json.addProperty("id", outcome.id());
        json.addProperty("expected", outcome.expected());
        json.addProperty("answer", outcome.answer());
        json.addProperty("score", outcome.score());
        json.addProperty("ms", millis(outcome.latency()));
        json.addProperty("promptTokens", outcome.promptTokens());
        json.addProperty("completionTokens", outcome.completionTokens());
        json.addProperty("error", outcome.error());
        outcome.confidence().ifPresent(confidence -> {
            json.addProperty("confidence", confidence.probability());
            json.addProperty("brier", confidence.brier());
        });
        return json;
    }

    /** Reads what {@link #write} wrote; what older versions wrote has no confidence. */
    public static Outcome read(JsonObject json) {
        return new Outcome(
                text(json, "id"),
                text(json, "expected"),
                text(json, "answer"),
                number(json, "score"),
                duration(json, "ms"),
                integer(json, "promptTokens"),
                integer(json, "completionTokens"),
                text(json, "error"),
                json.has("confidence")
                        ? Optional.of(new Confidence(number(json, "confidence"), number(json, "brier")))
                        : Optional.empty());
    }
}
