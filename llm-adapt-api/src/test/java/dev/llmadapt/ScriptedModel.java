package dev.llmadapt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A model that remembers what it was asked and answers what it was told, a token a piece. */
public final class ScriptedModel implements Model {
    /** The requests, in the order in which they came. */
    public final List<Request> asked = new CopyOnWriteArrayList<>();

    /** The tokens that a listener was given and did not refuse to take. */
    public final List<Token> heard = new CopyOnWriteArrayList<>();

    private final Generation answer;
    private final @Nullable RuntimeException failure;
    private @Nullable ScriptedModel next; // who answers the requests after the first

    private ScriptedModel(Generation answer, @Nullable RuntimeException failure) {
        this.answer = answer;
        this.failure = failure;
    }

    /** Answers these pieces. */
    public static ScriptedModel saying(String... pieces) {
        return answering(FinishReason.STOP, "", List.of(), pieces);
    }

    /** Answers with calls of tools. */
    public static ScriptedModel calling(ToolCall... calls) {
        return answering(FinishReason.TOOL_CALLS, "", List.of(calls));
    }

    /** Answers as the first does, then as the second. */
    public static ScriptedModel turns(ScriptedModel first, ScriptedModel second) {
        ScriptedModel both = saying();
        both.next = first;
        first.next = second;
        return both;
    }

    /** Fails at every request. */
    public static ScriptedModel failing(RuntimeException failure) {
        return new ScriptedModel(saying().answer, failure);
    }

    /** Answers a thought, pieces of text and calls, and ends for a reason. */
    public static ScriptedModel answering(FinishReason reason, String thought, List<ToolCall> calls, String... pieces) {
        List<Token> tokens = new ArrayList<>();
        if (!thought.isEmpty()) {
            tokens.add(new Token(1, "", Double.NaN, thought));
        }
        for (String piece : pieces) {
            tokens.add(new Token(2, piece, Double.NaN));
        }
        return new ScriptedModel(
                new Generation(
                        String.join("", pieces),
                        tokens,
                        reason,
                        new Usage(7, tokens.size(), 4),
                        Timings.NONE,
                        thought,
                        Optional.empty(),
                        calls),
                null);
    }

    /** The last request. */
    public Request request() {
        return asked.get(asked.size() - 1);
    }

    @Override
    public Generation stream(Request request, TokenListener listener) {
        ScriptedModel other = next;
        if (other != null) {
            next = other.next;
            other.next = null;
            return other.stream(request, listener);
        }
        asked.add(request);
        if (failure != null) {
            throw failure;
        }
        for (Token token : answer.tokens()) {
            heard.add(token);
            listener.onToken(token);
        }
        return answer;
    }

    @Override
    public Scores score(Request prompt, List<String> continuations) {
        throw new UnsupportedOperationException("a scripted model scores nothing");
    }

    @Override
    public ModelInfo info() {
        return new ModelInfo("scripted", "", 0, 100, 10, "");
    }

    @Override
    public void close() {}
}
