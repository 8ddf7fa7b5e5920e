package dev.llmadapt.flink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.GuideExamples;
import dev.llmadapt.local.Golden;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;

/** The examples of {@code docs/guides/flink.md}, line for line. */
class FlinkGuideTest {
    @Test
    void guide_examples_areTheOnesTested() {
        assertThat(GuideExamples.tested(FlinkGuideTest.class))
                .isEqualTo(GuideExamples.shown("docs/guides/flink.md"))
                .hasSize(2);
    }

    @Test
    void examples_ofTheGuide_areRows() throws Exception {
        TableEnvironment tables = Cluster.shared().tables(Map.of());
        tables.executeSql("CREATE TEMPORARY VIEW tickets AS SELECT * FROM (VALUES ('hello'), ('a dog')) AS t(body)");
        String model = Golden.folder("tiny-llama").toString();
        assertThat(label(tables, "/a/folder").getResolvedSchema().getColumnNames())
                .containsExactly("body", "label", "probability", "error-string");
        List<Row> rows = new ArrayList<>();
        byAdapter(tables, model, Golden.folder("exported/adapter").toString())
                .collect()
                .forEachRemaining(rows::add);
        assertThat(rows).hasSize(2);
    }

    // guide
    static TableResult label(TableEnvironment tables, String saved) {
        tables.executeSql("""
                CREATE TEMPORARY MODEL labels
                INPUT (text STRING) OUTPUT (label STRING, probability DOUBLE, `error-string` STRING)
                WITH ('provider' = 'llm-adapt', 'strategy' = '%s', 'error-handling-strategy' = 'ignore')
                """.formatted(saved));
        return tables.executeSql("SELECT * FROM ML_PREDICT(TABLE tickets, MODEL labels, DESCRIPTOR(body))");
    }
    // end

    // guide
    static TableResult byAdapter(TableEnvironment tables, String model, String adapter) {
        tables.executeSql("""
                CREATE TEMPORARY MODEL answers INPUT (text STRING) OUTPUT (answer STRING)
                WITH ('provider' = 'llm-adapt', 'model' = '%s', 'adapter' = '%s',
                      'system-prompt' = 'Answer in one sentence.', 'max-tokens' = '64', 'max-batch' = '16')
                """.formatted(model, adapter));
        return tables.executeSql("""
                SELECT * FROM ML_PREDICT(TABLE tickets, MODEL answers, DESCRIPTOR(body),
                                         MAP['async', 'true', 'max-concurrent-operations', '16'])
                """);
    }
    // end
}
