package dev.llmadapt.langchain4j;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.llmadapt.Model;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A model of this library as a {@link ChatModel} of LangChain4j: a local one, one behind a server, or one that a
 * strategy adapted.
 *
 * <p>What a request asks for is done or refused by name. {@code modelName} is the name of a loaded adapter, or the
 * model's own. JSON of a schema, tools and a required call are kept exactly, as the model keeps them. Refused with
 * LangChain4j's {@code UnsupportedFeatureException} are frequency and presence penalties other than 0, content other
 * than text, names of users, and a JSON response format together with tools that may be called. A conversation that
 * ends with an AI message is continued: the answer goes on where that message stops.
 *
 * <p>Errors: what a model cannot do, such as a prompt that is too long or an adapter that is not loaded, is an
 * {@code InvalidRequestException}; a full queue a {@code RateLimitException}; a time limit that passed a
 * {@code TimeoutException}; another failure of this library an {@code InternalServerException}. Interrupting the
 * calling thread ends the answer within one token; it then has the finish reason {@code OTHER}.
 *
 * <p>Thread-safe. It does not close the model.
 */
public final class LlmAdaptChatModel implements ChatModel {
    private final Model model;
    private final ChatOptions options;
    private final ChatRequests requests;

    /** With default options. */
    public LlmAdaptChatModel(Model model) {
        this(model, ChatOptions.defaults());
    }

    /**
     * With options.
     *
     * @param model the caller closes it, after the last answer
     */
    public LlmAdaptChatModel(Model model, ChatOptions options) {
        this.model = Objects.requireNonNull(model, "model must not be null");
        this.options = Objects.requireNonNull(options, "options must not be null");
        this.requests = new ChatRequests(options, model.info().name());
    }

    /** The answer to a request whose parameters are complete; {@link #chat(ChatRequest)} completes them. */
    @Override
    public ChatResponse doChat(ChatRequest request) {
        return Failures.mapped(() ->
                ChatAnswers.response(model.generate(requests.request(request)), requests.modelName(request), options));
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
