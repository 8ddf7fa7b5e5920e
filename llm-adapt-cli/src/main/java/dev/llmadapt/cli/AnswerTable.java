package dev.llmadapt.cli;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Progress;
import dev.llmadapt.pilot.rows.RowAnswer;
import dev.llmadapt.pilot.rows.RowAnswerer;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/**
 * Answers the rows of a file, a batch at a time. A resumed run begins at the beginning of a batch, so that each row is
 * answered beside the same others.
 *
 * @param lines those of the output, with the input
 * @param answerer answers
 */
record AnswerTable(AnswerLines lines, RowAnswerer answerer) {
    /** Rows that are asked together. */
    static final int BATCH = 16;

    /**
     * Answers the rows that are not in the part yet.
     *
     * @return whether all rows are in it now; not, if the thread was interrupted
     */
    boolean fill(AnswerPart part, int done, Progress progress) {
        int all = lines.rows().rows().size();
        for (int from = done; from < all; from += BATCH) {
            progress.report("answer", from, all);
            int to = Math.min(from + BATCH, all);
            try {
                part.add(batch(from, to));
            } catch (CancellationException e) {
                return false;
            }
        }
        progress.report("answer", all, all);
        return true;
    }

    private List<String> batch(int from, int to) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted");
        }
        List<RowAnswer> answers;
        try {
            answers = answerer.answer(
                    IntStream.range(from, to).mapToObj(lines.rows()::text).toList());
        } catch (LlmAdaptException e) { // says nothing about the rows
            throw new LlmAdaptException(
                    e.getMessage() + "; the rows before " + (from + 1)
                            + " are kept, and the same command goes on from there",
                    e);
        }
        return IntStream.range(from, to)
                .mapToObj(row -> lines.line(row, answers.get(row - from)))
                .toList();
    }
}
