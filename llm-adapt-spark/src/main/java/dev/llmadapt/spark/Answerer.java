package dev.llmadapt.spark;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.UnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Asks an open model about texts.
 *
 * @param model answers
 * @param request what is asked about a text
 * @param label an answer as it is written into its row
 */
record Answerer(Model model, Function<String, Request> request, UnaryOperator<String> label) {
    /**
     * Answers texts together, and each by itself where one of them cannot be answered.
     *
     * @throws CancellationException if the thread is interrupted
     * @throws UnavailableException if the model cannot be asked at all
     */
    List<RowAnswer> answer(List<String> texts) {
        RowAnswer[] answers = new RowAnswer[texts.size()];
        List<Integer> asked = new ArrayList<>();
        for (int row = 0; row < answers.length; row++) {
            if (texts.get(row).isBlank()) {
                answers[row] = RowAnswer.failed(texts.get(row), "the text is empty");
            } else {
                asked.add(row);
            }
        }
        if (!asked.isEmpty()) {
            answer(texts, asked, answers);
        }
        return List.of(answers);
    }

    private void answer(List<String> texts, List<Integer> asked, RowAnswer[] answers) {
        List<Request> requests = new ArrayList<>();
        List<Generation> generations;
        try {
            asked.forEach(row -> requests.add(request.apply(texts.get(row))));
            generations = model.generate(requests);
        } catch (UnavailableException e) { // says nothing about the rows
            throw e;
        } catch (LlmAdaptException | IllegalArgumentException e) {
            if (asked.size() == 1) {
                answers[asked.get(0)] = RowAnswer.failed(texts.get(asked.get(0)), String.valueOf(e.getMessage()));
            } else {
                asked.forEach(row -> answer(texts, List.of(row), answers)); // the others can be answered
            }
            return;
        }
        for (int i = 0; i < asked.size(); i++) {
            answers[asked.get(i)] = read(texts.get(asked.get(i)), requests.get(i), generations.get(i));
        }
    }

    private RowAnswer read(String text, Request asked, Generation answer) {
        if (answer.finishReason() == FinishReason.INTERRUPTED) {
            throw new CancellationException("interrupted");
        }
        boolean mustBeWhole = !asked.constraint().equals(OutputConstraint.none());
        if (mustBeWhole && answer.finishReason() == FinishReason.LENGTH) {
            return RowAnswer.failed(
                    text,
                    "the answer is cut off after " + answer.usage().completionTokens()
                            + " tokens, so it may not be what was asked for: " + answer.text());
        }
        return new RowAnswer(
                text,
                label.apply(answer.text()),
                answer.decision().map(decision -> decision.probability()).orElse(null),
                null);
    }
}
