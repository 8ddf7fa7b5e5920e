package dev.llmadapt.cli;

import dev.llmadapt.pilot.rows.RowAnswer;
import dev.llmadapt.pilot.task.TextRows;

/** The lines of a file of answers, one a row of the input. */
interface AnswerLines {
    /** The input. */
    TextRows rows();

    /** What stands before the rows, with its line break; may be empty. */
    String header();

    /** Whether a line break within quotes is part of a row, as in a CSV. */
    boolean quotedBreaks();

    /** The line of a row with what became of it. */
    String line(int row, RowAnswer answer);

    /** Whether a line has no answer. */
    boolean isFailed(String line);

    /** Whether a line has an answer that is unsure. */
    boolean isUnsure(String line);

    /** How the answers are written, to tell runs apart. */
    String format();
}
