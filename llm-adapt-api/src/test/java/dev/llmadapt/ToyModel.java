package dev.llmadapt;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A language model small enough to read: the fake that strategy and pilot tests run on, and the proof that
 * {@link ModelContract} can be met.
 *
 * <p>A token is a character (a Unicode code point, which is also its id), or {@link #END}. The next one is predicted by
 * {@link ToyPredictor}, which copies the answer of the most similar example in the conversation, so that few-shot
 * prompting visibly helps it. Everything else is as in a large model: real sampling ({@link ToySampler}), stop texts
 * held back while incomplete, constrained decoding, log-probabilities over the whole vocabulary.
 *
 * <p>Immutable but for its closing, and thus thread-safe.
 */
public final class ToyModel implements Model {
    /** The token that ends an answer; its text is whatever had been held back for a stop text that did not come. */
    public static final int END = Character.MAX_CODE_POINT + 1;

    private static final int CONTEXT_LENGTH = 16_384;

    private volatile boolean closed;

    /** A new model. */
    public ToyModel() {}

    @Override
    public Generation stream(Request request, TokenListener listener) {
        requireOpen();
        request.requireNoTools("a toy model");
        long start = System.nanoTime();
        GenerationOptions options = request.options();
        Choices choices = Choices.of(request.constraint());
        int promptTokens = promptTokens(request);
        int limit = Math.min(options.maxTokens(), CONTEXT_LENGTH - promptTokens);
        ToyPredictor predictor = new ToyPredictor(request.messages());
        ToySampler sampler = new ToySampler(options, new Random(options.seed()));
        Set<Integer> seen = new HashSet<>();
        request.messages().forEach(message -> message.content().codePoints().forEach(seen::add));

        List<Token> tokens = new ArrayList<>();
        StringBuilder written = new StringBuilder();
        int released = 0; // characters of written that the listener has
        long firstToken = start;
        FinishReason reason = FinishReason.INTERRUPTED;
        boolean done = false;
        while (!done && !Thread.currentThread().isInterrupted()) {
            ToyPredictor.Distribution next = predictor.next(written);
            int id = sampler.pick(logits(next, choices, written), seen);
            if (id != END) {
                written.appendCodePoint(id);
                seen.add(id);
            }
            int stop = firstStop(written, options.stop());
            boolean ended = stop >= 0 || id == END || choices.complete(written);
            boolean full = tokens.size() + 1 == limit;
            done = ended || full;
            int releasable = stop >= 0 ? stop : written.length() - (done ? 0 : heldBack(written, options.stop()));
            double logProbability = options.logProbabilities() ? next.logProbability(id) : Double.NaN;
            Token token = new Token(
                    id,
                    written.substring(released, releasable),
                    logProbability,
                    "",
                    next.likeliest(options.candidates()));
            released = releasable;
            if (tokens.isEmpty()) {
                firstToken = System.nanoTime();
            }
            if (done) {
                reason = ended ? FinishReason.STOP : FinishReason.LENGTH;
            }
            tokens.add(token);
            listener.onToken(token);
        }
        Timings timings =
                new Timings(Duration.ofNanos(firstToken - start), Duration.ofNanos(System.nanoTime() - start));
        return new Generation(
                written.substring(0, released), tokens, reason, new Usage(promptTokens, tokens.size()), timings, "");
    }

    @Override
    public Scores score(Request prompt, List<String> continuations) {
        requireOpen();
        int promptTokens = promptTokens(prompt);
        ToyPredictor predictor = new ToyPredictor(prompt.messages());
        List<Scores.Entry> entries = new ArrayList<>();
        for (String continuation : continuations) {
            List<Token> tokens = new ArrayList<>();
            StringBuilder written = new StringBuilder();
            continuation.codePoints().forEach(id -> {
                double logProbability = predictor.next(written).logProbability(id);
                tokens.add(new Token(id, Character.toString(id), logProbability));
                written.appendCodePoint(id);
            });
            if (promptTokens + tokens.size() > CONTEXT_LENGTH) {
                throw new IllegalArgumentException("prompt and continuation have " + (promptTokens + tokens.size())
                        + " tokens, the context holds " + CONTEXT_LENGTH + "; shorten them");
            }
            entries.add(new Scores.Entry(continuation, tokens));
        }
        return new Scores(entries, new Usage(promptTokens, 0));
    }

    @Override
    public Request prepare(Request request) {
        requireOpen();
        return request;
    }

    @Override
    public ModelInfo info() {
        requireOpen();
        return new ModelInfo("toy", "bigram", 0, CONTEXT_LENGTH, END + 1, "fp64");
    }

    @Override
    public void close() {
        closed = true;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the toy model is closed; make a new one");
        }
    }

    /** Checks a request and counts its tokens: the characters of each message and one that ends it. */
    private static int promptTokens(Request request) {
        if (!request.adapters().isEmpty()) {
            throw new IllegalArgumentException("unknown adapters " + request.adapters() + ", this model has none");
        }
        if (!request.templateArguments().isEmpty()) {
            throw new IllegalArgumentException("a toy model has no chat template, so no template arguments, got "
                    + request.templateArguments().keySet());
        }
        long tokens = 0;
        for (Message message : request.messages()) {
            tokens += message.content().codePoints().count() + 1;
        }
        if (tokens >= CONTEXT_LENGTH) {
            throw new IllegalArgumentException("the prompt has " + tokens + " tokens, the context holds "
                    + CONTEXT_LENGTH + " with at least one for the answer; shorten the prompt");
        }
        return (int) tokens;
    }

    private static SortedMap<Integer, Double> logits(
            ToyPredictor.Distribution next, Choices choices, StringBuilder written) {
        SortedMap<Integer, Double> logits = new TreeMap<>();
        for (int id : choices.free() ? next.support() : choices.allowed(written)) {
            logits.put(id, next.logProbability(id));
        }
        return logits;
    }

    /** The offset of the first stop text in the answer, or -1. */
    private static int firstStop(StringBuilder written, List<String> stops) {
        return stops.stream()
                .mapToInt(written::indexOf)
                .filter(at -> at >= 0)
                .min()
                .orElse(-1);
    }

    /** The number of characters at the end of the answer that may be the beginning of a stop text. */
    private static int heldBack(StringBuilder written, List<String> stops) {
        int most = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, written.length()); length > most; length--) {
                if (stop.startsWith(written.substring(written.length() - length))) {
                    most = length;
                }
            }
        }
        return most;
    }

    /** The texts that an answer may be; an empty list allows any. */
    private record Choices(List<String> texts) {
        static Choices of(OutputConstraint constraint) {
            return new Choices(constraint instanceof OutputConstraint.OneOf oneOf ? oneOf.choices() : List.of());
        }

        boolean free() {
            return texts.isEmpty();
        }

        /** The tokens that lead on to a choice. */
        SortedSet<Integer> allowed(CharSequence written) {
            String soFar = written.toString();
            SortedSet<Integer> ids = new TreeSet<>();
            for (String text : texts) {
                if (text.startsWith(soFar)) {
                    ids.add(text.length() == soFar.length() ? END : text.codePointAt(soFar.length()));
                }
            }
            return ids;
        }

        /** Whether a choice is written and no longer one can follow. */
        boolean complete(CharSequence written) {
            return !free() && allowed(written).equals(Set.of(END));
        }
    }
}
