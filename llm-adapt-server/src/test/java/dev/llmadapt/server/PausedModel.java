package dev.llmadapt.server;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** A model that writes a token for each permit, and ends after as many as the request asks for, or at an interrupt. */
final class PausedModel implements Model {
    final Semaphore permits = new Semaphore(0);
    final AtomicInteger running = new AtomicInteger();
    final AtomicInteger ended = new AtomicInteger();

    @Override
    public Generation stream(Request request, TokenListener listener) {
        running.incrementAndGet();
        try {
            List<Token> tokens = new ArrayList<>();
            FinishReason reason = FinishReason.LENGTH;
            while (tokens.size() < request.options().maxTokens()) {
                try {
                    permits.acquire();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    reason = FinishReason.INTERRUPTED;
                    break;
                }
                Token token = new Token(1, "x", Double.NaN);
                tokens.add(token);
                listener.onToken(token);
            }
            return new Generation(
                    "x".repeat(tokens.size()), tokens, reason, new Usage(1, tokens.size()), Timings.NONE, "");
        } finally {
            running.decrementAndGet();
            ended.incrementAndGet();
        }
    }

    @Override
    public Scores score(Request prompt, List<String> continuations) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ModelInfo info() {
        return new ModelInfo("paused", "none", 0, 1000, 2, "none");
    }

    @Override
    public void close() {}
}
