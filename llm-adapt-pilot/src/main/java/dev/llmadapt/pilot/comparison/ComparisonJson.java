package dev.llmadapt.pilot.comparison;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.llmadapt.pilot.json.JsonFields;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.statistics.Interval;
import java.util.List;

/** A comparison of two runs as JSON, keys in a fixed order. */
public final class ComparisonJson {
    private static final String FORMAT = "llm-adapt-comparison";
    private static final int VERSION = 1;
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private ComparisonJson() {}

    /**
     * The comparison as a JSON object, ended by a line break.
     *
     * @param comparison what is compared
     * @param tolerance the loss of quality that is accepted
     */
    public static String write(RunComparison comparison, double tolerance) {
        JsonObject root = new JsonObject();
        root.addProperty("format", FORMAT);
        root.addProperty("version", VERSION);
        root.addProperty("tolerance", tolerance);
        root.add(
                "worse",
                names(comparison.worse(tolerance).stream().map(RunChange::name).toList()));
        root.add(
                "better",
                names(comparison.better(0).stream().map(RunChange::name).toList()));
        root.addProperty("enoughTests", comparison.tells());
        root.add("before", run(comparison.before()));
        root.add("after", run(comparison.after()));
        root.addProperty("testExamplesInBoth", comparison.both());
        root.addProperty("relabelled", comparison.relabelled());
        root.add("changes", JsonFields.array(comparison.all(), ComparisonJson::change));
        root.add("onlyBefore", names(comparison.onlyBefore()));
        root.add("onlyAfter", names(comparison.onlyAfter()));
        return GSON.toJson(root) + "\n";
    }

    private static JsonObject change(RunChange change) {
        Interval interval = change.interval();
        JsonObject json = new JsonObject();
        json.addProperty("before", change.before());
        json.addProperty("after", change.after());
        json.addProperty("qualityBefore", change.qualityBefore());
        json.addProperty("qualityAfter", change.qualityAfter());
        json.addProperty("difference", change.difference().difference());
        json.addProperty("low", interval.low());
        json.addProperty("high", interval.high());
        json.addProperty("tests", change.difference().pairs());
        json.addProperty("medianMsBefore", JsonFields.millis(change.medianBefore()));
        json.addProperty("medianMsAfter", JsonFields.millis(change.medianAfter()));
        return json;
    }

    private static JsonObject run(PilotReport report) {
        JsonObject json = new JsonObject();
        json.addProperty("started", report.started().toString());
        json.addProperty("task", report.task().name());
        json.addProperty("taskHash", report.task().hash());
        json.addProperty("model", report.modelText());
        json.addProperty("trainExamples", report.task().trainExamples());
        json.addProperty("testExamples", report.task().test().size());
        report.recommendation().choice().ifPresent(choice -> json.addProperty("recommended", choice));
        return json;
    }

    private static JsonArray names(List<String> names) {
        JsonArray array = new JsonArray();
        names.forEach(array::add);
        return array;
    }
}
