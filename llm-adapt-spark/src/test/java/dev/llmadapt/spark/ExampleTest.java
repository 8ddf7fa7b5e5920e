package dev.llmadapt.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.ExampleProjects;
import dev.llmadapt.local.Golden;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of {@code examples/spark} does what its README says, with a tiny model beside. */
class ExampleTest {
    @Test
    void example_fewRows_labelsThemAndTellsTheEmptyOne(@TempDir Path classes) throws Exception {
        String printed = ExampleProjects.run(
                "spark",
                classes,
                "example.LabelTickets",
                "200",
                Golden.folder("tiny-llama").toString(),
                Golden.folder("exported/adapter").toString());

        assertThat(printed)
                .contains("cards", "loans", "transfers", "the text is empty")
                .containsPattern("200 rows by the saved strategy: [0-9,]+ rows/s on Spark, [0-9,]+ rows/s in a loop")
                .contains("200 rows by the adapter");
    }
}
