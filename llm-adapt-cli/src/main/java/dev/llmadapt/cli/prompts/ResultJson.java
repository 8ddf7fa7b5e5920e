package dev.llmadapt.cli.prompts;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.llmadapt.cli.prompts.SuiteResult.Cell;
import dev.llmadapt.cli.prompts.SuiteResult.Checked;
import dev.llmadapt.cli.prompts.SuiteResult.Column;
import java.util.List;

/** The result as JSON, for programs: an element for each test, prompt and model. */
public final class ResultJson {
    private ResultJson() {}

    /** Writes the result. */
    public static String write(SuiteResult result) {
        JsonObject root = new JsonObject();
        root.addProperty("format", "llm-adapt-prompt-tests");
        root.addProperty("version", 1);
        root.addProperty("description", result.suite().description());
        root.addProperty("passed", result.allPassed());
        JsonArray results = new JsonArray();
        for (int t = 0; t < result.rows().size(); t++) {
            List<Cell> row = result.rows().get(t);
            for (int c = 0; c < row.size(); c++) {
                results.add(
                        cell(t, result.suite().tests().get(t), result.columns().get(c), row.get(c)));
            }
        }
        root.add("results", results);
        return new GsonBuilder()
                        .setPrettyPrinting()
                        .disableHtmlEscaping()
                        .create()
                        .toJson(root) + "\n";
    }

    private static JsonObject cell(int index, PromptSuite.Test test, Column column, Cell cell) {
        JsonObject json = new JsonObject();
        json.addProperty("test", index + 1);
        json.addProperty("description", test.name());
        json.addProperty("prompt", column.prompt().label());
        json.addProperty("model", column.provider().label());
        json.addProperty("source", column.provider().id());
        json.addProperty("passed", cell.passed());
        json.addProperty("score", cell.score());
        JsonArray messages = new JsonArray();
        cell.messages().forEach(message -> {
            JsonObject each = new JsonObject();
            each.addProperty("role", message.role().key());
            each.addProperty("content", message.content());
            messages.add(each);
        });
        json.add("messages", messages);
        if (!cell.trouble().isEmpty()) {
            json.addProperty("error", cell.trouble());
        }
        cell.answer().ifPresent(answer -> {
            json.addProperty("answer", answer.text());
            json.addProperty("promptTokens", answer.usage().promptTokens());
            json.addProperty("completionTokens", answer.usage().completionTokens());
            json.addProperty("milliseconds", answer.millis());
            json.addProperty("cached", answer.cached());
            column.provider().prices().ifPresent(prices -> json.addProperty("cost", prices.of(answer.usage())));
        });
        json.add("assertions", checks(cell.checks()));
        return json;
    }

    private static JsonArray checks(List<Checked> checks) {
        JsonArray array = new JsonArray();
        checks.forEach(check -> {
            JsonObject each = new JsonObject();
            each.addProperty("type", check.assertion().name());
            if (!check.assertion().metric().isEmpty()) {
                each.addProperty("metric", check.assertion().metric());
            }
            each.addProperty("place", check.assertion().place());
            each.addProperty("weight", check.assertion().weight());
            each.addProperty("passed", check.passed());
            each.addProperty("score", check.score());
            if (!check.reason().isEmpty()) {
                each.addProperty("reason", check.reason());
            }
            if (!check.parts().isEmpty()) {
                each.add("assertions", checks(check.parts()));
            }
            array.add(each);
        });
        return array;
    }
}
