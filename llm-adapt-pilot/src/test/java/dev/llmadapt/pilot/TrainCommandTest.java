package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.pilot.terminal.TerminalKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void help_tellsEveryOption() {
        assertThat(run("train", "--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("--task", "--method", "--rank", "--virtual-tokens", "--work", "--recompute", "prefix-tuning");
    }

    @Test
    void badInput_isOneLineBeforeAModelIsOpened() throws IOException {
        String task = Files.writeString(folder.resolve("my.csv"), "text,label\na,x\nb,y\nc,x\nd,y\n")
                .toString();
        refuses("--task", "train", "--out", "x");
        refuses("--out", "train", "--task", task);
        refuses("unknown method 'magic'", "train", "--task", task, "--out", "x", "--method", "magic");
        refuses("epochs must be at least 1", "train", "--task", task, "--out", "x", "--epochs", "0");
        refuses("learningRate must be positive", "train", "--task", task, "--out", "x", "--rate", "-1");
        refuses("r must be from 1", "train", "--task", task, "--out", "x", "--rank", "0");
        refuses(
                "virtualTokens must be from 1",
                "train",
                "--task",
                task,
                "--out",
                "x",
                "--method",
                "prompt-tuning",
                "--virtual-tokens",
                "0");
        refuses("validationShare", "train", "--task", task, "--out", "x", "--validation", "0.9");
        refuses("not empty", "train", "--task", task, "--out", folder.toString());
        refuses("none.csv", "train", "--task", folder.resolve("none.csv").toString(), "--out", "x");
    }

    private void refuses(String part, String... arguments) {
        assertThat(run(arguments)).as(err.toString(StandardCharsets.UTF_8)).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("llm-adapt: ")
                .contains(part)
                .hasLineCount(1);
    }

    private int run(String... arguments) {
        out.reset();
        err.reset();
        return Main.run(
                arguments,
                new Session(
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        TerminalKind.PLAIN,
                        Optional.empty(),
                        (choice, progress) -> {
                            throw new AssertionError("no model is needed");
                        }));
    }
}
