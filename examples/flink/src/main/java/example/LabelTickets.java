package example;

import dev.llmadapt.LazyModel;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.peft.PeftAdapter;
import dev.llmadapt.pilot.Pilot;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.TaskFileOptions;
import dev.llmadapt.pilot.task.TaskFiles;
import dev.llmadapt.pilot.task.TaskSplit;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;

/**
 * Labels tickets in SQL by a strategy that a pilot chose and saved, and, where a model is named, writes to them by it;
 * beside each the same loop without Flink.
 *
 * <pre>LabelTickets [ROWS [MODEL [ADAPTER]]]</pre>
 */
public final class LabelTickets {
    private LabelTickets() {}

    /** Prints how many rows have which label, and rows per second. */
    public static void main(String[] args) throws IOException {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
        Path work = Files.createTempDirectory("tickets");
        SavedStrategy chosen = choose(work);
        List<String> known =
                chosen.task().examples().stream().map(each -> each.input()).toList();

        TableEnvironment tables = TableEnvironment.create(EnvironmentSettings.inBatchMode());
        tables.executeSql("CREATE TEMPORARY TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '" + count + "',"
                + " 'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '" + (count - 1) + "')");
        // one of them has no text
        tables.executeSql("CREATE TEMPORARY VIEW tickets AS SELECT n, CASE n WHEN " + count / 2 + " THEN ' ' ELSE ARRAY['"
                + String.join("', '", known) + "'][CAST(MOD(n, " + known.size()
                + ") AS INT) + 1] || ' (ticket ' || CAST(n AS STRING) || ')' END AS text FROM numbers");
        tables.executeSql("CREATE TEMPORARY MODEL labels INPUT (text STRING)"
                + " OUTPUT (label STRING, probability DOUBLE, `error-string` STRING) WITH ('provider' = 'llm-adapt',"
                + " 'strategy' = '" + work.resolve("saved") + "', 'error-handling-strategy' = 'ignore')");

        String labels = "SELECT label, `error-string`, COUNT(*) AS tickets"
                + " FROM ML_PREDICT(TABLE tickets, MODEL labels, DESCRIPTOR(text)) GROUP BY label, `error-string`";
        tables.executeSql(labels).print();
        List<String> texts = IntStream.range(0, count)
                .mapToObj(i -> known.get(i % known.size()) + " (ticket " + i + ")")
                .toList();
        try (Model model = chosen.adapt()) {
            double inFlink = seconds(() -> tables.executeSql(labels).collect().forEachRemaining(row -> {}));
            double alone = seconds(() -> loop(model, texts, chosen.task()::request));
            print("labelled by the saved strategy", count, inFlink, alone);
        }
        if (args.length > 1) {
            write(tables, texts, args[1], args.length > 2 ? args[2] : "");
        }
    }

    /** Lets a pilot measure a classifier on words, and saves it. */
    private static SavedStrategy choose(Path work) throws IOException {
        Path file = work.resolve("tickets.csv");
        try (InputStream csv = LabelTickets.class.getResourceAsStream("/tickets.csv")) {
            Files.copy(Objects.requireNonNull(csv), file);
        }
        TaskSplit split = TaskFiles.read(file, TaskFileOptions.defaults());
        try (Model none = new LazyModel(() -> {
            throw new IllegalStateException("no candidate here needs a language model");
        })) {
            PilotReport report = Pilot.of(split)
                    .candidates(StrategyCatalog.parse("words", 0))
                    .budget(Duration.ZERO)
                    .folder(work.resolve("run"))
                    .run(none);
            return SavedStrategy.save(
                    report.measured().get(0), report, split, work.resolve("run"), work.resolve("saved"));
        }
    }

    private static void write(TableEnvironment tables, List<String> texts, String base, String adapter) {
        tables.executeSql("CREATE TEMPORARY MODEL answers INPUT (text STRING)"
                + " OUTPUT (answer STRING, `error-string` STRING) WITH ('provider' = 'llm-adapt', 'model' = '" + base
                + "'" + (adapter.isEmpty() ? "" : ", 'adapter' = '" + adapter + "'")
                + ", 'max-tokens' = '16', 'error-handling-strategy' = 'ignore')");
        String answers = "SELECT `error-string`, COUNT(*) AS tickets"
                + " FROM ML_PREDICT(TABLE tickets, MODEL answers, DESCRIPTOR(text)) GROUP BY `error-string`";
        double inFlink = seconds(() -> tables.executeSql(answers).print());
        double alone = seconds(() -> {
            try (LocalModel model = LocalModel.open(
                    ModelSource.parse(base).fetch(Progress.NONE),
                    ModelOptions.defaults(),
                    adapter.isEmpty() ? List.of() : List.of(PeftAdapter.read(Path.of(adapter), "tickets")))) {
                loop(model, texts, text -> request(text, adapter));
            }
        });
        print("answered by the model, opening it included", texts.size(), inFlink, alone);
    }

    private static Request request(String text, String adapter) {
        Request request = adapter.isEmpty() ? Request.of(text) : Request.of(text).withAdapter("tickets");
        return request.withOptions(request.options().withMaxTokens(16));
    }

    private static void loop(Model model, List<String> texts, Function<String, Request> asking) {
        for (String text : texts) {
            model.generate(asking.apply(text));
        }
    }

    private static double seconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    private static void print(String what, int rows, double inFlink, double alone) {
        System.out.printf(
                Locale.ROOT,
                "%,d rows %s: %,.1f rows/s in Flink, %,.1f rows/s in a loop without it%n",
                rows,
                what,
                rows / inFlink,
                rows / alone);
    }
}
