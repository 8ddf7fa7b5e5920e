package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Example;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Free text that a judge grades, and messages out of scope, on the command line. */
class JudgeCommandTest extends CommandLineTest {
    @TempDir
    Path folder;

    private final List<String> opened = new ArrayList<>();

    {
        models = (choice, progress) -> {
            opened.add(choice.source());
            return new ToyModel();
        };
    }

    @BeforeEach
    void write() throws IOException {
        Files.writeString(
                folder.resolve("task.json"),
                "{\"name\": \"free\", \"instruction\": \"Say it.\", \"answer\": \"text\","
                        + " \"metric\": \"embedding similarity\"}");
        Files.writeString(folder.resolve("train.csv"), table(ToyTask.task().examples()));
        Files.writeString(folder.resolve("test.csv"), table(ToyTask.test()));
    }

    @Test
    void pilot_judge_gradesAndTellsHowFarItAgrees() throws IOException {
        Files.writeString(folder.resolve("grades.csv"), """
                input,answer,grade
                which dog is yours,animal,5
                which dog is yours,tool,1
                his hammer is heavy,a tool,4
                """);
        Files.writeString(folder.resolve("rubric.txt"), "Short is good.");
        assertThat(run(
                        "pilot",
                        "--task",
                        folder.toString(),
                        "--strategies",
                        "nearest-example",
                        "--judge",
                        "some-judge",
                        "--rubric",
                        folder.resolve("rubric.txt").toString(),
                        "--human-grades",
                        folder.resolve("grades.csv").toString(),
                        "--work",
                        folder.resolve("work").toString(),
                        "--json",
                        folder.resolve("report.json").toString()))
                .as(text(err))
                .isZero();
        assertThat(opened).containsExactly("some-judge");
        assertThat(text(out))
                .contains("embedding similarity", "judged by toy, 0 to 1:\n  nearest-example: 0.", ", 9 answers\n")
                .contains("judge and people agree over 3 answers: Spearman ");
        assertThat(Files.readString(folder.resolve("report.json"))).contains("\"judge\": {", "\"answers\": 9");
    }

    @Test
    void pilot_judgeOfWhatNeedsNone_isRefusedBeforeAnythingIsOpened() throws IOException {
        assertThat(run("pilot", "--task", folder.toString(), "--rubric", "x")).isEqualTo(2);
        assertThat(text(err)).contains("--rubric and --human-grades need --judge SOURCE");
        assertThat(run("pilot", "--task", folder.toString(), "--out-of-scope", "x"))
                .isEqualTo(2);
        assertThat(text(err)).contains("--out-of-scope needs a task whose answers are labels; task 'free' has none");
        Path labels = Files.writeString(
                folder.resolve("labels.csv"), table(ToyTask.task().examples()));
        assertThat(run("pilot", "--task", labels.toString(), "--judge", "x")).isEqualTo(2);
        assertThat(text(err))
                .contains("--judge grades free text, the answers of task 'labels.csv' are labels, which are right or"
                        + " wrong without a judge");
        assertThat(opened).isEmpty();
    }

    @Test
    void pilot_outOfScope_countsTheUsersMessages() throws IOException {
        Path labels = Files.writeString(
                folder.resolve("labels.csv"), table(ToyTask.task().examples()));
        Path own = Files.writeString(folder.resolve("own.txt"), "one of mine\n\nanother of mine\n");
        Path json = folder.resolve("report.json");
        assertThat(run(
                        "pilot",
                        "--task",
                        labels.toString(),
                        "--strategies",
                        "words",
                        "--out-of-scope",
                        own.toString(),
                        "--json",
                        json.toString(),
                        "--budget",
                        "0"))
                .as(text(err))
                .isZero();
        assertThat(Files.readString(json))
                .contains("\"messages\": 18,", "\"auroc\": ", "\"inputInjection\": {", "\"noise\": \"typos\"");
    }

    private static String table(List<Example> examples) {
        StringBuilder lines = new StringBuilder("text,label\n");
        examples.forEach(example -> lines.append(example.input())
                .append(',')
                .append(example.output())
                .append('\n'));
        return lines.toString();
    }
}
