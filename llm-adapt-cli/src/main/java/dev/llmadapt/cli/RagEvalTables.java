package dev.llmadapt.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.llmadapt.pilot.report.TextTable;
import dev.llmadapt.rag.AnswerReport;
import dev.llmadapt.rag.evaluation.MeanInterval;
import dev.llmadapt.rag.evaluation.RankingMetric;
import dev.llmadapt.rag.evaluation.RetrievalReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The measurements of {@code rag eval}, as tables and as JSON.
 *
 * @param context where tables are printed
 * @param collection what was measured
 */
record RagEvalTables(CommandContext context, Path collection) {
    private static final List<RankingMetric> METRICS = List.of(
            RankingMetric.ndcg(10),
            RankingMetric.hit(1),
            RankingMetric.hit(3),
            RankingMetric.recall(10),
            RankingMetric.reciprocalRank(10),
            RankingMetric.averagePrecision(100));

    /** Prints a table with a row for each retriever. */
    void retrieval(Map<String, RetrievalReport> reports, JsonArray rows, String embedder) {
        List<TextTable.Column> columns = new ArrayList<>();
        columns.add(new TextTable.Column("retriever", false, 0));
        columns.add(new TextTable.Column("queries", true, 5));
        METRICS.forEach(metric -> columns.add(new TextTable.Column(metric.name(), true, METRICS.indexOf(metric))));
        columns.add(new TextTable.Column("95%", true, 4));
        TextTable table = new TextTable(columns);
        reports.forEach((name, report) -> {
            List<String> cells = new ArrayList<>();
            cells.add(name);
            cells.add(Integer.toString(report.rankings().size()));
            JsonObject row = new JsonObject();
            row.addProperty("retriever", name);
            row.addProperty("queries", report.rankings().size());
            for (RankingMetric metric : METRICS) {
                cells.add(String.format(Locale.ROOT, "%.3f", report.mean(metric)));
                row.add(metric.name(), json(report.interval(metric, 1)));
            }
            MeanInterval first = report.interval(METRICS.get(0), 1);
            cells.add(String.format(Locale.ROOT, "%.3f-%.3f", first.low(), first.high()));
            table.row(false, cells);
            rows.add(row);
        });
        context.out()
                .println(collection + " by " + embedder + ", 95% of "
                        + METRICS.get(0).name());
        context.out()
                .print(table.render(
                        context.terminal().width(), context.terminal().styled()));
        context.out().flush();
    }

    private static JsonObject json(MeanInterval interval) {
        JsonObject object = new JsonObject();
        object.addProperty("mean", interval.mean());
        object.addProperty("low", interval.low());
        object.addProperty("high", interval.high());
        return object;
    }

    /** Prints a table with a row for each measure; the JSON has each answer, too. */
    void answers(AnswerReport answered, Map<String, AnswerReport.Measure> measured, JsonObject report) {
        TextTable table = new TextTable(List.of(
                new TextTable.Column("answers", false, 0),
                new TextTable.Column("of", true, 0),
                new TextTable.Column("mean", true, 0),
                new TextTable.Column("95%", true, 1)));
        JsonObject measures = new JsonObject();
        measured.forEach((name, measure) -> {
            MeanInterval interval = measure.interval();
            table.row(
                    false,
                    List.of(
                            name,
                            Integer.toString(measure.questions()),
                            String.format(Locale.ROOT, "%.3f", interval.mean()),
                            String.format(Locale.ROOT, "%.3f-%.3f", interval.low(), interval.high())));
            JsonObject each = json(interval);
            each.addProperty("questions", measure.questions());
            measures.add(name, each);
        });
        report.add("answers", measures);
        JsonArray all = new JsonArray();
        for (AnswerReport.Answer each : answered.answers()) {
            JsonObject one = new JsonObject();
            one.addProperty("id", each.question().id());
            one.addProperty("answer", each.answer().text());
            one.addProperty("refused", each.answer().refused());
            JsonArray sources = new JsonArray();
            each.answer().sources().forEach(source -> sources.add(source.id()));
            one.add("sources", sources);
            JsonArray cited = new JsonArray();
            each.answer().citations().forEach(citation -> cited.add(citation.number()));
            one.add("cited", cited);
            JsonArray nearest = new JsonArray();
            each.answer().nearest().forEach(other -> nearest.add(other.number()));
            one.add("nearest", nearest);
            one.addProperty("written", each.answer().generation().text());
            all.add(one);
        }
        report.add("questions", all);
        context.out().println();
        context.out()
                .print(table.render(
                        context.terminal().width(), context.terminal().styled()));
        context.out().flush();
    }
}
