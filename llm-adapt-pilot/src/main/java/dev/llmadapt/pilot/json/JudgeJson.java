package dev.llmadapt.pilot.json;

import static dev.llmadapt.pilot.json.JsonFields.integer;
import static dev.llmadapt.pilot.json.JsonFields.member;
import static dev.llmadapt.pilot.json.JsonFields.number;

import com.google.gson.JsonObject;
import dev.llmadapt.pilot.results.JudgeGrade;
import dev.llmadapt.pilot.statistics.Interval;
import java.util.Optional;

/** The JSON of a judge's grade, as reports hold it. */
public final class JudgeJson {
    private JudgeJson() {}

    /** A grade as an object. */
    public static JsonObject write(JudgeGrade grade) {
        JsonObject json = new JsonObject();
        json.addProperty("grade", grade.grade());
        json.addProperty("low", grade.interval().low());
        json.addProperty("high", grade.interval().high());
        json.addProperty("answers", grade.answers());
        json.addProperty("failed", grade.failed());
        grade.againstBest().ifPresent(rate -> {
            JsonObject wins = new JsonObject();
            wins.addProperty("wins", rate.wins());
            wins.addProperty("ties", rate.ties());
            wins.addProperty("losses", rate.losses());
            json.add("againstBest", wins);
        });
        return json;
    }

    /** Reads what {@link #write} wrote. */
    public static JudgeGrade read(JsonObject json) {
        Optional<JudgeGrade.WinRate> wins = Optional.empty();
        if (json.has("againstBest")) {
            JsonObject rate = member(json, "againstBest").getAsJsonObject();
            wins = Optional.of(
                    new JudgeGrade.WinRate(integer(rate, "wins"), integer(rate, "ties"), integer(rate, "losses")));
        }
        return new JudgeGrade(
                number(json, "grade"),
                new Interval(number(json, "low"), number(json, "high")),
                integer(json, "answers"),
                integer(json, "failed"),
                wins);
    }
}
