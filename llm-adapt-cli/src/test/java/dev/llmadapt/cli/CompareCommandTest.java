package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Example;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Request;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two runs of the pilot: with a model that answers, and with one that has forgotten all. */
class CompareCommandTest extends CommandLineTest {
    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("train.csv"), csv(ToyTask.task().examples(), 1));
        Files.writeString(folder.resolve("test.csv"), csv(ToyTask.test(), 4));
    }

    @Test
    void compare_runs_tellsWhatGotWorse() throws IOException {
        models = (choice, progress) -> new ToyModel();
        pilot("--work", path("good"), "--save", path("chosen"));
        models = (choice, progress) -> new ModelLayer(new ToyModel()) {
            @Override
            protected Request apply(Request request) {
                return Request.of("?").withConstraint(request.constraint());
            }
        };
        pilot("--json", path("bad.json"), "--work", path("bad"));

        assertThat(run("compare", path("good"), path("good"))).as(text(err)).isZero();
        assertThat(text(out)).startsWith("no candidate is shown to be worse").contains("36 test examples in both runs");
        assertThat(run("compare", path("good"), path("bad"), "--json", path("c.json")))
                .isEqualTo(1);
        assertThat(text(out)).contains("few-shot(12)", "100.0%", "worse by more than 2.0 points");
        assertThat(Files.readString(folder.resolve("c.json"))).contains("llm-adapt-comparison", "\"worse\": [");
        assertThat(run("compare", path("bad"), path("good"))).isZero();
        assertThat(text(out)).contains(" better\n");
        assertThat(run("compare", path("chosen"), path("bad.json"), "--strategy", "recommended"))
                .isEqualTo(1);
        assertThat(run("compare", path("chosen"), path("bad.json"), "--strategy", "recommended", "--tolerance", "1"))
                .isZero();
    }

    @Test
    void compare_fewTestsInCommon_saysSoAndIsNoPass() throws IOException {
        models = (choice, progress) -> new ToyModel();
        pilot("--work", path("good"));
        Files.writeString(folder.resolve("test.csv"), csv(ToyTask.test(), 1));
        pilot("--work", path("short"));
        assertThat(run("compare", path("good"), path("short"))).isEqualTo(2);
        assertThat(text(out))
                .startsWith("nothing can be told: only 9 tests were answered in both runs, at least 16 are needed\n");
    }

    @Test
    void compare_whatCannotBe_isRefusedByName() throws IOException {
        models = (choice, progress) -> new ToyModel();
        pilot("--work", path("run"));
        Files.writeString(folder.resolve("some.json"), "{}");
        refuses("has no report.json", "compare", folder.toString(), path("run"));
        refuses("not a pilot report", "compare", path("some.json"), path("run"));
        refuses("none.json cannot be read", "compare", path("none.json"), path("run"));
        refuses("no candidate 'x' in both runs", "compare", path("run"), path("run"), "--strategy", "x");
        refuses("--tolerance must be in [0, 1], got 2.0", "compare", path("run"), path("run"), "--tolerance", "2");
        refuses("AFTER", "compare", path("run"));
    }

    private void pilot(String... more) {
        String[] first = {"pilot", "--task", folder.toString(), "--strategies", "few-shot(12),zero-shot"};
        assertThat(run(java.util.stream.Stream.of(first, more)
                        .flatMap(java.util.Arrays::stream)
                        .toArray(String[]::new)))
                .as(text(err))
                .isZero();
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    /** Each example several times, in texts that differ. */
    private static String csv(List<Example> examples, int times) {
        StringBuilder csv = new StringBuilder("text,label\n");
        for (Example example : examples) {
            for (int i = 0; i < times; i++) {
                csv.append(example.input()).append(i == 0 ? "" : " " + "!".repeat(i));
                csv.append(',').append(example.output()).append('\n');
            }
        }
        return csv.toString();
    }
}
