package dev.llmadapt.local.decoding;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One answer taking shape: from the scheduler's steps to tokens with text, told to a listener. A token whose text may
 * still grow waits until the next one, so that the tokens' texts always add up to the answer. Not thread-safe.
 */
final class Answer {
    private final Sequence sequence;
    private final int promptTokens;
    private final AnswerText text;
    private final Optional<ChoiceChooser> choice;
    private final TokenListener listener;
    private final long startNanos;
    private final List<Token> tokens = new ArrayList<>();
    private @Nullable Token waiting;
    private @Nullable FinishReason finishReason;
    private long firstNanos;
    private long endNanos;

    Answer(
            Sequence sequence,
            int promptTokens,
            AnswerText text,
            Optional<ChoiceChooser> choice,
            TokenListener listener,
            long startNanos) {
        this.sequence = sequence;
        this.promptTokens = promptTokens;
        this.text = text;
        this.choice = choice;
        this.listener = listener;
        this.startNanos = startNanos;
    }

    Sequence sequence() {
        return sequence;
    }

    boolean over() {
        return finishReason != null;
    }

    void accept(Sequence.Step step) {
        if (step.id() >= 0) {
            if (firstNanos == 0) {
                firstNanos = System.nanoTime();
            }
            deliver();
            String piece = choice.isPresent() ? "" : text.add(step.id());
            waiting = new Token(step.id(), piece, step.logProbability());
        }
        boolean ends = step.end() != Sequence.End.NONE || text.stopped();
        if (ends) {
            String rest = choice.isPresent()
                    ? choice.get()
                            .result()
                            .filter(result -> step.end() == Sequence.End.STOP)
                            .orElse("")
                    : text.finish();
            Token last = waiting;
            if (last != null) {
                waiting = new Token(last.id(), last.text() + rest, last.logProbability());
            }
            endNanos = System.nanoTime();
            finishReason = text.stopped()
                    ? FinishReason.STOP
                    : switch (step.end()) {
                        case LENGTH -> FinishReason.LENGTH;
                        case INTERRUPTED -> FinishReason.INTERRUPTED;
                        default -> FinishReason.STOP;
                    };
        }
        if (ends || (choice.isEmpty() && !text.holds())) {
            deliver();
        }
    }

    private void deliver() {
        Token token = waiting;
        if (token != null) {
            waiting = null;
            tokens.add(token);
            listener.onToken(token);
        }
    }

    Generation result() {
        StringBuilder whole = new StringBuilder();
        tokens.forEach(token -> whole.append(token.text()));
        FinishReason reason = Objects.requireNonNull(finishReason);
        long first = firstNanos == 0 ? endNanos : firstNanos;
        return new Generation(
                whole.toString(),
                tokens,
                reason,
                new Usage(promptTokens, tokens.size()),
                new Timings(Duration.ofNanos(first - startNanos), Duration.ofNanos(endNanos - startNanos)),
                "");
    }
}
