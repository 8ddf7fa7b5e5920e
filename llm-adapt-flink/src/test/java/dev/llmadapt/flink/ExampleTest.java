package dev.llmadapt.flink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.ExampleProjects;
import dev.llmadapt.local.Golden;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of {@code examples/flink} does what its README says, with a tiny model beside. */
class ExampleTest {
    @Test
    void example_fewRows_labelsThemAndTellsTheEmptyOne(@TempDir Path classes) throws Exception {
        String printed = ExampleProjects.run(
                "flink",
                classes,
                "example.LabelTickets",
                "90",
                Golden.folder("tiny-llama").toString(),
                Golden.folder("exported/adapter").toString());

        assertThat(printed)
                .contains("cards", "loans", "transfers", "the text is empty")
                .containsPattern(
                        "90 rows labelled by the saved strategy: [0-9,.]+ rows/s in Flink, [0-9,.]+ rows/s in a")
                .contains("90 rows answered by the model");
    }
}
