package dev.llmadapt.langchain4j;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.llmadapt.Model;
import dev.llmadapt.Request;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * A model of this library as a {@link StreamingChatModel} of LangChain4j; requests and errors are those of
 * {@link LlmAdaptChatModel}.
 *
 * <p>A request that is refused is refused by {@code chat} itself, on the calling thread. An answer is written on one
 * thread of the executor, which calls the handler: each piece of text as soon as it is final, of the thought where the
 * options ask for it, then each tool call as a whole, and the whole answer. Tool calls do not come in parts.
 * {@code StreamingHandle.cancel()} ends the answer within one token; nothing is called after it, neither
 * {@code onCompleteResponse} nor {@code onError}. What a handler throws goes to its {@code onError}, and the answer
 * goes on; what {@code onError} throws is logged.
 *
 * <p>Thread-safe. It closes neither the model nor the executor.
 */
public final class LlmAdaptStreamingChatModel implements StreamingChatModel {
    private final Model model;
    private final ChatOptions options;
    private final ChatRequests requests;
    private final Executor executor;

    /** With default options. */
    public LlmAdaptStreamingChatModel(Model model) {
        this(model, ChatOptions.defaults());
    }

    /** With options, and a new daemon thread for each answer. */
    public LlmAdaptStreamingChatModel(Model model, ChatOptions options) {
        this(model, options, LlmAdaptStreamingChatModel::start);
    }

    /**
     * With options and an executor.
     *
     * @param model the caller closes it, after the last answer
     * @param executor has a thread for each answer that is to run at a time, such as one of virtual threads
     */
    public LlmAdaptStreamingChatModel(Model model, ChatOptions options, Executor executor) {
        this.model = Objects.requireNonNull(model, "model must not be null");
        this.options = Objects.requireNonNull(options, "options must not be null");
        this.executor = Objects.requireNonNull(executor, "executor must not be null");
        this.requests = new ChatRequests(options, model.info().name());
    }

    private static void start(Runnable answer) {
        Thread thread = new Thread(answer, "llm-adapt chat stream");
        thread.setDaemon(true);
        thread.start();
    }

    /** Streams the answer to a request whose parameters are complete. */
    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        Request asked = Failures.mapped(() -> requests.request(request));
        StreamedAnswer answer = new StreamedAnswer(handler, options, requests.modelName(request));
        executor.execute(() -> answer.write(model, asked));
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return options.parameters();
    }

    @Override
    public List<ChatModelListener> listeners() {
        return options.listeners();
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return options.jsonSchema() ? Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA) : Set.of();
    }
}
