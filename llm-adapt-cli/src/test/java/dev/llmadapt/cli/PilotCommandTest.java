package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Example;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Request;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way on the command line: needs, a run, its page, the same once more, a saved strategy, its check. */
class PilotCommandTest extends CommandLineTest {
    @TempDir
    Path folder;

    private Supplier<Model> model = ToyModel::new;

    {
        models = (choice, progress) -> model.get();
    }

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("kinds.train"), lines(ToyTask.task().examples()));
        Files.writeString(folder.resolve("kinds.test"), lines(ToyTask.test()));
    }

    @Test
    void pilot_askedForAllOfIt_savesWhatServeCheckPasses() throws IOException {
        input = "no\nweekly\nyes\n0.5\n0\n0\n2000\n0\n0.2\n0\n0\n";
        assertThat(pilot("--ask", "--save", path("saved"))).isZero();
        assertThat(text(err))
                .contains("May questions be sent to a hosted model", "saved few-shot(12) in")
                .endsWith("Use it: ./llm-adapt answer " + path("saved") + " \"...\"\n        ./llm-adapt answer "
                        + path("saved") + " --in new.csv --out labelled.csv\n");
        assertThat(text(out))
                .containsPattern("(Take|Most likely) few-shot\\(12\\): accuracy 100\\.0% \\(")
                .contains("-  lora: not tried, it needs a model in this process, toy is none")
                .contains("-  rag: not tried, the task has no corpus to retrieve from")
                .contains("the runner-up and the best of each family:");
        assertThat(Files.readString(folder.resolve("report.html"))).contains("<tr class=\"chosen\">", "animal");
        assertThat(text(out)).doesNotContain("a1");

        String first = text(out);
        input = "no\nweekly\nyes\n0.5\n0\n0\n2000\n0\n0.2\n0\n0\n";
        model = () -> broken("nobody is asked again");
        assertThat(pilot("--ask")).isZero();
        assertThat(text(out)).isEqualTo(first);
        assertThat(text(err))
                .contains(
                        "\nKeep it: ./llm-adapt pilot --task " + folder,
                        " --work " + path("work") + " --ask --save chosen\n")
                .doesNotContain("--html");
        assertThat(run("answer", path("saved"), "which dog is yours"))
                .as(text(err))
                .isEqualTo(1);
        model = ToyModel::new;
        assertThat(run("answer", path("saved"), "which dog is yours"))
                .as(text(err))
                .isZero();
        assertThat(text(out)).matches("animal \\([0-9.]+%\\)\n");

        model = ToyModel::new;
        assertThat(run("serve-check", path("saved"), "--latency-factor", "100000"))
                .isZero();
        assertThat(text(out)).contains("few-shot(12) on toy (fp64): 100.0%", "9 of 9 answers the same");
        model = PilotCommandTest::forgetful;
        assertThat(run("serve-check", path("saved"), "--latency-factor", "100000"))
                .isEqualTo(1);
        assertThat(text(out)).contains("regression: quality fell to", "below its interval of");
        model = () -> new ModelLayer(new ToyModel()) {
            @Override
            protected Request apply(Request request) {
                throw new UnavailableException("nobody answers at the address");
            }
        };
        assertThat(run("serve-check", path("saved"), "--latency-factor", "100000"))
                .isEqualTo(2);
        assertThat(text(err)).contains("llm-adapt: nobody answers at the address");
        model = ToyModel::new;
        assertThat(run("serve-check", path("saved"), "--latency-factor", "0.5")).isEqualTo(2);
        Files.writeString(folder.resolve("saved/heldout.json"), "{}");
        assertThat(run("serve-check", path("saved"))).isEqualTo(2);
        assertThat(text(err)).contains("heldout.json was changed since the strategy was saved");
    }

    @Test
    void pilot_serverThatDies_reportsNothingAndGoesOn() {
        AtomicInteger asked = new AtomicInteger();
        model = () -> new ModelLayer(new ToyModel()) {
            @Override
            protected Request apply(Request request) {
                if (asked.incrementAndGet() > 15) {
                    throw new UnavailableException("nobody answers at the address");
                }
                return request;
            }
        };
        assertThat(pilot()).isEqualTo(2);
        assertThat(text(err))
                .contains(
                        "llm-adapt: nobody answers at the address; nothing is reported",
                        "the same command goes on from there");
        assertThat(text(out)).doesNotContain("%");
        model = ToyModel::new;
        assertThat(pilot()).as(text(err)).isZero();
        assertThat(text(out)).contains("100.0").doesNotContain("nobody");
    }

    @Test
    void pilot_nothingMeetsTheNeeds_savesNothing() {
        assertThat(pilot("--quality", "1", "--memory", "1", "--save", path("saved")))
                .isZero();
        assertThat(text(out)).contains("No candidate meets the needs", "MB of memory, allowed are 1");
        assertThat(text(err)).contains("nothing is saved, since no candidate meets the needs");
        assertThat(folder.resolve("saved")).doesNotExist();
    }

    @Test
    void pilot_candidatesWithoutLanguageModel_openNone() throws IOException {
        model = () -> {
            throw new LlmAdaptException("hf:nobody/nothing cannot be fetched");
        };
        Files.writeString(folder.resolve("texts"), "where does the dog sleep\n");
        assertThat(pilot(
                        "--strategies",
                        "words,distil(embeddings>words),rag",
                        "--unlabelled",
                        path("texts"),
                        "--save",
                        path("saved"),
                        "--json",
                        path("report.json")))
                .as(text(err))
                .isZero();
        assertThat(text(out))
                .startsWith("no language model on ")
                .contains("the teacher of distil(embeddings>words) answered 1 of 1", "rag: not tried");
        assertThat(Files.readString(folder.resolve("report.json"))).contains("\"model\": \"none\"");
        assertThat(run("serve-check", path("saved"), "--latency-factor", "100000"))
                .as(text(err))
                .isZero();
        assertThat(pilot("--strategies", "words,zero-shot", "--work", path("other")))
                .isNotZero();
        assertThat(text(err)).contains("hf:nobody/nothing cannot be fetched");
    }

    @Test
    void pilot_badOptions_areOneLine() {
        assertThat(run("pilot", "--task", folder.toString(), "--save", path("x")))
                .isEqualTo(2);
        assertThat(text(err)).contains("--save needs --work");
        assertThat(pilot("--label-names", "a9=what")).isEqualTo(2);
        assertThat(text(err)).contains("the labels [a9], expected some of [a1, p2, t3]");
        input = "yes\n";
        assertThat(pilot("--ask")).isEqualTo(2);
        assertThat(text(err)).contains("the input ended before all questions were answered");
        assertThat(pilot("--strategies", "zero-shto")).isEqualTo(2);
        assertThat(text(err)).contains("unknown strategy 'zero-shto', did you mean zero-shot? expected one of [words,");
        assertThat(pilot("--tolerance", "2")).isEqualTo(2);
        assertThat(text(err)).contains("tolerance must be in [0, 0.5], got 2");
    }

    @Test
    void pilot_whatCannotEndWell_isRefusedBeforeAnythingIsMeasured() throws IOException {
        model = () -> broken("nobody is asked");
        Files.createDirectories(folder.resolve("full"));
        Files.writeString(folder.resolve("full/file"), "in the way");
        assertThat(pilot("--save", path("full"))).isEqualTo(2);
        assertThat(text(err)).contains("full is not empty, expected a folder that is new or empty");
        Files.writeString(folder.resolve("full/strategy.json"), "{}");
        assertThat(pilot("--save", path("full"))).isEqualTo(2);
        assertThat(text(err)).contains("full holds a saved strategy", "--overwrite");
        assertThat(pilot("--overwrite")).isEqualTo(2);
        assertThat(text(err)).contains("--overwrite needs --save");
        Files.writeString(folder.resolve("errors.csv"), "right,given,price\nanimol,plant,5\n");
        assertThat(pilot("--error-price", path("errors.csv"))).isEqualTo(2);
        assertThat(text(err)).contains("the label 'animol', which the task does not have; its labels: animal");
    }

    @Test
    void pilot_patternForAnUnknownField_isRefusedBeforeAnythingRuns() throws IOException {
        Files.writeString(folder.resolve("rules.json"), "{\"amonut\": \"pay ([0-9]+)\"}");
        Path work = folder.resolve("extraction");
        assertThat(run(
                        "pilot",
                        "--task",
                        "../llm-adapt-pilot/tasks/transfers",
                        "--strategies",
                        "nearest-example,rules(" + path("rules.json") + ")",
                        "--work",
                        work.toString()))
                .isEqualTo(2);
        assertThat(text(err)).contains("the field 'amonut'", "did you mean amount?");
        assertThat(text(err).lines()).hasSize(1);
        assertThat(work).doesNotExist();
    }

    private int pilot(String... more) {
        List<String> given = List.of(more);
        List<String> all = new ArrayList<>(List.of(
                "pilot",
                "--task",
                folder.toString(),
                "--label-names",
                "a1=animal,p2=plant,t3=tool",
                "--html",
                path("report.html")));
        if (!given.contains("--strategies")) {
            all.addAll(List.of("--strategies", "zero-shot,few-shot(12),rag,lora"));
        }
        if (!given.contains("--work")) {
            all.addAll(List.of("--work", path("work")));
        }
        all.addAll(given);
        return run(all.toArray(String[]::new));
    }

    private static Model broken(String answer) {
        return new ModelLayer(new ToyModel()) {
            @Override
            protected Request apply(Request request) {
                throw new IllegalArgumentException(answer);
            }
        };
    }

    private static Model forgetful() {
        return new ModelLayer(new ToyModel()) {
            @Override
            protected Request apply(Request request) {
                return Request.of("?").withConstraint(request.constraint());
            }
        };
    }

    private static String lines(List<Example> examples) {
        StringBuilder lines = new StringBuilder();
        for (Example example : examples) {
            String code = example.output().charAt(0) + ""
                    + (1 + List.of("animal", "plant", "tool").indexOf(example.output()));
            lines.append(code).append(' ').append(example.input()).append('\n');
        }
        return lines.toString();
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }
}
