package dev.llmadapt.cli;

import dev.llmadapt.cli.terminal.ProgressLine;
import dev.llmadapt.cli.terminal.TerminalKind;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The context of a command: input, output, the terminal, and how to open a model. Commands take nothing from the
 * process itself, so that a test can run them.
 *
 * @param in the user's input
 * @param out results
 * @param err progress, notes and complaints
 * @param terminal the abilities of the other end
 * @param program what the user typed to start it, for the next command to type
 * @param home the folder the distribution lies in, where the launcher said so
 * @param models opens models
 */
record CommandContext(
        InputStream in,
        PrintStream out,
        PrintStream err,
        TerminalKind terminal,
        String program,
        Optional<Path> home,
        ModelLoader models) {
    /** A line of progress on standard error. */
    ProgressLine progress() {
        return new ProgressLine(err, terminal, System::nanoTime);
    }
}
