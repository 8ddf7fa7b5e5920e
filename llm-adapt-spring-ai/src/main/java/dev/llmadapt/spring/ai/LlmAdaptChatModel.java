package dev.llmadapt.spring.ai;

import dev.llmadapt.Model;
import dev.llmadapt.Request;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.MessageAggregator;
import org.springframework.ai.chat.observation.ChatModelObservationContext;
import org.springframework.ai.chat.observation.ChatModelObservationConvention;
import org.springframework.ai.chat.observation.ChatModelObservationDocumentation;
import org.springframework.ai.chat.observation.DefaultChatModelObservationConvention;
import org.springframework.ai.chat.prompt.Prompt;
import reactor.core.publisher.Flux;
import reactor.util.context.ContextView;

/**
 * A model of this library as a {@link ChatModel} of Spring AI: a local one, one behind a server, or one that a strategy
 * adapted.
 *
 * <p>What a prompt asks for is done or refused by name. The model's name among the options is the name of a loaded
 * adapter, or the model's own. JSON of a schema, tools and a required call are kept exactly, as the model keeps them.
 * Calls are in the answer and are not made here; {@code ChatClient} makes them. Refused with an
 * {@link IllegalArgumentException} are frequency and presence penalties other than 0, media, a schema together with
 * tools that may be called, and options of another model's class. A conversation that ends with an assistant's message
 * is continued: the answer goes on where that message stops.
 *
 * <p>Errors are this library's: an {@code IllegalArgumentException} for what a model cannot do, such as a prompt that
 * is too long or an adapter that is not loaded, an {@link dev.llmadapt.OverloadedException} for a full queue, an
 * {@link dev.llmadapt.LlmAdaptException} for a time limit that passed and for other failures. Interrupting the thread
 * of {@link #call(Prompt)} ends the answer within one token; it then has the finish reason {@code INTERRUPTED}.
 *
 * <p>A stream has a response for each piece of text, and of the thought, under the message's metadata
 * {@code "thinking"}; the last one has the tool calls, the whole thought, usage and finish reason, and no text. Each
 * subscriber gets an answer of its own; cancelling ends it within one token.
 *
 * <p>Calls and streams are observed as Spring AI's own models are ({@code gen_ai.client.operation}). Thread-safe. It
 * closes neither the model nor the executor.
 */
public final class LlmAdaptChatModel implements ChatModel {
    /** What observations call the provider. */
    public static final String PROVIDER = "llm-adapt";

    private static final ChatModelObservationConvention CONVENTION = new DefaultChatModelObservationConvention();

    private final Model model;
    private final LlmAdaptChatOptions options;
    private final ObservationRegistry registry;
    private final ChatModelObservationConvention convention;
    private final Executor executor;
    private final ChatRequests requests;

    /** With default options, unobserved. */
    public LlmAdaptChatModel(Model model) {
        this(builder(model));
    }

    private LlmAdaptChatModel(Builder builder) {
        model = builder.model;
        options = builder.options;
        registry = builder.registry;
        convention = builder.convention;
        executor = builder.executor;
        requests = new ChatRequests(options, model.info().name());
        requests.request(requests.complete(new Prompt("")));
    }

    /**
     * A builder of a chat model.
     *
     * @param model the caller closes it, after the last answer
     */
    public static Builder builder(Model model) {
        return new Builder(model);
    }

    @Override
    public ChatResponse call(Prompt prompt) {
        Prompt complete = requests.complete(prompt);
        Request request = requests.request(complete);
        ChatModelObservationContext context = context(complete, false);
        return ChatModelObservationDocumentation.CHAT_MODEL_OPERATION
                .observation(convention, CONVENTION, () -> context, registry)
                .observe(() -> {
                    ChatResponse response = answers(complete).whole(model.generate(request));
                    context.setResponse(response);
                    return response;
                });
    }

    @Override
    public Flux<ChatResponse> stream(Prompt prompt) {
        Prompt complete = requests.complete(prompt);
        Request request = requests.request(complete);
        return Flux.deferContextual(view -> observed(complete, request, view));
    }

    private Flux<ChatResponse> observed(Prompt prompt, Request request, ContextView view) {
        ChatModelObservationContext context = context(prompt, true);
        Observation observation = ChatModelObservationDocumentation.CHAT_MODEL_OPERATION.observation(
                convention, CONVENTION, () -> context, registry);
        Observation parent = view.getOrDefault(ObservationThreadLocalAccessor.KEY, null);
        observation.parentObservation(parent);
        observation.start();
        Flux<ChatResponse> responses = answer(prompt, request)
                .doOnError(observation::error)
                .doFinally(signal -> observation.stop())
                .contextWrite(all -> all.put(ObservationThreadLocalAccessor.KEY, observation));
        return new MessageAggregator().aggregate(responses, context::setResponse);
    }

    private Flux<ChatResponse> answer(Prompt prompt, Request request) {
        return Flux.create(sink -> {
            StreamedAnswer answer = new StreamedAnswer(model, request, answers(prompt), sink);
            sink.onCancel(answer::cancel);
            executor.execute(answer);
        });
    }

    private static ChatAnswers answers(Prompt prompt) {
        return new ChatAnswers("chat-" + UUID.randomUUID(), prompt);
    }

    private static ChatModelObservationContext context(Prompt prompt, boolean streaming) {
        return ChatModelObservationContext.builder()
                .prompt(prompt)
                .provider(PROVIDER)
                .streaming(streaming)
                .build();
    }

    /** The options that hold where a prompt says nothing. */
    @Override
    public LlmAdaptChatOptions getOptions() {
        return options;
    }

    /** Builds a chat model; not thread-safe. */
    public static final class Builder {
        private final Model model;
        private LlmAdaptChatOptions options = LlmAdaptChatOptions.builder().build();
        private ObservationRegistry registry = ObservationRegistry.NOOP;
        private ChatModelObservationConvention convention = CONVENTION;
        private Executor executor = Builder::start;

        private Builder(Model model) {
            this.model = Objects.requireNonNull(model, "model must not be null");
        }

        private static void start(Runnable answer) {
            Thread thread = new Thread(answer, "llm-adapt chat stream");
            thread.setDaemon(true);
            thread.start();
        }

        /** Sets what holds where a prompt says nothing. */
        public Builder options(LlmAdaptChatOptions options) {
            this.options = Objects.requireNonNull(options, "options must not be null");
            return this;
        }

        /** Sets who hears of calls and streams. */
        public Builder observationRegistry(ObservationRegistry registry) {
            this.registry = Objects.requireNonNull(registry, "registry must not be null");
            return this;
        }

        /** Sets how observations are named. */
        public Builder observationConvention(ChatModelObservationConvention convention) {
            this.convention = Objects.requireNonNull(convention, "convention must not be null");
            return this;
        }

        /**
         * Sets who writes streamed answers; unset, each has a new daemon thread.
         *
         * @param executor has a thread for each answer that is to run at a time, such as one of virtual threads
         */
        public Builder executor(Executor executor) {
            this.executor = Objects.requireNonNull(executor, "executor must not be null");
            return this;
        }

        /**
         * The chat model.
         *
         * @throws IllegalArgumentException if an option is out of its range or not supported
         */
        public LlmAdaptChatModel build() {
            return new LlmAdaptChatModel(this);
        }
    }
}
