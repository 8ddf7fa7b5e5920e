package dev.llmadapt.spring.ai;

import dev.llmadapt.Generation;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Scoring;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.remote.bridge.Pieces;
import dev.llmadapt.remote.bridge.RequestBatch;
import dev.llmadapt.remote.bridge.RequestRefusals;
import java.util.List;
import java.util.Objects;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import reactor.core.publisher.Flux;

/**
 * A {@link ChatModel} of Spring AI as a model of this library, so that strategies adapt it and the pilot measures what
 * a team already runs.
 *
 * <p>What a request asks for is done or refused by name. Prompts begin with the model's own options, in which the
 * request's take the place of temperature, top-p, top-k, the most tokens, stop texts, tools and schema. Spring AI's
 * interface cannot say, and this model refuses: raw text, an assistant's message to continue, adapters, template
 * arguments, {@code minP}, {@code repetitionPenalty}, log-probabilities, a {@code seed} other than 0 where tokens are
 * sampled (with seed 0 sampled answers differ from call to call), a call that is required or named, at most one call,
 * regular expressions and grammars. JSON of a schema and choices need a model whose options are
 * {@code StructuredOutputChatOptions}, tools one with {@code ToolCallingChatOptions}; answers are checked: choices,
 * JSON of built schemas with their lengths, JSON of parsed schemas for being JSON. It {@linkplain ModelInfo#scoring()
 * scores nothing}. Of the {@linkplain Request#scheduling() scheduling} the time limit is kept.
 *
 * <p>Answers without a constraint are streamed where the model does that, unless the options say otherwise; a piece of
 * text is a token whose id is -1. Thoughts are not told apart. Interrupting the calling thread gives the answer up at
 * once and cancels its subscription.
 *
 * <p>Errors: exceptions that say that the caller did wrong ({@link IllegalArgumentException},
 * {@link IllegalStateException}) stay as they are, everything else is an {@link dev.llmadapt.LlmAdaptException}.
 *
 * <p>Thread-safe where the model of Spring AI is. It does not close it.
 */
public final class SpringAiModel implements Model {
    private final ChatModel chat;
    private final SpringAiOptions options;
    private final ModelInfo info;
    private final ModelPrompts prompts;
    private final ModelAnswers answers;
    private final RequestRefusals refusals;
    private volatile boolean closed;

    /** With default options. */
    public SpringAiModel(ChatModel chat) {
        this(chat, SpringAiOptions.defaults());
    }

    /** With options. */
    public SpringAiModel(ChatModel chat, SpringAiOptions options) {
        this.chat = Objects.requireNonNull(chat, "chat must not be null");
        this.options = Objects.requireNonNull(options, "options must not be null");
        String own = ChatMessages.orEmpty(chat.getOptions().getModel());
        String name = !options.name().isEmpty()
                ? options.name()
                : own.isEmpty() ? chat.getClass().getSimpleName() : own;
        this.info = new ModelInfo(name, "", 0, options.contextLength(), 0, "", Scoring.NONE);
        this.prompts = new ModelPrompts(name, chat.getOptions());
        this.answers = new ModelAnswers(name);
        this.refusals = new RequestRefusals(name, "Spring AI");
    }

    @Override
    public Generation stream(Request request, TokenListener listener) {
        requireOpen();
        long start = System.nanoTime();
        Prompt prompt = prompts.prompt(request);
        if (Thread.currentThread().isInterrupted()) {
            return Pieces.interrupted(List.of(), Timings.NONE);
        }
        boolean streamed = options.streaming() && request.constraint() instanceof OutputConstraint.None;
        ModelCall call = new ModelCall(start, request.scheduling().timeLimit());
        boolean whole = call.hear(
                Flux.defer(() -> streamed ? streamed(prompt) : Flux.just(called(prompt))),
                streamed ? listener : null,
                answers);
        List<Token> pieces = call.pieces();
        if (!whole) {
            return Pieces.interrupted(streamed ? pieces : List.of(), call.timings());
        }
        Generation answer = answers.generation(request, call.responses(), pieces, call.timings());
        if (!streamed) {
            answer.tokens().forEach(listener::onToken);
        }
        return answer;
    }

    /** The answer in pieces, or in one from a model that has no others. */
    private Flux<ChatResponse> streamed(Prompt prompt) {
        try {
            return chat.stream(prompt);
        } catch (UnsupportedOperationException e) {
            return Flux.just(called(prompt));
        }
    }

    private ChatResponse called(Prompt prompt) {
        ChatResponse response = chat.call(prompt);
        if (response == null) {
            throw new LlmAdaptException("the model '" + info.name() + "' answered nothing (null)");
        }
        return response;
    }

    @Override
    public List<Generation> generate(List<Request> requests) {
        requireOpen();
        return new RequestBatch(requests, options.concurrency(), this::generate).run();
    }

    /**
     * Refused: Spring AI's interface has no probabilities.
     *
     * @throws UnsupportedOperationException always, unless a continuation is empty or the model closed
     */
    @Override
    public Scores score(Request prompt, List<String> continuations) {
        requireOpen();
        throw refusals.scores(continuations);
    }

    @Override
    public Request prepare(Request request) {
        requireOpen();
        return request;
    }

    @Override
    public ModelInfo info() {
        requireOpen();
        return info;
    }

    /** Refuses further use; the model of Spring AI stays open. */
    @Override
    public void close() {
        closed = true;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the model is closed: " + info.name() + "; make a new one to use it");
        }
    }
}
