package dev.llmadapt.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of jobs whose model fails, waits, or is shared. */
class ToyJobsTest {
    private static final String IGNORE = "'error-handling-strategy' = 'ignore'";
    private static final String PREDICT = "SELECT * FROM ML_PREDICT(TABLE texts, MODEL toy, DESCRIPTOR(text)";

    @SuppressWarnings("NullAway.Init")
    private static Cluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.shared();
    }

    @BeforeEach
    void reset() {
        ToyProviderFactory.reset();
    }

    @AfterEach
    void allIsClosed() throws InterruptedException {
        for (int i = 0; i < 1000 && RowAnswering.OPEN.count() > 0; i++) {
            Thread.sleep(10); // a job ends a moment before its tasks have closed
        }
        assertThat(RowAnswering.OPEN.count()).isZero();
        assertThat(ToyProviderFactory.CLOSED.get()).isEqualTo(ToyProviderFactory.OPENED.get());
    }

    private static TableEnvironment tables(
            Map<String, String> configuration, String options, @Nullable String... texts) {
        TableEnvironment tables = cluster.tables(configuration);
        String rows = IntStream.range(0, texts.length)
                .mapToObj(i -> "(" + i + ", " + quoted(texts[i]) + ")")
                .collect(Collectors.joining(", "));
        tables.executeSql("CREATE TEMPORARY VIEW texts AS SELECT * FROM (VALUES " + rows + ") AS t(id, text)");
        String error = options.contains("ignore") ? ", `error-string` STRING" : "";
        tables.executeSql("CREATE TEMPORARY MODEL toy INPUT (text STRING) OUTPUT (answer STRING" + error
                + ") WITH ('provider' = 'toy'" + (options.isEmpty() ? "" : ", ") + options + ")");
        return tables;
    }

    private static String quoted(@Nullable String text) {
        return text == null ? "CAST(NULL AS STRING)" : "'" + text + "'";
    }

    @Test
    void rows_thatFail_haveTheirErrorAndTheOthersAnswers() throws Exception {
        @Nullable String[] texts = {"dog", "poison", " ", null, "cat"};
        for (String how : List.of(")", ", MAP['async', 'false'])")) {
            List<Row> rows = new ArrayList<>(Cluster.rows(tables(Map.of(), IGNORE, texts), PREDICT + how));
            rows.sort(Comparator.comparing(row -> (Integer) row.getField("id"))); // a null makes VALUES a UNION

            assertThat(rows).extracting(row -> row.getField("id")).containsExactly(0, 1, 2, 3, 4);
            assertThat(rows)
                    .extracting(row -> row.getField("error-string"))
                    .containsExactly(null, "it is poisoned", "the text is empty", "the text is empty", null);
            assertThat(rows).filteredOn(row -> row.getField("answer") != null).hasSize(2);
        }
    }

    @Test
    void rows_thatFailWithoutAColumnForErrors_areLeftOutOrFailTheJob() throws Exception {
        TableEnvironment tables = tables(Map.of(), "", "dog", "poison", "cat");
        assertThatThrownBy(() -> Cluster.rows(tables, PREDICT + ")"))
                .hasStackTraceContaining("a row cannot be answered: it is poisoned; with 'error-handling-strategy'");

        tables.executeSql("CREATE TEMPORARY MODEL silent INPUT (text STRING) OUTPUT (answer STRING)"
                + " WITH ('provider' = 'toy', " + IGNORE + ")");
        assertThat(Cluster.rows(tables, PREDICT.replace("toy", "silent") + ")"))
                .extracting(row -> row.getField("id"))
                .containsExactly(0, 2);
    }

    @Test
    void rows_severalAtATime_keepTheirOrder() throws Exception {
        String[] texts = {"a slow dog", "a slow cat", "dog", "cat", "a slow oak", "oak"};
        List<Row> rows = Cluster.rows(
                tables(Map.of(), "", texts), PREDICT + ", MAP['async', 'true', 'max-concurrent-operations', '3'])");

        assertThat(rows).extracting(row -> row.getField("text")).containsExactly((Object[]) texts);
        assertThat(ToyProviderFactory.MOST_RUNNING.get())
                .as("a busy machine may begin the third late")
                .isBetween(2, 3);
    }

    @Test
    void job_whoseAnswersTakeTooLong_failsAndEndsThem() {
        TableEnvironment tables = tables(Map.of(), IGNORE, "dog", "a dog that never barks");
        assertThatThrownBy(() -> Cluster.rows(tables, PREDICT + ", MAP['async', 'true', 'timeout', '1s'])"))
                .hasStackTraceContaining("TimeoutException");
        assertThat(ToyProviderFactory.INTERRUPTED.get()).isEqualTo(1);
    }

    @Test
    void job_whoseModelIsGone_startsAgainAndLosesNoRow() throws Exception {
        ToyProviderFactory.GONE.set(2);
        Map<String, String> restarts = Map.of(
                "restart-strategy.type", "fixed-delay",
                "restart-strategy.fixed-delay.attempts", "3",
                "restart-strategy.fixed-delay.delay", "10 ms",
                "execution.checkpointing.interval", "100 ms");
        TableEnvironment tables = tables(restarts, IGNORE, "none");
        // a source that keeps its place in checkpoints, which Flink's VALUES do not: they come anew after a restart
        tables.executeSql("CREATE TEMPORARY TABLE numbers (id BIGINT) WITH ('connector' = 'datagen',"
                + " 'fields.id.kind' = 'sequence', 'fields.id.start' = '0', 'fields.id.end' = '39')");
        tables.executeSql("CREATE TEMPORARY VIEW dogs AS SELECT CASE id WHEN 0 THEN 'a slow dog'"
                + " WHEN 30 THEN 'who is gone' ELSE 'dog ' || CAST(id AS STRING) END AS text FROM numbers");
        List<Row> rows = Cluster.rows(tables, PREDICT.replace("texts", "dogs") + ")");

        assertThat(rows)
                .as("checkpoints are made while the first is answered")
                .extracting(row -> row.getField("text"))
                .containsExactlyElementsOf(IntStream.range(0, 40)
                        .mapToObj(i -> i == 0 ? "a slow dog" : i == 30 ? "who is gone" : "dog " + i)
                        .toList());
        assertThat(rows).allMatch(row -> row.getField("error-string") == null, "gone is no error of a row");
        assertThat(ToyProviderFactory.GONE.get()).isEqualTo(-1);
        assertThat(ToyProviderFactory.OPENED.get()).as("once each time").isEqualTo(3);
    }

    @Test
    void subtasks_ofATaskManager_shareAModel() throws Exception {
        TableEnvironment tables = tables(Map.of("parallelism.default", "2"), "", "none");
        tables.executeSql("CREATE TEMPORARY TABLE many (text STRING) WITH ('connector' = 'datagen',"
                + " 'number-of-rows' = '20', 'fields.text.length' = '5')");
        List<Row> rows = Cluster.rows(tables, PREDICT.replace("texts", "many") + ", MAP['async', 'false'])");

        assertThat(rows).hasSize(20);
        assertThat(ToyProviderFactory.THREADS).as("a thread for each subtask").hasSize(2);
        assertThat(ToyProviderFactory.OPENED.get()).isEqualTo(1);
    }
}
