package dev.llmadapt.prompting;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.Scores;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.Usage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A model that answers the last user message from examples. An answer is one token; length limit, stop texts,
 * temperature and seed of a request have no influence.
 */
final class BaselineModel implements Model {
    private final String name;
    private final BaselineAnswers answers;
    private final AtomicBoolean closed = new AtomicBoolean();

    BaselineModel(String name, BaselineAnswers answers) {
        this.name = name;
        this.answers = answers;
    }

    @Override
    public Generation stream(Request request, TokenListener listener) {
        String question = question(request);
        if (Thread.currentThread().isInterrupted()) {
            return new Generation("", List.of(), FinishReason.INTERRUPTED, Usage.NONE, Timings.NONE, "");
        }
        long start = System.nanoTime();
        BaselineAnswers.Answer answer = answers.answer(question, request.constraint());
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        double log = request.options().logProbabilities() ? Math.log(answer.probability()) : Double.NaN;
        Token token = new Token(0, answer.text(), log);
        listener.onToken(token);
        return new Generation(
                answer.text(),
                List.of(token),
                FinishReason.STOP,
                new Usage(Bm25.words(question).size(), 1),
                new Timings(took, took),
                "",
                answer.decision());
    }

    /** Scores answers by the logarithm of their probability; that of an answer without a choice is 1. */
    @Override
    public Scores score(Request prompt, List<String> continuations) {
        String question = question(prompt);
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted while scoring");
        }
        return new Scores(
                continuations.stream()
                        .map(text -> new Scores.Entry(
                                text, List.of(new Token(0, text, Math.log(answers.probability(question, text))))))
                        .toList(),
                new Usage(Bm25.words(question).size(), 0));
    }

    /** Returns the request unchanged; refuses one that this model cannot answer. */
    @Override
    public Request prepare(Request request) {
        question(request);
        return request;
    }

    @Override
    public ModelInfo info() {
        requireOpen();
        return new ModelInfo(name, "baseline", 0, Integer.MAX_VALUE, answers.size(), "none");
    }

    @Override
    public void close() {
        closed.set(true);
    }

    private String question(Request request) {
        requireOpen();
        if (!request.adapters().isEmpty()) {
            throw new IllegalArgumentException("a baseline has no adapters, unknown: "
                    + request.adapters().stream().map(AdapterUse::name).toList());
        }
        if (request.raw()) {
            throw new IllegalArgumentException("a baseline answers messages, it cannot go on with raw text");
        }
        request.requireNoTools("a baseline");
        if (request.last().role() == Role.ASSISTANT) {
            throw new IllegalArgumentException("a baseline gives a whole answer, it cannot go on with the beginning of"
                    + " one; ask without the last assistant message");
        }
        return request.messages().get(request.question()).content();
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException("the baseline is closed; adapt again to use it");
        }
    }
}
