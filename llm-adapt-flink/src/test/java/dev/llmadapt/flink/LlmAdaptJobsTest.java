package dev.llmadapt.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Request;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.peft.PeftAdapter;
import dev.llmadapt.pilot.Pilot;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.TaskSplit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs over saved strategies and a language model. */
class LlmAdaptJobsTest {
    private static final Path BASE = Golden.folder("tiny-llama");
    private static final Path ADAPTER = Golden.folder("exported/adapter");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static Cluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.shared();
    }

    private static List<Row> predict(String output, String options, String... texts) throws Exception {
        TableEnvironment tables = cluster.tables(Map.of());
        tables.executeSql("CREATE TEMPORARY VIEW texts AS SELECT * FROM (VALUES ('" + String.join("'), ('", texts)
                + "')) AS t(text)");
        tables.executeSql("CREATE TEMPORARY MODEL m INPUT (text STRING) OUTPUT (" + output
                + ") WITH ('provider' = 'llm-adapt', " + options + ")");
        return Cluster.rows(tables, "SELECT * FROM ML_PREDICT(TABLE texts, MODEL m, DESCRIPTOR(text))");
    }

    private static Path save(String strategy) {
        TaskSplit split =
                new TaskSplit(ToyTask.task(), ToyTask.test(), List.of()).withFileLabels(Map.of("tool", "a_tool"));
        Path work = folder.resolve("work-" + strategy);
        Path saved = folder.resolve(strategy);
        try (Model model = new ToyModel()) {
            PilotReport report = Pilot.of(split)
                    .candidates(StrategyCatalog.parse(strategy, 0))
                    .budget(Duration.ZERO)
                    .folder(work)
                    .run(model);
            SavedStrategy.save(report.measured().get(0), report, split, work, saved);
        }
        return saved;
    }

    @Test
    void strategy_savedByAPilot_labelsAsItDoes() throws Exception {
        List<Row> rows = predict(
                "probability DOUBLE, label STRING",
                "'strategy' = '" + save("words") + "'",
                "the dog barks",
                "a hammer and a nail");

        assertThat(rows).extracting(row -> row.getField("label")).containsExactly("animal", "a_tool");
        assertThat(rows).allMatch(row -> row.<Double>getFieldAs("probability") > 0.3);
    }

    @Test
    void strategy_overAModel_opensItAndNeedsIt() throws Exception {
        String strategy = "'strategy' = '" + save("zero-shot") + "'";
        List<Row> rows = predict("label STRING", strategy + ", 'model' = '" + BASE + "', 'threads' = '1'", "a dog");

        assertThat(rows.get(0).<String>getFieldAs("label")).isIn("animal", "plant", "a_tool");
        assertThatThrownBy(() -> predict("label STRING", strategy, "a dog"))
                .hasStackTraceContaining("needs a language model, it was measured on");
    }

    @Test
    void model_withAnAdapter_answersAsInOneProcess() throws Exception {
        String[] texts = {"hello", "a dog", "the oak", "one two three", "x"};
        List<Row> rows = predict(
                "answer STRING",
                "'model' = '" + BASE + "', 'adapter' = '" + ADAPTER
                        + "', 'system-prompt' = 'Be kind.', 'max-tokens' = '8', 'threads' = '1'",
                texts);

        try (LocalModel model = LocalModel.open(
                BASE, ModelOptions.defaults().withThreads(1), List.of(PeftAdapter.read(ADAPTER, "a")))) {
            for (int i = 0; i < texts.length; i++) {
                Request request = Request.of(Message.system("Be kind."), Message.user(texts[i]))
                        .withAdapter("a");
                request = request.withOptions(request.options().withMaxTokens(8));
                assertThat(rows.get(i).getField("answer"))
                        .isEqualTo(model.generate(request).text());
            }
        }
    }

    @Test
    void model_withLabels_choosesOne() throws Exception {
        List<Row> rows = predict(
                "label STRING, probability DOUBLE",
                "'model' = '" + BASE + "', 'labels' = 'one;two', 'threads' = '1'",
                "hello",
                "a dog");

        assertThat(rows).allMatch(row -> List.of("one", "two").contains(row.<String>getFieldAs("label")));
        assertThat(rows).allMatch(row -> row.<Double>getFieldAs("probability") >= 0.5);
    }

    @Test
    void model_thatCannotAnswerARow_tellsWhy() throws Exception {
        List<Row> rows = predict(
                "answer STRING, `error-string` STRING",
                "'model' = '" + BASE + "', 'error-handling-strategy' = 'ignore', 'threads' = '1', 'max-tokens' = '4',"
                        + " 'json-schema' = '{\"type\": \"array\", \"minItems\": 30, \"items\": {\"type\": \"integer\"}}'",
                "hello",
                "long ".repeat(5000));

        assertThat(rows.get(0).<String>getFieldAs("error-string")).startsWith("the answer is cut off after 4 tokens");
        assertThat(rows.get(1).<String>getFieldAs("error-string")).contains("tokens, the context holds");
    }

    @Test
    void model_thatNoRowCanBeAskedThis_failsTheJobAlsoWhereRowsMayFail() {
        String ignore = "'model' = '" + BASE + "', 'error-handling-strategy' = 'ignore', 'threads' = '1', ";
        assertThatThrownBy(() -> predict("answer STRING", ignore + "'json-schema' = '{\"type\": \"strng\"}'", "hello"))
                .hasStackTraceContaining("keyword 'type'");
        assertThatThrownBy(() ->
                        predict("answer STRING", ignore + "'system-prompt' = '" + "long ".repeat(5000) + "'", "hello"))
                .hasStackTraceContaining("tokens, the context holds");
    }

    @Test
    void labels_thatTakeLongerThanARowMay_areNoAnswers() throws Exception {
        List<Row> rows = predict(
                "label STRING, `error-string` STRING",
                "'model' = '" + BASE + "', 'labels' = 'one;two', 'error-handling-strategy' = 'ignore',"
                        + " 'threads' = '1', 'timeout' = '1 ns'",
                "hello");

        assertThat(rows.get(0).getField("label")).isNull();
        assertThat(rows.get(0).<String>getFieldAs("error-string")).contains("the time limit");
    }

    @Test
    void model_thatTakesLongerThanARowMay_tellsSo() throws Exception {
        List<Row> rows = predict(
                "answer STRING, `error-string` STRING",
                "'model' = '" + BASE + "', 'error-handling-strategy' = 'ignore', 'threads' = '1', 'max-tokens' = '200',"
                        + " 'timeout' = '1 ms'",
                "hello");

        assertThat(rows.get(0).<String>getFieldAs("error-string"))
                .isEqualTo("there is no whole answer after 1 ms, the time limit");
    }
}
