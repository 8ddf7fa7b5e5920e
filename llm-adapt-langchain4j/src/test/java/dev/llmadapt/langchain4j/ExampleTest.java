package dev.llmadapt.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.ExampleProjects;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of {@code examples/langchain4j} with the default model, as its README starts it. */
class ExampleTest {
    @Test
    void example_defaultModel_answersFromTheDocuments(@TempDir Path classes) throws Exception {
        String printed = ExampleProjects.run("langchain4j", classes, "example.HarbourAssistant");

        assertThat(printed).contains("What does a berth cost?\n  ").contains("25");
    }
}
