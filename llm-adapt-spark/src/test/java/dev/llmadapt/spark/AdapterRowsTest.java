package dev.llmadapt.spark;

import static org.assertj.core.api.Assertions.assertThat;

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

/** An adapter that is broadcast answers as it does in one process. */
class AdapterRowsTest {
    @Test
    void answer_byABroadcastAdapter_isThatOfTheModel(@TempDir Path folder) {
        String base = Golden.folder("tiny-llama").toString();
        Path adapter = Golden.folder("exported/adapter");
        List<String> texts = List.of("hello", "a dog", "the oak", "one two three", "x");
        SparkSession spark = Sessions.open(folder);
        try {
            Broadcast<FolderBytes> sent =
                    JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(FolderBytes.read(adapter));
            RowAnswers answers = RowAnswers.of(
                    () -> LocalModel.open(
                            Path.of(base),
                            ModelOptions.defaults().withThreads(1),
                            List.of(PeftAdapter.read(sent.value().unpacked(), "bank"))),
                    AdapterRowsTest::request);
            Dataset<Row> rows = spark.createDataset(texts, Encoders.STRING()).toDF("text");

            List<Row> answered = answers.answer(rows, "text").collectAsList();

            try (LocalModel model = LocalModel.open(
                    Path.of(base),
                    ModelOptions.defaults().withThreads(1),
                    List.of(PeftAdapter.read(adapter, "bank")))) {
                assertThat(answered).hasSize(5);
                for (Row row : answered) {
                    assertThat(row.<String>getAs("error")).isNull();
                    assertThat(row.<String>getAs("answer"))
                            .isEqualTo(model.generate(request(row.<String>getAs("text")))
                                    .text());
                }
            }
        } finally {
            spark.stop();
        }
    }

    private static Request request(String text) {
        Request request = Request.of(text).withAdapter("bank");
        return request.withOptions(request.options().withMaxTokens(8));
    }
}
