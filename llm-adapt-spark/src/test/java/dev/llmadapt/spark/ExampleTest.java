package dev.llmadapt.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.GuideExamples;
import dev.llmadapt.local.Golden;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of {@code examples/spark} compiles and does what its README says, with a tiny model beside. */
class ExampleTest {
    @Test
    void example_fewRows_labelsThemAndTellsTheEmptyOne(@TempDir Path classes) throws Exception {
        Path project = GuideExamples.root().resolve("examples/spark");
        int status = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-d",
                        classes.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        project.resolve("src/main/java/example/LabelTickets.java")
                                .toString());
        assertThat(status).isZero();
        URL[] from = {
            classes.toUri().toURL(),
            project.resolve("src/main/resources").toUri().toURL()
        };
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream before = System.out;
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader example = new URLClassLoader(from, loader)) {
            Thread.currentThread().setContextClassLoader(example);
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            List<String> arguments = List.of(
                    "200",
                    Golden.folder("tiny-llama").toString(),
                    Golden.folder("exported/adapter").toString());
            example.loadClass("example.LabelTickets")
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) arguments.toArray(String[]::new));
        } finally {
            System.setOut(before);
            Thread.currentThread().setContextClassLoader(loader);
        }
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("cards", "loans", "transfers", "the text is empty")
                .containsPattern("200 rows by the saved strategy: [0-9,]+ rows/s on Spark, [0-9,]+ rows/s in a loop")
                .contains("200 rows by the adapter");
    }
}
