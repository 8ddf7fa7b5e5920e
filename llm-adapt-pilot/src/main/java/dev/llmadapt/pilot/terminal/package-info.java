/**
 * What people see in a terminal: {@link dev.llmadapt.pilot.terminal.TextTable} aligns, and
 * {@link dev.llmadapt.pilot.terminal.ProgressLine} tells how far work has come. Start with
 * {@link dev.llmadapt.pilot.terminal.TerminalKind}, which says what the other end can show. Knows nothing of tasks and models.
 */
@NullMarked
package dev.llmadapt.pilot.terminal;

import org.jspecify.annotations.NullMarked;
