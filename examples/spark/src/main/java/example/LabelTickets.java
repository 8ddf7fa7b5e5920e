package example;

import dev.llmadapt.LazyModel;
import dev.llmadapt.Model;
import dev.llmadapt.Request;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.peft.PeftAdapter;
import dev.llmadapt.pilot.Pilot;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.TaskFileOptions;
import dev.llmadapt.pilot.task.TaskFiles;
import dev.llmadapt.pilot.task.TaskSplit;
import dev.llmadapt.spark.FolderBytes;
import dev.llmadapt.spark.RowAnswers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Labels tickets on Spark by a strategy that a pilot chose and saved, and, where a model is named, writes to them by an
 * adapter; beside each the same loop without Spark.
 *
 * <pre>LabelTickets [ROWS [MODEL ADAPTER]]</pre>
 */
public final class LabelTickets {
    private static final int BATCH = 32;

    private LabelTickets() {}

    /** Prints how many rows have which label, and rows per second. */
    public static void main(String[] args) throws IOException {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
        Path work = Files.createTempDirectory("tickets");
        SparkSession spark = SparkSession.builder()
                .appName("tickets")
                .master("local[2,3]")
                .config("spark.ui.enabled", false)
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1")
                .getOrCreate();
        try {
            SavedStrategy chosen = choose(work);
            List<String> texts = texts(chosen, count);
            Dataset<Row> tickets =
                    spark.createDataset(texts, Encoders.STRING()).toDF("text").repartition(8);
            try (JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext())) {
                Broadcast<FolderBytes> saved = context.broadcast(FolderBytes.read(work.resolve("saved")));
                RowAnswers labels = RowAnswers.ofStrategy(saved, () -> {
                    throw new IllegalStateException("this strategy needs no language model");
                });
                Dataset<Row> labelled = labels.answer(tickets, "text").cache();
                double onSpark = seconds(labelled::count);
                labelled.groupBy("answer", "error").count().show(false);
                try (Model model = chosen.adapt()) {
                    double alone = seconds(() -> loop(model, texts, chosen.task()::request));
                    print("by the saved strategy", count, onSpark, alone);
                }
                if (args.length == 3) {
                    byAdapter(context, tickets, texts, args[1], Path.of(args[2]));
                }
            }
        } finally {
            spark.stop();
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

    /** Tickets, one of which has no text. */
    private static List<String> texts(SavedStrategy chosen, int count) {
        List<String> texts = new ArrayList<>();
        List<String> known =
                chosen.task().examples().stream().map(each -> each.input()).toList();
        for (int i = 0; i < count; i++) {
            texts.add(i == count / 2 ? " " : known.get(i % known.size()) + " (ticket " + i + ")");
        }
        return texts;
    }

    private static void byAdapter(
            JavaSparkContext context, Dataset<Row> tickets, List<String> texts, String base, Path adapter) {
        Broadcast<FolderBytes> sent = context.broadcast(FolderBytes.read(adapter));
        RowAnswers answers = RowAnswers.of(
                () -> LocalModel.open(
                        Path.of(base),
                        ModelOptions.defaults(),
                        List.of(PeftAdapter.read(sent.value().unpacked(), "tickets"))),
                LabelTickets::request);
        Dataset<Row> answered = answers.answer(tickets, "text").cache();
        double onSpark = seconds(answered::count);
        answered.groupBy("error").count().show(false);
        try (LocalModel model = LocalModel.open(
                Path.of(base), ModelOptions.defaults(), List.of(PeftAdapter.read(adapter, "tickets")))) {
            double alone = seconds(() -> loop(model, texts, LabelTickets::request));
            print("by the adapter, opening its model on Spark included", texts.size(), onSpark, alone);
        }
    }

    private static Request request(String text) {
        Request request = Request.of(text).withAdapter("tickets");
        return request.withOptions(request.options().withMaxTokens(4));
    }

    private interface Asking {
        Request of(String text);
    }

    private static void loop(Model model, List<String> texts, Asking asking) {
        for (int from = 0; from < texts.size(); from += BATCH) {
            model.generate(texts.subList(from, Math.min(from + BATCH, texts.size())).stream()
                    .filter(text -> !text.isBlank())
                    .map(asking::of)
                    .toList());
        }
    }

    private static double seconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    private static void print(String what, int rows, double onSpark, double alone) {
        System.out.printf(
                Locale.ROOT,
                "%,d rows %s: %,.0f rows/s on Spark, %,.0f rows/s in a loop without it%n",
                rows,
                what,
                rows / onSpark,
                rows / alone);
    }
}
