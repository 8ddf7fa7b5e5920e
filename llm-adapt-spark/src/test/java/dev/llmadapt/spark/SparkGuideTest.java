package dev.llmadapt.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.GuideExamples;
import dev.llmadapt.Request;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.peft.PeftAdapter;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of {@code docs/guides/spark.md}, line for line. */
class SparkGuideTest {
    @Test
    void guide_examples_areTheOnesTested() {
        assertThat(GuideExamples.tested(SparkGuideTest.class))
                .isEqualTo(GuideExamples.shown("docs/guides/spark.md"))
                .hasSize(2);
    }

    @Test
    void examples_ofTheGuide_areRows(@TempDir Path temp) {
        SparkSession spark = Sessions.open(temp);
        try {
            Dataset<Row> tickets = spark.createDataset(List.of("hello", "a dog"), Encoders.STRING())
                    .toDF("text");
            JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
            Dataset<Row> answered = byAdapter(
                    context,
                    Golden.folder("exported/adapter"),
                    Golden.folder("tiny-llama").toString(),
                    tickets);
            assertThat(answered.where("error is null").count()).isEqualTo(2);
        } finally {
            spark.stop();
        }
    }

    // guide
    static Dataset<Row> label(JavaSparkContext context, Path saved, String model, Dataset<Row> tickets) {
        Broadcast<FolderBytes> strategy = context.broadcast(FolderBytes.read(saved));
        return RowAnswers.ofStrategy(strategy, () -> LocalModel.open(Path.of(model), ModelOptions.defaults()))
                .answer(tickets, "text");
    }
    // end

    // guide
    static Dataset<Row> byAdapter(JavaSparkContext context, Path folder, String model, Dataset<Row> tickets) {
        Broadcast<FolderBytes> adapter = context.broadcast(FolderBytes.read(folder));
        return RowAnswers.of(
                        () -> LocalModel.open(
                                Path.of(model),
                                ModelOptions.defaults(),
                                List.of(PeftAdapter.read(adapter.value().unpacked(), "support"))),
                        text -> Request.of(text).withAdapter("support"))
                .withBatchSize(64)
                .answer(tickets, "text");
    }
    // end
}
