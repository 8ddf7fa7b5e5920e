package dev.llmadapt.pilot.report;

import static dev.llmadapt.pilot.json.JsonFields.array;
import static dev.llmadapt.pilot.json.JsonFields.duration;
import static dev.llmadapt.pilot.json.JsonFields.integer;
import static dev.llmadapt.pilot.json.JsonFields.list;
import static dev.llmadapt.pilot.json.JsonFields.member;
import static dev.llmadapt.pilot.json.JsonFields.millis;
import static dev.llmadapt.pilot.json.JsonFields.number;
import static dev.llmadapt.pilot.json.JsonFields.text;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.llmadapt.Example;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Scoring;
import dev.llmadapt.pilot.json.OutcomeJson;
import dev.llmadapt.pilot.report.PilotReport.Baselines;
import dev.llmadapt.pilot.report.PilotReport.TaskSummary;
import dev.llmadapt.pilot.results.Comparison;
import dev.llmadapt.pilot.results.Failed;
import dev.llmadapt.pilot.results.Latency;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.PilotOptions;
import dev.llmadapt.pilot.results.Row;
import dev.llmadapt.pilot.results.RuledOut;
import dev.llmadapt.pilot.statistics.Interval;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A report as JSON, with nothing left out: the same report gives the same text, keys in a fixed order, durations in
 * milliseconds. What is written is read back as an equal report, durations to the nanosecond.
 */
public final class ReportJson {
    private static final String FORMAT = "llm-adapt-pilot-report";
    private static final int VERSION = 2;
    private static final String LEFT_BEHIND = "left behind: ";
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private ReportJson() {}

    /** The report as a JSON object, ended by a line break. */
    public static String write(PilotReport report) {
        JsonObject root = new JsonObject();
        root.addProperty("format", FORMAT);
        root.addProperty("version", VERSION);
        root.addProperty("started", report.started().toString());
        root.add("settings", texts(report.settings()));
        report.model().ifPresent(info -> root.add("model", model(info)));
        root.add("task", task(report.task()));
        JsonObject options = new JsonObject();
        options.addProperty("limit", report.options().limit());
        options.addProperty("seed", report.options().seed());
        root.add("options", options);
        root.add("needs", ReportDetailsJson.needs(report.needs()));
        root.add("rows", array(report.rows(), row -> row(row, report)));
        root.add("comparisons", array(report.comparisons(), ReportJson::comparison));
        root.add("leftBehind", texts(report.leftBehind()));
        root.add("recommendation", ReportDetailsJson.recommendation(report.recommendation()));
        return GSON.toJson(root) + "\n";
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws LlmAdaptException if it is not JSON, not such a report, or of another version
     */
    public static PilotReport read(String json) {
        try {
            JsonObject root = JsonParser.parseString(json).getAsJsonObject();
            if (!FORMAT.equals(text(root, "format")) || integer(root, "version") != VERSION) {
                throw new JsonParseException("expected " + FORMAT + " of version " + VERSION + ", got "
                        + text(root, "format") + " of version " + text(root, "version"));
            }
            Map<String, String> settings = readTexts(member(root, "settings").getAsJsonObject());
            Map<String, String> leftBehind = leftBehind(root, settings);
            JsonObject options = member(root, "options").getAsJsonObject();
            return new PilotReport(
                    Instant.parse(text(root, "started")),
                    settings,
                    Optional.ofNullable(root.get("model"))
                            .map(JsonElement::getAsJsonObject)
                            .map(ReportJson::readModel),
                    readTask(member(root, "task").getAsJsonObject()),
                    new PilotOptions(
                            integer(options, "limit"), member(options, "seed").getAsLong()),
                    ReportDetailsJson.readNeeds(member(root, "needs").getAsJsonObject()),
                    list(member(root, "rows").getAsJsonArray(), ReportJson::readRow),
                    list(member(root, "comparisons").getAsJsonArray(), ReportJson::readComparison),
                    leftBehind);
        } catch (JsonParseException
                | IllegalStateException
                | IllegalArgumentException
                | UnsupportedOperationException
                | ArithmeticException
                | DateTimeException e) {
            // Gson's tree answers a value of another type by these.
            throw new LlmAdaptException("not a pilot report: " + e.getMessage(), e);
        }
    }

    /** The reasons why strategies were left behind; reports of older versions have them among the settings. */
    private static Map<String, String> leftBehind(JsonObject root, Map<String, String> settings) {
        if (root.has("leftBehind")) {
            return readTexts(member(root, "leftBehind").getAsJsonObject());
        }
        Map<String, String> found = new LinkedHashMap<>();
        for (String key : List.copyOf(settings.keySet())) {
            if (key.startsWith(LEFT_BEHIND)) {
                found.put(key.substring(LEFT_BEHIND.length()), String.valueOf(settings.remove(key)));
            }
        }
        return found;
    }

    private static JsonObject texts(Map<String, String> texts) {
        JsonObject json = new JsonObject();
        texts.forEach(json::addProperty);
        return json;
    }

    private static Map<String, String> readTexts(JsonObject json) {
        Map<String, String> texts = new LinkedHashMap<>();
        json.entrySet()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().getAsString()));
        return texts;
    }

    private static JsonObject model(ModelInfo info) {
        JsonObject json = new JsonObject();
        json.addProperty("name", info.name());
        json.addProperty("architecture", info.architecture());
        json.addProperty("parameterCount", info.parameterCount());
        json.addProperty("contextLength", info.contextLength());
        json.addProperty("vocabularySize", info.vocabularySize());
        json.addProperty("precision", info.precision());
        if (info.scoring() != Scoring.EXACT) {
            json.addProperty("scoring", info.scoring().name());
        }
        return json;
    }

    private static ModelInfo readModel(JsonObject json) {
        return new ModelInfo(
                text(json, "name"),
                text(json, "architecture"),
                member(json, "parameterCount").getAsLong(),
                integer(json, "contextLength"),
                integer(json, "vocabularySize"),
                text(json, "precision"),
                json.has("scoring") ? Scoring.valueOf(text(json, "scoring")) : Scoring.EXACT);
    }

    private static JsonObject task(TaskSummary task) {
        JsonObject json = new JsonObject();
        json.addProperty("name", task.name());
        json.addProperty("hash", task.hash());
        json.addProperty("metric", task.metric());
        json.addProperty("labels", task.labels());
        json.addProperty("trainExamples", task.trainExamples());
        json.addProperty("testExamples", task.testExamples());
        task.baselines().ifPresent(baselines -> {
            JsonObject inner = new JsonObject();
            inner.addProperty("chance", baselines.chance());
            inner.addProperty("majority", baselines.majority());
            inner.addProperty("majorityLabel", baselines.majorityLabel());
            json.add("baselines", inner);
        });
        json.add("test", array(task.test(), example -> {
            JsonObject inner = new JsonObject();
            inner.addProperty("id", example.id());
            inner.addProperty("input", example.input());
            inner.addProperty("output", example.output());
            return inner;
        }));
        return json;
    }

    private static TaskSummary readTask(JsonObject json) {
        return new TaskSummary(
                text(json, "name"),
                text(json, "hash"),
                text(json, "metric"),
                integer(json, "labels"),
                integer(json, "trainExamples"),
                integer(json, "testExamples"),
                Optional.ofNullable(json.get("baselines"))
                        .map(JsonElement::getAsJsonObject)
                        .map(inner -> new Baselines(
                                number(inner, "chance"), number(inner, "majority"), text(inner, "majorityLabel"))),
                list(
                        member(json, "test").getAsJsonArray(),
                        inner -> new Example(text(inner, "id"), text(inner, "input"), text(inner, "output"))));
    }

    private static JsonObject row(Row row, PilotReport report) {
        JsonObject json = new JsonObject();
        json.addProperty("strategy", row.strategy());
        if (row instanceof Failed failed) {
            json.addProperty("error", failed.error());
        } else if (row instanceof RuledOut ruledOut) {
            json.addProperty("ruledOut", ruledOut.reason());
        } else if (row instanceof Measured measured) {
            json.addProperty("quality", measured.quality());
            json.addProperty("low", measured.interval().low());
            json.addProperty("high", measured.interval().high());
            json.addProperty("medianMs", millis(measured.latency().median()));
            json.addProperty("p95Ms", millis(measured.latency().p95()));
            json.addProperty("promptTokens", measured.promptTokens());
            json.addProperty("completionTokens", measured.completionTokens());
            json.addProperty("adaptMs", millis(measured.adaptTime()));
            json.addProperty("wallMs", millis(measured.wallTime()));
            json.addProperty("errors", measured.errors());
            json.add("costs", ReportDetailsJson.costs(measured, report));
            if (measured.calibration().answers() > 0) {
                json.add("calibration", ReportDetailsJson.calibration(measured.calibration()));
            }
            json.add("details", ReportDetailsJson.details(measured.details()));
            json.add("outcomes", array(measured.outcomes(), OutcomeJson::write));
        }
        return json;
    }

    private static Row readRow(JsonObject json) {
        String strategy = text(json, "strategy");
        if (json.has("error")) {
            return new Failed(strategy, text(json, "error"));
        }
        if (json.has("ruledOut")) {
            return new RuledOut(strategy, text(json, "ruledOut"));
        }
        return new Measured(
                strategy,
                number(json, "quality"),
                new Interval(number(json, "low"), number(json, "high")),
                new Latency(duration(json, "medianMs"), duration(json, "p95Ms")),
                number(json, "promptTokens"),
                number(json, "completionTokens"),
                duration(json, "adaptMs"),
                duration(json, "wallMs"),
                list(member(json, "outcomes").getAsJsonArray(), OutcomeJson::read),
                ReportDetailsJson.readDetails(member(json, "details").getAsJsonObject()));
    }

    private static JsonObject comparison(Comparison comparison) {
        JsonObject json = new JsonObject();
        json.addProperty("best", comparison.best());
        json.addProperty("other", comparison.other());
        json.addProperty("wins", comparison.wins());
        json.addProperty("losses", comparison.losses());
        json.addProperty("pValue", comparison.pValue());
        json.addProperty("differs", comparison.differs());
        return json;
    }

    private static Comparison readComparison(JsonObject json) {
        return new Comparison(
                text(json, "best"),
                text(json, "other"),
                integer(json, "wins"),
                integer(json, "losses"),
                number(json, "pValue"));
    }
}
