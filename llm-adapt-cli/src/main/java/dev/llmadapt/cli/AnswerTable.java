package dev.llmadapt.cli;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.pilot.task.TextRows;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * Answers the rows of a file, a batch at a time. A resumed run begins at the beginning of a batch, so that each row is
 * answered beside the same others.
 *
 * @param rows the input
 * @param lines those of the output
 * @param task asks for an answer
 * @param model answers
 */
record AnswerTable(TextRows rows, AnswerLines lines, Task task, Model model) {
    /** Rows that are asked together. */
    static final int BATCH = 16;

    /**
     * Answers the rows that are not in the part yet.
     *
     * @return whether all rows are in it now; not, if the thread was interrupted
     */
    boolean fill(AnswerPart part, int done, Progress progress) {
        int all = rows.rows().size();
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
        List<Integer> asked = new ArrayList<>();
        String[] batch = new String[to - from];
        for (int row = from; row < to; row++) {
            if (rows.text(row).isBlank()) {
                batch[row - from] = lines.failed(row, "the text is empty");
            } else {
                asked.add(row);
            }
        }
        if (!asked.isEmpty()) {
            answer(asked, from, batch);
        }
        return List.of(batch);
    }

    private void answer(List<Integer> asked, int from, String[] batch) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted");
        }
        List<Generation> answers;
        try {
            answers = model.generate(asked.stream().map(this::request).toList());
        } catch (UnavailableException e) { // says nothing about the rows
            throw new LlmAdaptException(
                    e.getMessage() + "; the rows before " + (from + 1)
                            + " are kept, and the same command goes on from there",
                    e);
        } catch (LlmAdaptException | IllegalArgumentException e) {
            if (asked.size() == 1) {
                batch[asked.get(0) - from] = lines.failed(asked.get(0), String.valueOf(e.getMessage()));
            } else {
                asked.forEach(row -> answer(List.of(row), from, batch)); // the others can be answered
            }
            return;
        }
        for (int i = 0; i < asked.size(); i++) {
            if (answers.get(i).finishReason() == FinishReason.INTERRUPTED) {
                throw new CancellationException("interrupted");
            }
            int row = asked.get(i);
            batch[row - from] = isCutOff(request(row), answers.get(i))
                    ? lines.failed(
                            row, cutOff(answers.get(i)) + ": " + answers.get(i).text())
                    : lines.answered(row, answers.get(i));
        }
    }

    /** Whether an answer that has to be of some form, such as a label or JSON, ends before it is. */
    static boolean isCutOff(Request request, Generation answer) {
        return answer.finishReason() == FinishReason.LENGTH
                && !request.constraint().equals(OutputConstraint.none());
    }

    /** What is said of an answer that is cut off. */
    static String cutOff(Generation answer) {
        return "the answer is cut off after " + answer.usage().completionTokens()
                + " tokens, so it may not be what the task asks for; the strategy or the model's context allows no more";
    }

    private Request request(int row) {
        return task.request(rows.text(row).strip());
    }
}
