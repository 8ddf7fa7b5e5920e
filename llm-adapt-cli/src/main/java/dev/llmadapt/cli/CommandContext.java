package dev.llmadapt.cli;

import dev.llmadapt.cli.terminal.ProgressLine;
import dev.llmadapt.cli.terminal.TerminalKind;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a command works with: nothing is taken from the process itself, so that a test can be one.
 *
 * @param in what the user types
 * @param out results
 * @param err progress, notes and complaints
 * @param terminal what the other end can show
 * @param home the folder the distribution lies in, where the launcher said so
 * @param models opens models
 */
record CommandContext(
        InputStream in,
        PrintStream out,
        PrintStream err,
        TerminalKind terminal,
        Optional<Path> home,
        ModelLoader models) {
    /** Progress on standard error. */
    ProgressLine progress() {
        return new ProgressLine(err, terminal, System::nanoTime);
    }
}
