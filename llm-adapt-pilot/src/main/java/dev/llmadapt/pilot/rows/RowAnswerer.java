package dev.llmadapt.pilot.rows;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Scheduling;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.pilot.saved.SavedStrategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * An open model that is asked about texts. A text that cannot be answered has a reason in place of an answer, and keeps
 * no others from theirs. Thread-safe.
 *
 * @param model answers; closed with this
 * @param request what is asked about a text
 * @param label an answer as it is written into its row
 */
public record RowAnswerer(Model model, Function<String, Request> request, UnaryOperator<String> label)
        implements AutoCloseable {
    /** What {@link #requireAnswering} asks about. */
    public static final String SHORT_TEXT = "a";

    /** Asks a model, and takes its answers as they are. */
    public RowAnswerer(Model model, Function<String, Request> request) {
        this(model, request, answer -> answer);
    }

    /**
     * Asks a saved strategy about texts without the blanks around them, as it was measured, and tells labels as the
     * file of its task has them.
     *
     * @param adapted what the strategy {@linkplain SavedStrategy#adapt made}; closed with the result
     */
    public static RowAnswerer of(SavedStrategy strategy, Model adapted) {
        return new RowAnswerer(adapted, text -> strategy.task().request(text.strip()), strategy::fileLabel);
    }

    /**
     * Asks a saved strategy as {@link #of(SavedStrategy, Model)} does.
     *
     * @param base opens the language model that the strategy was measured on, from then on the result's; called only
     *     where the strategy {@linkplain SavedStrategy#needsModel needs one}
     */
    public static RowAnswerer of(SavedStrategy strategy, Supplier<? extends Model> base) {
        Model adapted = strategy.needsModel() ? owning(strategy, base.get()) : strategy.adapt();
        return of(strategy, adapted);
    }

    private static Model owning(SavedStrategy strategy, Model base) {
        try {
            return new OwningModel(strategy.adapt(base), base);
        } catch (RuntimeException | Error e) {
            base.close();
            throw e;
        }
    }

    /**
     * Asks about a {@linkplain #SHORT_TEXT short text}, and fails where every text would: the model does not take the
     * schema, a label or an adapter, or the prompt leaves no room for a text. What it answers does not matter.
     *
     * @throws LlmAdaptException if the model cannot be asked this
     * @throws IllegalArgumentException if it refuses it
     */
    public void requireAnswering() {
        Request asked = request.apply(SHORT_TEXT);
        var unused = model.generate(
                asked.withOptions(asked.options().withMaxTokens(1)).withScheduling(Scheduling.NONE));
    }

    /**
     * Answers texts together, and each by itself where one of them cannot be answered. A row fails if its text is
     * blank, refused by the model or over its time limit, or if its answer is cut off where it has to be whole.
     *
     * @return one for each text, in their order
     * @throws CancellationException if the thread is interrupted
     * @throws LlmAdaptException that is an {@link UnavailableException} or has one as a cause, if the model cannot be
     *     asked at all
     */
    public List<RowAnswer> answer(List<String> texts) {
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
        } catch (LlmAdaptException | IllegalArgumentException e) {
            if (isUnavailable(e)) { // says nothing about the rows
                throw e;
            }
            oneByOne(texts, asked, answers, String.valueOf(e.getMessage()));
            return;
        } catch (CancellationException e) { // of a scoring, which has no part of an answer to give
            oneByOne(texts, asked, answers, late(requests.get(0), e));
            return;
        }
        for (int i = 0; i < asked.size(); i++) {
            answers[asked.get(i)] = read(texts.get(asked.get(i)), requests.get(i), generations.get(i));
        }
    }

    private static boolean isUnavailable(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(UnavailableException.class::isInstance);
    }

    /** Fails the one row, or asks each of several, since the others can be answered. */
    private void oneByOne(List<String> texts, List<Integer> asked, RowAnswer[] answers, String error) {
        if (asked.size() == 1) {
            answers[asked.get(0)] = RowAnswer.failed(texts.get(asked.get(0)), error);
        } else {
            asked.forEach(row -> answer(texts, List.of(row), answers));
        }
    }

    private RowAnswer read(String text, Request asked, Generation answer) {
        if (answer.finishReason() == FinishReason.INTERRUPTED) {
            return RowAnswer.failed(text, late(asked, new CancellationException("interrupted")));
        }
        if (isCutOff(asked, answer)) {
            return RowAnswer.failed(text, cutOff(answer) + ": " + answer.text());
        }
        return new RowAnswer(
                text,
                label.apply(answer.text()),
                answer.decision().map(decision -> decision.probability()).orElse(null),
                null);
    }

    /** Whether an answer that has to be of some form, such as a label or JSON, ends before it is. */
    public static boolean isCutOff(Request asked, Generation answer) {
        return answer.finishReason() == FinishReason.LENGTH
                && !asked.constraint().equals(OutputConstraint.none());
    }

    /** What is said of an answer that is cut off. */
    public static String cutOff(Generation answer) {
        return "the answer is cut off after " + answer.usage().completionTokens()
                + " tokens, so it may not be what was asked for";
    }

    /** The error of a request that its time limit ended; throws on where the thread was interrupted instead. */
    private static String late(Request asked, CancellationException ended) {
        Duration limit = asked.scheduling().timeLimit();
        if (limit.isZero() || Thread.currentThread().isInterrupted()) {
            throw ended;
        }
        return late(limit);
    }

    /** The error of a row whose answer is not there in time. */
    public static String late(Duration limit) {
        return "there is no whole answer after " + limit.toMillis() + " ms, the time limit";
    }

    /** Closes the model. */
    @Override
    public void close() {
        model.close();
    }
}
