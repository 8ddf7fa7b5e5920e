package dev.llmadapt.local.decoding;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.InferenceException;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.ToolCall;
import dev.llmadapt.Usage;
import dev.llmadapt.observation.RequestTrace;
import dev.llmadapt.prompting.tool.ParsedCalls;
import dev.llmadapt.prompting.tool.ToolFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One answer taking shape: from the scheduler's steps to tokens with text, told to a listener. A token whose text may
 * still grow waits until the next one, so that the tokens' texts always add up to the answer. Not thread-safe.
 */
final class Answer {
    private static final int ID_LENGTH = 9;
    private static final String LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private final Sequence sequence;
    private final int promptTokens;
    private final AnswerText text;
    private final Optional<ChoiceText> choice;
    private final Optional<ToolFormat> tools;
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
            Optional<ChoiceText> choice,
            Optional<ToolFormat> tools,
            TokenListener listener,
            long startNanos) {
        this.sequence = sequence;
        this.promptTokens = promptTokens;
        this.text = text;
        this.choice = choice;
        this.tools = tools;
        this.listener = listener;
        this.startNanos = startNanos;
    }

    Sequence sequence() {
        return sequence;
    }

    private RequestTrace trace() {
        return sequence.time().trace();
    }

    /** Tells that the call failed, unless this answer's end was told. */
    void failed(Throwable failure) {
        trace().failed(failure, sequence.time().over(), readTokens(), tokens.size());
    }

    private int readTokens() {
        return trace().hasBegun() ? promptTokens : 0;
    }

    boolean over() {
        return finishReason != null;
    }

    void accept(Sequence.Step step) {
        trace().tell();
        if (step.id() >= 0) {
            if (firstNanos == 0) {
                firstNanos = System.nanoTime();
                trace().firstToken();
            }
            add(step.id(), step.logProbability(), step.likeliest());
        }
        boolean ends = step.end() != Sequence.End.NONE || text.stopped();
        if (ends) {
            Sequence.End end = step.end() == Sequence.End.STOP && !addRest() ? Sequence.End.LENGTH : step.end();
            String rest = choice.isEmpty()
                    ? text.finish()
                    : end == Sequence.End.STOP ? choice.get().finish() : "";
            Token last = waiting;
            if (last != null) {
                waiting = new Token(
                        last.id(),
                        last.text() + rest,
                        last.logProbability(),
                        last.reasoning() + text.takeThought(),
                        last.candidates(),
                        last.bytes());
            }
            endNanos = System.nanoTime();
            trace().lastToken();
            finishReason = text.stopped()
                    ? FinishReason.STOP
                    : switch (end) {
                        case LENGTH -> FinishReason.LENGTH;
                        case INTERRUPTED -> FinishReason.INTERRUPTED;
                        default -> FinishReason.STOP;
                    };
        }
        if (ends || !(text.holds() || choice.filter(ChoiceText::holds).isPresent())) {
            deliver();
        }
    }

    private void add(int id, double logProbability, List<Likeliest.Entry> likeliest) {
        deliver();
        List<Token.Candidate> candidates = text.candidates(likeliest);
        String piece = text.add(id);
        String own = choice.isPresent() ? choice.get().add(id, piece) : piece;
        waiting = new Token(id, own, logProbability, text.takeThought(), candidates, text.bytes());
    }

    /** Adds the tokens of the choice that needed no step; returns whether all of them are within the limit. */
    private boolean addRest() {
        List<Integer> rest = choice.map(ChoiceText::rest).orElse(List.of());
        int room = sequence.maxTokens() - tokens.size() - (waiting == null ? 0 : 1);
        rest.stream().limit(room).forEach(id -> add(id, Double.NaN, List.of()));
        return rest.size() <= room;
    }

    private void deliver() {
        Token token = waiting;
        if (token != null) {
            waiting = null;
            tokens.add(token);
            try {
                listener.onToken(token);
            } catch (RuntimeException | Error e) {
                trace().givenUp();
                throw e;
            }
        }
    }

    Generation result() {
        StringBuilder whole = new StringBuilder();
        StringBuilder thought = new StringBuilder();
        for (Token token : tokens) {
            whole.append(token.text());
            thought.append(token.reasoning());
        }
        FinishReason reason = Objects.requireNonNull(finishReason);
        List<ToolCall> calls = tools.isPresent() ? calls(tools.get(), reason) : List.of();
        if (reason == FinishReason.STOP && !calls.isEmpty()) {
            reason = FinishReason.TOOL_CALLS;
        }
        if (reason == FinishReason.INTERRUPTED) {
            trace().cancelled(sequence.time().over(), readTokens(), tokens.size());
        } else {
            trace().finished(reason.name().toLowerCase(Locale.ROOT), promptTokens, tokens.size());
        }
        long first = firstNanos == 0 ? endNanos : firstNanos;
        return new Generation(
                whole.toString(),
                tokens,
                reason,
                new Usage(promptTokens, tokens.size(), trace().cachedOf(promptTokens)),
                new Timings(Duration.ofNanos(first - startNanos), Duration.ofNanos(endNanos - startNanos)),
                thought.toString(),
                Optional.empty(),
                calls);
    }

    /** Reads the calls, those that are whole. */
    private List<ToolCall> calls(ToolFormat format, FinishReason reason) {
        if (text.block().isEmpty()) {
            return List.of();
        }
        ParsedCalls parsed = format.parse(text.block());
        boolean whole = parsed.rest().isEmpty() && !parsed.calls().isEmpty();
        if (reason == FinishReason.STOP && !whole) {
            throw new InferenceException(
                    "the model's tool call cannot be read in the format " + format.key() + ": " + text.block());
        }
        List<ToolCall> calls = new ArrayList<>();
        for (ToolCall call : parsed.calls()) {
            calls.add(new ToolCall(id(calls.size()), call.name(), call.arguments()));
        }
        return calls;
    }

    /** Returns an id of nine letters and digits, as Mistral's templates want it; the same for the same answer. */
    private String id(int index) {
        long hash = index;
        for (int each : sequence.prompt()) {
            hash = hash * 0x5851F42D4C957F2DL + each + 1;
        }
        for (Token each : tokens) {
            hash = hash * 0x5851F42D4C957F2DL + each.id() + 1;
        }
        StringBuilder id = new StringBuilder();
        for (long rest = (hash ^ hash >>> 29) >>> 1; id.length() < ID_LENGTH; rest /= LETTERS.length()) {
            id.append(LETTERS.charAt((int) (rest % LETTERS.length())));
        }
        return id.toString();
    }
}
