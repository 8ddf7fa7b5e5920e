package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.cli.terminal.TerminalKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** A test of the command line, which runs in this process; output and errors are those of the last run. */
abstract class CommandLineTest {
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    final ByteArrayOutputStream err = new ByteArrayOutputStream();
    ModelLoader models = (choice, progress) -> {
        throw new AssertionError("no model is needed");
    };
    Optional<Path> home = Optional.empty();
    String input = "";

    /** Runs a command; its exit status. */
    final int run(String... arguments) {
        out.reset();
        err.reset();
        return Main.run(arguments, context());
    }

    /** What a command is given. */
    final CommandContext context() {
        return new CommandContext(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                TerminalKind.PLAIN,
                "./llm-adapt",
                home,
                (choice, progress) -> models.open(choice, progress));
    }

    /** Runs a command that must be refused by one line with a text in it. */
    final void refuses(String part, String... arguments) {
        assertThat(run(arguments)).as(text(err)).isEqualTo(2);
        assertThat(text(out)).isEmpty();
        assertThat(text(err)).startsWith("llm-adapt: ").contains(part).hasLineCount(1);
    }

    static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
