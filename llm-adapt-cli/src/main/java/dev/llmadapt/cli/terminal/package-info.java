/**
 * A terminal and the person in front of it: {@link dev.llmadapt.cli.terminal.TerminalKind} is what it can show,
 * {@link dev.llmadapt.cli.terminal.ProgressLine} tells how far work has come,
 * {@link dev.llmadapt.cli.terminal.InterruptKey} stops work by Ctrl-C. The package imports nothing of models and
 * commands.
 */
@NullMarked
package dev.llmadapt.cli.terminal;

import org.jspecify.annotations.NullMarked;
