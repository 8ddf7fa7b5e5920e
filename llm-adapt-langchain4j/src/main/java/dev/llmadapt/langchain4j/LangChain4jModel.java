package dev.llmadapt.langchain4j;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.llmadapt.Generation;
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
import org.jspecify.annotations.Nullable;

/**
 * A {@link ChatModel} of LangChain4j as a model of this library, so that strategies adapt it and the pilot measures it.
 *
 * <p>What a request asks for is done or refused by name. LangChain4j's interface cannot say, and this model refuses:
 * raw text, an assistant's message to continue, adapters, template arguments, {@code minP}, {@code repetitionPenalty},
 * log-probabilities, a {@code seed} other than 0 where tokens are sampled (with seed 0 sampled answers differ from call
 * to call), at most one tool call unless the tool is named, regular expressions and grammars. JSON of a schema and
 * choices need a model that declares {@link Capability#RESPONSE_FORMAT_JSON_SCHEMA}; answers are checked: choices, JSON
 * of built schemas with their lengths, JSON of parsed schemas for being JSON. It {@linkplain ModelInfo#scoring() scores
 * nothing}. Of the {@linkplain Request#scheduling() scheduling} the time limit is kept; who asks and how urgent it is
 * are not sent.
 *
 * <p>With a streaming model beside it, answers without a constraint are streamed; a piece of text is a token whose id
 * is -1. Without one, and for answers that are checked, the text is one such token. Interrupting the calling thread
 * gives the answer up at once: the stream is cancelled where its model can, and the thread that asked is interrupted.
 *
 * <p>Errors: LangChain4j's {@code UnsupportedFeatureException}, {@code InvalidRequestException} and
 * {@code ModelNotFoundException} are {@link IllegalArgumentException}s, its {@code RateLimitException} an
 * {@link dev.llmadapt.OverloadedException}. What says that the server cannot be asked (its
 * {@code AuthenticationException}, {@code TimeoutException} and {@code UnresolvedModelServerException}, a broken
 * connection, 502, 503 and 504) is an {@link dev.llmadapt.UnavailableException}, everything else an
 * {@link dev.llmadapt.LlmAdaptException}, but an {@link IllegalStateException}, such as of a model that is closed,
 * which stays as it is.
 *
 * <p>Thread-safe where the models of LangChain4j are. It does not close them.
 */
public final class LangChain4jModel implements Model {
    private final ChatModel chat;
    private final @Nullable StreamingChatModel streaming;
    private final LangChain4jOptions options;
    private final ModelInfo info;
    private final ModelRequests requests;
    private final ModelAnswers answers;
    private final RequestRefusals refusals;
    private volatile boolean closed;

    /** A model that answers as a whole, with default options. */
    public LangChain4jModel(ChatModel chat) {
        this(chat, null, LangChain4jOptions.defaults());
    }

    /**
     * A model with options.
     *
     * @param streaming the same model, for answers that are streamed; null if there is none
     */
    public LangChain4jModel(ChatModel chat, @Nullable StreamingChatModel streaming, LangChain4jOptions options) {
        this.chat = Objects.requireNonNull(chat, "chat must not be null");
        this.streaming = streaming;
        this.options = Objects.requireNonNull(options, "options must not be null");
        String name = name(chat, options);
        this.info = new ModelInfo(name, "", 0, options.contextLength(), 0, "", Scoring.NONE);
        this.requests = new ModelRequests(
                name,
                chat.defaultRequestParameters(),
                chat.supportedCapabilities().contains(Capability.RESPONSE_FORMAT_JSON_SCHEMA));
        this.answers = new ModelAnswers(name);
        this.refusals = new RequestRefusals(name, "LangChain4j");
    }

    private static String name(ChatModel chat, LangChain4jOptions options) {
        String own = ChatMessages.orEmpty(chat.defaultRequestParameters().modelName());
        if (!options.name().isEmpty()) {
            return options.name();
        }
        return own.isEmpty() ? chat.getClass().getSimpleName() : own;
    }

    @Override
    public Generation stream(Request request, TokenListener listener) {
        requireOpen();
        long start = System.nanoTime();
        ChatRequest asked = requests.chatRequest(request);
        if (Thread.currentThread().isInterrupted()) {
            return Pieces.interrupted(List.of(), Timings.NONE);
        }
        StreamingChatModel stream = request.constraint() instanceof OutputConstraint.None ? streaming : null;
        ModelCall call = stream == null
                ? ModelCall.whole(chat, asked, start, request.scheduling().timeLimit())
                : ModelCall.streamed(stream, asked, start, request.scheduling().timeLimit());
        ChatResponse response = call.answer(listener, answers);
        List<Token> pieces = call.pieces();
        if (response == null) {
            return Pieces.interrupted(pieces, call.timings());
        }
        Generation answer = answers.generation(request, response, pieces, call.timings());
        answer.tokens().subList(pieces.size(), answer.tokens().size()).forEach(listener::onToken);
        return answer;
    }

    @Override
    public List<Generation> generate(List<Request> requests) {
        requireOpen();
        return new RequestBatch(requests, options.concurrency(), this::generate).run();
    }

    /**
     * Refused: LangChain4j's interface has no probabilities.
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

    /** Refuses further use; the models of LangChain4j stay open. */
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
