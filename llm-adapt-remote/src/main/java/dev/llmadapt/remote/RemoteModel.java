package dev.llmadapt.remote;

import com.google.gson.JsonObject;
import dev.llmadapt.AdapterUse;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Scoring;
import dev.llmadapt.TokenListener;
import dev.llmadapt.Usage;
import dev.llmadapt.observation.Operation;
import dev.llmadapt.observation.RequestObserver;
import dev.llmadapt.observation.RequestTrace;
import dev.llmadapt.remote.bridge.AnswerCheck;
import dev.llmadapt.remote.bridge.RequestBatch;
import dev.llmadapt.remote.http.Answer;
import dev.llmadapt.remote.http.Waiting;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.DoubleAdder;
import org.jspecify.annotations.Nullable;

/**
 * A model behind an HTTP interface like OpenAI's: of vLLM, llama.cpp's server, Ollama or a host. What is asked leaves
 * this process, to the address in the {@link RemoteOptions} and nowhere else.
 *
 * <p>What a request asks for is done or refused by name: the model knows what its server can do ({@link #features()}).
 * Requests of a batch are sent at once, up to {@link RemoteOptions#concurrency()}. Interrupting the calling thread
 * gives the connection up, which tells the server to stop.
 *
 * <p>Of a request's {@linkplain Request#scheduling() scheduling} the time limit is kept; who asks and how urgent it is
 * are not sent.
 *
 * <p>Where a server does not tell them, tokens differ from a local model's: without log-probabilities a token is a
 * piece of text as the server sends it, and its id is -1. JSON of a built schema, and choices that are asked for in
 * JSON, come as one piece when they are whole.
 *
 * <p>Errors: what the server refuses (400, 404, 413, 422) is an {@link IllegalArgumentException}. A server that cannot
 * be asked is a {@link ServerUnavailableException}, one that is asked too much (429) a
 * {@link dev.llmadapt.OverloadedException}, both after the {@linkplain RemoteOptions#retries() retries}. Everything
 * else, such as an answer that cannot be read, is a {@link RemoteException}. Thread-safe.
 */
public final class RemoteModel implements Model {
    private final RemoteOptions options;
    private final Service service;
    private final ServerFeatures features;
    private final ModelInfo info;
    private final RequestBodies bodies;
    private final RemoteAdapters adapters;
    private final AnswerCheck answers;
    private final ConstraintCheck check;
    private final EchoScorer echoScorer;
    private final TopTokenScorer topTokenScorer;
    private final @Nullable AnswerFolder folder;
    private final RequestObserver observer;
    private final DoubleAdder spent = new DoubleAdder();
    private volatile boolean closed;

    private RemoteModel(RemoteOptions options, Service service, ServerDiscovery found) {
        this.options = options;
        this.service = service;
        this.features = found.features();
        this.info = found.info();
        this.bodies = new RequestBodies(service.where(), features, ExtraFields.json(options.extraBody()));
        this.adapters = new RemoteAdapters(service, features, found.model());
        this.answers = new AnswerCheck("the server at " + service.where(), RemoteException::new);
        this.check = new ConstraintCheck(answers);
        this.echoScorer = new EchoScorer(service, bodies, features);
        this.topTokenScorer = new TopTokenScorer(service, bodies, features.topTokens());
        this.folder = options.answerFolder().map(AnswerFolder::new).orElse(null);
        this.observer = new RequestObserver(
                options.listener(),
                Providers.of(options.baseUrl(), features.dialect()),
                found.model(),
                Optional.of(options.baseUrl()));
    }

    /**
     * Opens a model: asks the server for its models and what it can do, unless the options tell.
     *
     * @throws IllegalArgumentException if the server does not have the model, or serves several and none is named
     * @throws ServerUnavailableException if the server does not answer
     * @throws RemoteException if it answers what cannot be read, or the thread is interrupted
     */
    public static RemoteModel open(RemoteOptions options) {
        return open(options, Waiting.SYSTEM);
    }

    static RemoteModel open(RemoteOptions options, Waiting waiting) {
        Service service = new Service(options, waiting);
        try {
            return new RemoteModel(options, service, ServerDiscovery.of(service, options));
        } catch (InterruptedException e) {
            throw interrupted("opening the model", e);
        }
    }

    @Override
    public Generation stream(Request request, TokenListener listener) {
        requireOpen();
        RequestTrace trace = begin(request.raw() ? Operation.TEXT_COMPLETION : Operation.CHAT, request);
        int[] written = {0};
        try {
            return stream(request, listener, trace, token -> {
                written[0]++;
                trace.firstToken();
                try {
                    listener.onToken(token);
                } catch (RuntimeException | Error e) {
                    trace.givenUp();
                    throw e;
                }
            });
        } catch (RuntimeException | Error e) {
            trace.failed(e, timeOver(), 0, written[0]);
            throw e;
        }
    }

    private RequestTrace begin(Operation operation, Request request) {
        return observer.begin(operation, request.scheduling().priority());
    }

    private static void queue(RequestTrace trace, Request request) {
        trace.queued(request.adapters().stream().map(AdapterUse::name).toList());
    }

    /** Whether what was cancelled was so by its time limit, and not by an interrupt. */
    private static boolean timeOver() {
        return !Thread.currentThread().isInterrupted();
    }

    private static Generation told(RequestTrace trace, Generation answer) {
        Usage usage = answer.usage();
        if (answer.finishReason() == FinishReason.INTERRUPTED) {
            trace.cancelled(timeOver(), usage.promptTokens(), usage.completionTokens());
        } else {
            trace.finished(
                    answer.finishReason().name().toLowerCase(Locale.ROOT),
                    usage.promptTokens(),
                    usage.completionTokens());
        }
        return answer;
    }

    private Generation stream(Request request, TokenListener asked, RequestTrace trace, TokenListener listener) {
        long start = System.nanoTime();
        bodies.answer(request, ""); // refuses what cannot be done, also of a thread that is interrupted
        boolean whole = bodies.isWhole(request);
        AnswerReader reader = new AnswerReader(
                request, whole ? TokenListener.NONE : listener, service.where(), answers, service.errors(), start);
        if (Thread.currentThread().isInterrupted()) {
            return told(trace, reader.interrupted());
        }
        Generation answer;
        try {
            JsonObject body = bodies.answer(request, adapters.modelOf(request));
            String path = RequestBodies.path(request);
            String key = folder == null ? "" : AnswerFolder.key(service.where(), path, body);
            Optional<Generation> kept = folder == null ? Optional.empty() : folder.find(key);
            if (kept.isPresent()) {
                kept.get().tokens().forEach(asked::onToken);
                return kept.get();
            }
            queue(trace, request);
            try (Answer coming = service.open(
                    service.below(path), body, ServerError.texts(request), Service.limit(request, start))) {
                answer = reader.read(coming);
            }
            spent.add(cost(answer.usage()));
            answer = check.checked(request, answer, bodies.isChoiceInJson(request), whole);
            if (folder != null) {
                folder.keep(key, answer);
            }
        } catch (InterruptedException e) {
            AnswerReader.keepStatus(e);
            return told(trace, reader.interrupted());
        }
        if (whole) {
            answer.tokens().forEach(listener::onToken);
        }
        return told(trace, answer);
    }

    @Override
    public List<Generation> generate(List<Request> requests) {
        requireOpen();
        if (requests.size() <= 1) {
            return requests.stream().map(this::generate).toList();
        }
        return new RequestBatch(requests, options.concurrency(), this::generate).run();
    }

    /**
     * {@inheritDoc}
     *
     * <p>How far it can is in {@link ModelInfo#scoring()}. The tokens of the prompt are counted once for each
     * continuation, as the server reads and charges them.
     *
     * @throws IllegalArgumentException also if the server tells the probabilities of the most probable tokens alone,
     *     and a continuation is not among them
     * @throws UnsupportedOperationException if the server tells no probabilities
     */
    @Override
    public Scores score(Request prompt, List<String> continuations) {
        requireOpen();
        for (String continuation : continuations) {
            if (continuation.isEmpty()) {
                throw new IllegalArgumentException("a continuation needs at least one token, got an empty text");
            }
        }
        if (features.scoring() == Scoring.NONE) {
            throw new UnsupportedOperationException("the server at " + service.where() + " (" + features.dialect()
                    + ") tells no probabilities, so texts cannot be scored; choose labels by letters that are written"
                    + " under a constraint (LabelChoice.byLettersConstrained), or use a server that scores, such as"
                    + " vLLM");
        }
        RequestTrace trace = begin(Operation.SCORE, prompt);
        try {
            return score(prompt, continuations, trace);
        } catch (RuntimeException | Error e) {
            trace.failed(e, timeOver());
            throw e;
        }
    }

    private Scores score(Request prompt, List<String> continuations, RequestTrace trace) {
        long limit = Service.limit(prompt, System.nanoTime());
        try {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException();
            }
            String model = adapters.modelOf(prompt);
            if (continuations.isEmpty()) {
                return new Scores(List.of(), Usage.NONE);
            }
            queue(trace, prompt);
            Scores scores = features.scoring() == Scoring.EXACT
                    ? echoScorer.score(prompt, continuations, model, limit)
                    : topTokenScorer.score(prompt, continuations, model, limit);
            spent.add(cost(scores.usage()));
            trace.finished("", scores.usage().promptTokens(), scores.usage().completionTokens());
            return scores;
        } catch (InterruptedException e) {
            AnswerReader.keepStatus(e);
            CancellationException cancelled = new CancellationException("interrupted while scoring");
            cancelled.initCause(e);
            throw cancelled;
        }
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

    /** What the server can do. */
    public ServerFeatures features() {
        return features;
    }

    /**
     * Loads an adapter into the server, as vLLM does that runs with {@code VLLM_ALLOW_RUNTIME_LORA_UPDATING=True}.
     * Requests then {@linkplain Request#withAdapter use} it by its name.
     *
     * @param name what it is called from now on
     * @param folder a PEFT folder, as the server sees it
     * @throws IllegalArgumentException if the server refuses, in its words
     * @throws UnsupportedOperationException if the server loads no adapters
     */
    public void loadAdapter(String name, String folder) {
        requireOpen();
        try {
            adapters.load(name, folder);
        } catch (InterruptedException e) {
            throw interrupted("loading the adapter '" + name + "'", e);
        }
    }

    /**
     * Unloads an adapter from the server.
     *
     * @throws IllegalArgumentException if the server refuses, in its words
     * @throws UnsupportedOperationException if the server loads no adapters
     */
    public void unloadAdapter(String name) {
        requireOpen();
        try {
            adapters.unload(name);
        } catch (InterruptedException e) {
            throw interrupted("unloading the adapter '" + name + "'", e);
        }
    }

    /** The price of tokens, at the prices of the options. */
    public double cost(Usage usage) {
        return (usage.promptTokens() * options.promptPrice() + usage.completionTokens() * options.completionPrice())
                / 1e6;
    }

    /**
     * The price of all that was answered and scored so far, by the usage that the server reports; answers that were
     * kept cost nothing. Where a server reports no usage, the pieces of answers are counted, and nothing of prompts.
     */
    public double spent() {
        return spent.sum();
    }

    /** Refuses further use. Answers on their way go on. */
    @Override
    public void close() {
        closed = true;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "the model is closed: " + info.name() + " at " + service.where() + "; open it again to use it");
        }
    }

    private static RemoteException interrupted(String doing, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new RemoteException("interrupted while " + doing, 0, e);
    }
}
