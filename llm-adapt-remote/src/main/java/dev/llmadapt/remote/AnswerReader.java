package dev.llmadapt.remote;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Request;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.Usage;
import dev.llmadapt.remote.bridge.AnswerCheck;
import dev.llmadapt.remote.http.Answer;
import dev.llmadapt.remote.http.OutOfTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One answer on its way: parts are read, passed on as tokens, and put together. An answer that breaks off is an error,
 * never a short answer. For one thread.
 */
final class AnswerReader {
    private final Request request;
    private final TokenListener listener;
    private final String where;
    private final AnswerCheck check;
    private final ServerError errors;
    private final long start;
    private final List<Token> tokens = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final ToolCallParts calls = new ToolCallParts();
    private long firstToken;
    private boolean reported;
    private @Nullable Usage usage;
    private @Nullable FinishReason finish;

    /**
     * A reader.
     *
     * @param where the server, for messages
     * @param start when the caller asked, in the nanoseconds of {@link System#nanoTime}
     */
    AnswerReader(
            Request request, TokenListener listener, String where, AnswerCheck check, ServerError errors, long start) {
        this.request = request;
        this.listener = listener;
        this.where = where;
        this.check = check;
        this.errors = errors;
        this.start = start;
    }

    /**
     * Reads an answer to its end. If the thread is interrupted, or the request's time passes, the answer so far is
     * returned; the interrupt status stays set.
     *
     * @throws RemoteException if the answer ends early, holds an error, or cannot be read
     * @throws ServerUnavailableException if the connection breaks
     */
    Generation read(Answer answer) {
        try {
            if (!answer.isStream()) {
                part(Json.object(answer.text(), where));
            } else {
                String event = answer.nextEvent();
                while (event != null && !event.strip().equals("[DONE]")) {
                    part(Json.object(event, where));
                    if (finish == null && Thread.currentThread().isInterrupted()) {
                        return interrupted();
                    }
                    event = answer.nextEvent();
                }
                answer.drain();
            }
        } catch (InterruptedException e) {
            keepStatus(e);
            if (finish == null) {
                return interrupted();
            }
        } catch (IOException e) {
            if (finish == null) {
                throw new ServerUnavailableException(
                        brokenOff() + ": " + e.getClass().getSimpleName() + ", " + e.getMessage(), 0, e);
            }
        }
        return finished();
    }

    /** An answer that was interrupted before it began. */
    Generation interrupted() {
        Usage used = usage == null ? new Usage(0, tokens.size()) : usage;
        return generation(FinishReason.INTERRUPTED, used, calls.whole(true));
    }

    /** Sets the thread's interrupt status again, unless it was the request's time that passed. */
    static void keepStatus(InterruptedException e) {
        if (!(e instanceof OutOfTime)) {
            Thread.currentThread().interrupt();
        }
    }

    private String brokenOff() {
        return "the answer of " + where + " broke off after " + (text.length() + reasoning.length())
                + " characters, without a reason why it ended";
    }

    private void part(JsonObject part) {
        JsonElement error = part.get("error");
        if (error != null && !error.isJsonNull()) {
            throw errors.inAnswer(error, ServerError.texts(request));
        }
        Json.object(part, "usage")
                .ifPresent(json -> usage = new Usage(
                        Json.count(json, "prompt_tokens"),
                        Json.count(json, "completion_tokens"),
                        Json.object(json, "prompt_tokens_details")
                                .map(details -> Json.count(details, "cached_tokens"))
                                .orElse(0)));
        List<JsonElement> choices = Json.list(part, "choices");
        if (choices.isEmpty()) {
            return;
        }
        JsonElement choice = choices.get(0);
        JsonObject message = Json.object(choice, "delta")
                .or(() -> Json.object(choice, "message"))
                .orElseGet(JsonObject::new);
        String content = Json.text(message, "content") + Json.text(choice, "text");
        String thought = Json.text(message, "reasoning_content");
        if (thought.isEmpty()) {
            thought = Json.text(message, "reasoning");
        }
        if (!Json.text(message, "refusal").isEmpty()) {
            throw new RemoteException("the model refused to answer: " + Json.shortened(Json.text(message, "refusal")));
        }
        calls.add(message);
        List<Token> given = ReportedTokens.of(choice, request.options().candidates());
        reported |= !given.isEmpty();
        if (!request.options().logProbabilities()) {
            given = List.of(); // some servers report them unasked
        }
        String why = Json.text(choice, "finish_reason");
        FinishReason reason = why.isEmpty() ? null : reason(why);
        text.append(content);
        reasoning.append(thought);
        for (Token token : ReportedTokens.spread(given, content, thought)) {
            if (tokens.isEmpty()) {
                firstToken = System.nanoTime();
            }
            tokens.add(token);
            listener.onToken(token);
        }
        if (reason != null) {
            finish = reason;
        }
    }

    private FinishReason reason(String why) {
        return switch (why) {
            case "stop", "eos", "eos_token", "stop_sequence" -> FinishReason.STOP;
            case "length" -> FinishReason.LENGTH;
            case "tool_calls", "function_call" -> FinishReason.TOOL_CALLS;
            default ->
                throw new RemoteException("the answer of " + where + " ended for the reason '" + Json.shortened(why)
                        + "' after " + (text.length() + reasoning.length())
                        + " characters; an answer that is not whole is not taken for one");
        };
    }

    private Generation finished() {
        FinishReason reason = finish;
        if (reason == null) {
            throw new RemoteException(brokenOff());
        }
        if (request.options().logProbabilities() && !reported && text.length() > 0) {
            throw new RemoteException("the server at " + where + " was asked for log-probabilities and reports none;"
                    + " leave logProbabilities out");
        }
        List<ToolCall> whole = calls.whole(reason == FinishReason.LENGTH);
        if (!whole.isEmpty() && reason == FinishReason.STOP) {
            reason = FinishReason.TOOL_CALLS; // as some servers end calls of a named tool
        }
        requireKept(whole, reason);
        return generation(reason, usage == null ? new Usage(0, tokens.size()) : usage, whole);
    }

    /** Refuses calls that do not keep what was asked; servers that do not know a condition ignore it. */
    private void requireKept(List<ToolCall> calls, FinishReason reason) {
        ToolChoice choice = request.toolChoice();
        boolean must = choice.mode() == ToolChoice.Mode.REQUIRED || choice.mode() == ToolChoice.Mode.NAMED;
        boolean cutOff = reason == FinishReason.LENGTH;
        if (must && calls.isEmpty() && !cutOff) {
            throw new RemoteException(
                    "the server at " + where + " was asked for a tool call and answered with none; say"
                            + " with RemoteOptions.withFeatures that it lacks the ability REQUIRED_TOOL, or use another server");
        }
        check.calls(request, calls, cutOff, text.toString());
    }

    private Generation generation(FinishReason reason, Usage used, List<ToolCall> whole) {
        long end = System.nanoTime();
        return new Generation(
                text.toString(),
                tokens,
                reason,
                used,
                new Timings(
                        Duration.ofNanos((tokens.isEmpty() ? end : firstToken) - start), Duration.ofNanos(end - start)),
                reasoning.toString(),
                Optional.empty(),
                whole);
    }
}
