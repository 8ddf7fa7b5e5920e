package dev.llmadapt.prompting.tool;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Request;
import dev.llmadapt.TokenListener;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.Usage;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/**
 * A loop that asks a model, runs the tools that it calls, and asks again with their results, until an answer calls
 * none. Thread-safe if the handlers are; it keeps nothing between runs.
 *
 * @param model the model; stays the caller's, who closes it
 * @param handlers what runs the tools, by their names; those of all tools of a request are needed
 * @param maxSteps the most answers with calls, at least 1
 * @param errors what happens when a handler fails
 */
public record ToolLoop(Model model, Map<String, Handler> handlers, int maxSteps, Errors errors) {
    private static final int DEFAULT_STEPS = 8;

    /** What runs a tool. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Runs the tool.
         *
         * @param arguments a JSON object, which fits the schema of the tool where a local model wrote it; what it says
         *     is the model's doing, so it is to be trusted as little as what a user says
         * @return the result, for the model to read
         * @throws Exception if it fails
         */
        String call(String arguments) throws Exception;
    }

    /** What happens when a handler fails. */
    public enum Errors {
        /** The model gets the message of the exception as the result, and may call again. */
        TO_MODEL,
        /** The run ends with the exception. */
        THROWN
    }

    /**
     * The end of a run.
     *
     * @param answer the last answer, which calls no tool
     * @param conversation the request with all that was said, the last answer included
     * @param steps how many answers called tools
     * @param usage the tokens of all answers
     */
    public record Result(Generation answer, Request conversation, int steps, Usage usage) {}

    /** Checks the components, and copies the map. */
    public ToolLoop {
        Objects.requireNonNull(model, "model must not be null");
        Objects.requireNonNull(errors, "errors must not be null");
        handlers = Map.copyOf(handlers);
        if (maxSteps < 1) {
            throw new IllegalArgumentException("maxSteps must be at least 1, maxSteps: " + maxSteps);
        }
    }

    /** A loop of at most 8 steps, in which the model is told of errors. */
    public static ToolLoop of(Model model, Map<String, Handler> handlers) {
        return new ToolLoop(model, handlers, DEFAULT_STEPS, Errors.TO_MODEL);
    }

    /** This loop with another limit of steps. */
    public ToolLoop withMaxSteps(int maxSteps) {
        return new ToolLoop(model, handlers, maxSteps, errors);
    }

    /** This loop with another way to take errors. */
    public ToolLoop withErrors(Errors errors) {
        return new ToolLoop(model, handlers, maxSteps, errors);
    }

    /** Runs a request, as {@link #run(Request, TokenListener)} does without a listener. */
    public Result run(Request request) {
        return run(request, TokenListener.NONE);
    }

    /**
     * Runs a request. Where it requires a call, that holds for the first answer; later ones are free to call.
     *
     * <p>An interrupt ends the run with the answer so far, as {@link Model#stream} does.
     *
     * @param listener gets the tokens of every answer
     * @throws IllegalArgumentException if a tool of the request has no handler, or the model refuses the request
     * @throws LlmAdaptException if the model still calls tools after the last step, or a handler failed and errors are
     *     {@linkplain Errors#THROWN thrown}
     */
    public Result run(Request request, TokenListener listener) {
        requireHandlers(request);
        Request asked = request;
        Usage usage = Usage.NONE;
        for (int step = 0; ; step++) {
            Generation answer = model.stream(asked, listener);
            usage = usage.plus(answer.usage());
            asked = asked.plus(answer.message());
            if (answer.toolCalls().isEmpty() || answer.finishReason() == FinishReason.INTERRUPTED) {
                return new Result(answer, asked, step, usage);
            }
            if (step == maxSteps) {
                throw new LlmAdaptException("the model still calls tools after " + maxSteps + " steps, last "
                        + answer.toolCalls().stream().map(ToolCall::name).toList()
                        + "; allow more (withMaxSteps), or look whether the results tell it what it needs");
            }
            for (ToolCall call : answer.toolCalls()) {
                asked = asked.plus(Message.toolResult(call, result(call)));
            }
            ToolChoice choice = asked.toolChoice();
            if (choice.mode() == ToolChoice.Mode.REQUIRED || choice.mode() == ToolChoice.Mode.NAMED) {
                asked = asked.withToolChoice(ToolChoice.auto().withParallel(choice.parallel()));
            }
        }
    }

    private void requireHandlers(Request request) {
        TreeSet<String> missing = new TreeSet<>();
        for (ToolSpec tool : request.tools()) {
            if (!handlers.containsKey(tool.name())) {
                missing.add(tool.name());
            }
        }
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("tools of the request have no handler: " + missing + ", handlers: "
                    + new TreeSet<>(handlers.keySet()));
        }
    }

    private String result(ToolCall call) {
        Handler handler = handlers.get(call.name());
        if (handler == null) { // of a model that does not keep to the request's tools
            String message = "there is no tool '" + call.name() + "'; there are " + new TreeSet<>(handlers.keySet());
            if (errors == Errors.THROWN) {
                throw new LlmAdaptException(message);
            }
            return "error: " + message;
        }
        try {
            return Objects.requireNonNull(handler.call(call.arguments()), "the handler returned null");
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            if (errors == Errors.THROWN) {
                throw new LlmAdaptException("tool '" + call.name() + "' failed: " + e.getMessage(), e);
            }
            return "error: " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
        }
    }
}
