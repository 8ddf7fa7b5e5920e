package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Example;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.prompting.search.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptsCommandTest extends CommandLineTest {
    @TempDir
    Path folder;

    private final List<String> sources = new ArrayList<>();

    @BeforeEach
    void task() throws IOException {
        models = (choice, progress) -> {
            sources.add(choice.source());
            return new ToyModel();
        };
        StringBuilder train = new StringBuilder("id,text,label\n");
        for (int copy = 0; copy < 4; copy++) {
            for (Example each : ToyTask.task().examples()) {
                train.append(
                        "m" + copy + "-" + each.id() + "," + each.input() + " " + copy + "," + each.output() + "\n");
            }
        }
        StringBuilder test = new StringBuilder("id,text,label\n");
        ToyTask.test().forEach(each -> test.append(each.id() + "," + each.input() + "," + each.output() + "\n"));
        Files.createDirectories(folder.resolve("task"));
        Files.writeString(folder.resolve("task/train.csv"), train);
        Files.writeString(folder.resolve("task/test.csv"), test);
    }

    /** The command with small sizes, unless others are given. */
    private String[] search(String... more) {
        List<String> command = new ArrayList<>(List.of("prompts", "search", "--task", path("task")));
        List<String> given = List.of(more);
        List.of("--shots 3", "--validation 6", "--minibatch 3", "--proposals 1").forEach(each -> {
            String[] option = each.split(" ", -1);
            if (!given.contains(option[0])) {
                command.addAll(List.of(option));
            }
        });
        command.addAll(given);
        return command.toArray(new String[0]);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void search_task_printsCandidatesAndTheChosenPrompt() {
        assertThat(run(search("--calls", "60"))).as(text(err)).isZero();

        assertThat(text(out))
                .contains("candidate", "random set", "baseline set", "60 calls", "of 60 calls, budget spent.")
                .contains("The chosen prompt against the best of 10 random sets, on ")
                .contains("95% interval")
                .contains("Chosen: ");
        assertThat(sources).containsExactly("default");
        String first = text(out).replaceAll("[0-9.]+ s\\b", "");
        assertThat(run(search("--calls", "60"))).isZero();
        assertThat(text(out).replaceAll("[0-9.]+ s\\b", "")).isEqualTo(first);
    }

    @Test
    void search_work_goesOnAndKeepsThePrompt() throws IOException {
        assertThat(run(search("--calls", "60", "--work", path("work"), "--no-comparison", "--all")))
                .as(text(err))
                .isZero();
        assertThat(text(out)).doesNotContain("Random sets", "--all");
        assertThat(Prompt.load(folder.resolve("work/prompt.json")).demonstrations())
                .hasSizeBetween(1, 3);
        String first = text(out);

        assertThat(run(search("--calls", "60", "--work", path("work"), "--no-comparison", "--all")))
                .isZero();
        assertThat(text(out)).as("every time is that of the journal").isEqualTo(first);
        assertThat(run(search("--calls", "60", "--work", path("work"), "--model", "other.gguf")))
                .isZero();
        try (Stream<Path> files = Files.list(folder.resolve("work"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".jsonl")))
                    .as("a journal for each model")
                    .hasSize(2);
        }
    }

    @Test
    void search_save_isAnsweredWith() {
        assertThat(run(search("--calls", "40", "--no-comparison", "--save", path("chosen"), "--work", path("work"))))
                .as(text(err))
                .isZero();
        assertThat(text(out)).contains("On 9 test examples: ");
        assertThat(text(err)).contains("saved ", "answer " + path("chosen"));

        SavedStrategy saved = SavedStrategy.load(folder.resolve("chosen"));
        Prompt prompt = Prompt.load(folder.resolve("work/prompt.json"));
        assertThat(saved.text())
                .isEqualTo("few-shot-given("
                        + String.join(
                                ",",
                                prompt.demonstrations().stream()
                                        .map(Example::id)
                                        .toList())
                        + ")/calibrated");
        assertThat(saved.task().instruction()).isEqualTo(prompt.instruction());
        assertThat(saved.measured().outcomes()).hasSize(9);
        assertThat(run("answer", path("chosen"), "which dog is yours"))
                .as(text(err))
                .isZero();
        assertThat(text(out)).matches("(animal|plant|tool) \\([0-9.]+%\\)\n");

        refuses("--overwrite", search("--calls", "40", "--save", path("chosen")));
        assertThat(run(search(
                        "--calls",
                        "40",
                        "--no-comparison",
                        "--save",
                        path("chosen"),
                        "--overwrite",
                        "--limit",
                        "4",
                        "--choice",
                        "scored-sum")))
                .as(text(err))
                .isZero();
        assertThat(SavedStrategy.load(folder.resolve("chosen")).text()).endsWith("/scored-sum");
    }

    @Test
    void search_proposer_isOpenedBeside() {
        assertThat(run(search("--calls", "20", "--no-comparison", "--proposer", "writer.gguf")))
                .as(text(err))
                .isZero();
        assertThat(sources).containsExactly("default", "writer.gguf");
    }

    @Test
    void search_whatCannotBe_isRefusedBeforeAModelIsOpened() {
        refuses("--choice must be calibrated or scored-sum, got 'best'", search("--choice", "best"));
        refuses("--validation must be at least 4, got 3", search("--validation", "3"));
        refuses("--shots must be 0 to 1000, got -1", search("--shots", "-1"));
        refuses("--limit needs --save", search("--limit", "3"));
        refuses("--overwrite needs --save", search("--overwrite"));
        refuses("--budget must be more than 0", search("--budget", "0"));
        refuses("--calls must be at least 1", search("--calls", "0"));
        refuses("nothing to search", search("--shots", "0", "--proposals", "0"));
        refuses("--proposer writes instructions", search("--proposals", "0", "--proposer", "x.gguf"));
        refuses("no such model: 'smollm3'", search("--proposer", "smollm3"));
        assertThat(sources).isEmpty();
    }

    @Test
    void search_tooFewCalls_isRefused() {
        assertThat(run(search("--calls", "5"))).isEqualTo(2);
        assertThat(text(err)).contains("a budget of 5 calls does not judge one candidate by 6 validation examples");
    }

    @Test
    void prompts_withoutPart_tellsParts() {
        assertThat(run("prompts")).isEqualTo(2);
        assertThat(text(err)).contains("expected a command: search");
    }
}
