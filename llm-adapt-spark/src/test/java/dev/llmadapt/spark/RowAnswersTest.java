package dev.llmadapt.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Request;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.pilot.Pilot;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.TaskSplit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows answered by Spark on two threads of this process. */
class RowAnswersTest {
    private static final StructType SCHEMA =
            new StructType().add("id", DataTypes.IntegerType).add("text", DataTypes.StringType);

    @TempDir
    static Path folder;

    private static SparkSession spark;

    /** What models here saw; static, since they are opened where they are used. */
    private static final AtomicInteger OPENED = new AtomicInteger();

    private static final AtomicInteger CLOSED = new AtomicInteger();
    private static final AtomicInteger ASKED = new AtomicInteger();
    private static final AtomicInteger GONE = new AtomicInteger();
    private static final AtomicBoolean SLOW = new AtomicBoolean();
    private static final AtomicLong TASK = new AtomicLong(-1);

    @BeforeAll
    static void start() {
        spark = Sessions.open(folder);
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    @BeforeEach
    void reset() {
        List.of(OPENED, CLOSED, ASKED, GONE).forEach(each -> each.set(0));
    }

    /** A model that counts, refuses poison, and is gone for as many requests as {@code GONE} says. */
    private static final class Counting extends ModelLayer {
        Counting() {
            super(new ToyModel());
            OPENED.incrementAndGet();
        }

        @Override
        protected Request apply(Request request) {
            String text = request.last().content();
            if (text.contains("poison")) {
                throw new LlmAdaptException("it is poisoned");
            }
            if (text.contains("gone") && GONE.getAndDecrement() > 0) {
                throw new UnavailableException("nobody answers");
            }
            if (text.contains("slow") && SLOW.getAndSet(false)) {
                block();
            }
            ASKED.incrementAndGet();
            return request;
        }

        /** Until the thread is interrupted, as an answer that takes long does. */
        private static void block() {
            TASK.set(TaskContext.get().taskAttemptId());
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
            }
        }

        @Override
        protected void release() {
            CLOSED.incrementAndGet();
        }
    }

    private static Dataset<Row> rows(int partitions, List<@Nullable String> texts) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            rows.add(RowFactory.create(i, texts.get(i)));
        }
        return spark.createDataFrame(
                JavaSparkContext.fromSparkContext(spark.sparkContext()).parallelize(rows, partitions), SCHEMA);
    }

    private static List<@Nullable String> texts(int count) {
        List<@Nullable String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add("which dog is number " + i);
        }
        return texts;
    }

    private static RowAnswers counting() {
        return RowAnswers.of(Counting::new, Request::of).withBatchSize(8);
    }

    @Test
    void answer_rows_haveTheAnswersOfTheModel() {
        List<Row> answered = counting().answer(rows(4, texts(100)), "text").collectAsList();

        assertThat(answered).hasSize(100);
        try (Model model = new ToyModel()) {
            for (Row row : answered) {
                String expected =
                        model.generate(Request.of(row.<String>getAs("text"))).text();
                assertThat(row.<String>getAs("answer")).isEqualTo(expected);
                assertThat(row.<String>getAs("error")).isNull();
            }
        }
        assertThat(OPENED).as("once in an executor").hasValue(1);
        assertThat(ASKED).as("each once, and a short text").hasValue(100 + 1);
    }

    @Test
    void answer_poisonedRow_failsAlone() {
        List<@Nullable String> texts = texts(30);
        texts.set(3, "poison");
        texts.set(4, " ");
        texts.set(5, null);
        List<Row> answered = counting().answer(rows(2, texts), "text").collectAsList();

        assertThat(answered.get(3).<String>getAs("error")).isEqualTo("it is poisoned");
        assertThat(answered.get(3).<String>getAs("answer")).isNull();
        assertThat(answered.get(4).<String>getAs("error")).isEqualTo("the text is empty");
        assertThat(answered.get(5).<String>getAs("error")).isEqualTo("the text is empty");
        assertThat(answered.stream().filter(row -> row.getAs("answer") != null)).hasSize(27);
    }

    @Test
    void answer_modelThatIsGoneForAWhile_isAskedAgainAndOnlyForWhatIsMissing() {
        GONE.set(2);
        List<@Nullable String> texts = texts(64);
        texts.set(60, "who is gone"); // in the last batch
        List<Row> answered = counting().answer(rows(1, texts), "text").collectAsList();

        assertThat(answered).hasSize(64).allMatch(row -> row.getAs("error") == null);
        assertThat(answered.stream().map(row -> row.<Integer>getAs("id")))
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(GONE.get()).isNegative();
        assertThat(ASKED)
                .as("64, those of the batch that failed, and a short text")
                .hasValueBetween(65, 65 + 2 * 8);
    }

    @Test
    void answer_taskThatIsKilled_goesOnAfterItsLastBatch() throws InterruptedException {
        SLOW.set(true);
        TASK.set(-1);
        List<@Nullable String> texts = texts(64);
        texts.set(60, "a slow dog"); // in the last batch
        Thread killer = new Thread(() -> {
            while (TASK.get() < 0) {
                Thread.onSpinWait();
            }
            spark.sparkContext().killTaskAttempt(TASK.get(), true, "by the test");
        });
        killer.start();
        List<Row> answered = counting().answer(rows(1, texts), "text").collectAsList();
        killer.join();

        assertThat(answered).hasSize(64).allMatch(row -> row.getAs("error") == null);
        assertThat(answered.stream().map(row -> row.<Integer>getAs("id")))
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(ASKED)
                .as("56 by the first attempt, the last batch, and a short text")
                .hasValueBetween(65, 65 + 8);
    }

    @Test
    void answer_modelThatStaysAway_failsTheJob() {
        GONE.set(1_000);

        assertThatThrownBy(() -> counting()
                        .answer(rows(1, List.of("who is gone")), "text")
                        .collectAsList())
                .hasStackTraceContaining("nobody answers");
    }

    @Test
    void answer_adapterThatTheModelDoesNotHave_failsTheJobBeforeARow() {
        RowAnswers answers =
                RowAnswers.of(Counting::new, text -> Request.of(text).withAdapter("nobody"));

        assertThatThrownBy(() -> answers.answer(rows(1, texts(4)), "text").collectAsList())
                .hasStackTraceContaining("unknown adapters [AdapterUse[name=nobody");
        assertThat(OPENED.get()).isPositive();
        assertThat(CLOSED).hasValue(OPENED.get());
    }

    @Test
    void answer_functionOfTextsOfSomeForm_isAskedAboutRowsAlone() {
        RowAnswers answers = RowAnswers.of(Counting::new, text -> Request.of(text.substring(2)));
        List<Row> answered =
                answers.answer(rows(1, List.of("1;a dog", "2;an oak")), "text").collectAsList();

        assertThat(answered).hasSize(2).allMatch(row -> row.getAs("error") == null);
        assertThat(ASKED).hasValue(2);
    }

    @Test
    void answer_modelThatNobodyNeeds_isClosed() throws InterruptedException {
        RowAnswers answers = counting().withKeepOpen(Duration.ZERO);
        answers.answer(rows(1, texts(4)), "text").collectAsList();
        for (int i = 0; i < 500 && CLOSED.get() == 0; i++) {
            Thread.sleep(10);
        }
        assertThat(CLOSED).hasValue(1);
        answers.answer(rows(1, texts(4)), "text").collectAsList();
        assertThat(OPENED).as("opened again").hasValue(2);
    }

    @Test
    void ofStrategy_savedByAPilot_labelsAsItDoes() {
        TaskSplit split =
                new TaskSplit(ToyTask.task(), ToyTask.test(), List.of()).withFileLabels(Map.of("tool", "a_tool"));
        Path saved = folder.resolve("saved");
        try (Model model = new ToyModel()) {
            PilotReport report = Pilot.of(split)
                    .candidates(StrategyCatalog.parse("words", 0))
                    .budget(Duration.ZERO)
                    .folder(folder.resolve("work"))
                    .run(model);
            SavedStrategy.save(report.measured().get(0), report, split, folder.resolve("work"), saved);
        }
        Broadcast<FolderBytes> sent =
                JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(FolderBytes.read(saved));
        RowAnswers answers = RowAnswers.ofStrategy(sent, () -> {
            throw new IllegalStateException("it needs no language model");
        });
        List<Row> answered = answers.answer(rows(2, List.of("the dog barks", "a hammer and a nail")), "text")
                .collectAsList();

        assertThat(answered.get(0).<String>getAs("answer")).isEqualTo("animal");
        assertThat(answered.get(1).<String>getAs("answer")).isEqualTo("a_tool");
        assertThat(answered.get(0).<Double>getAs("probability")).isBetween(0.0, 1.0);
    }

    @Test
    void answer_columnsThatCannotBe_areRefused() {
        Dataset<Row> rows = rows(1, texts(1));
        assertThatThrownBy(() -> counting().answer(rows, "body")).hasMessageContaining("found [id, text]");
        assertThatThrownBy(() -> counting().answer(rows.withColumnRenamed("id", "text"), "text"))
                .hasMessageContaining("several columns 'text' in [text, text]");
        assertThatThrownBy(() -> counting().answer(rows, "id")).hasMessageContaining("type string, got int");
        assertThatThrownBy(() -> counting().answer(rows.withColumnRenamed("id", "Answer"), "text"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a column 'answer' already");
        assertThatThrownBy(() -> counting().withBatchSize(0)).hasMessageContaining("[1, 4096]");
    }
}
