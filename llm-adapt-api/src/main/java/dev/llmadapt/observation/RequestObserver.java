package dev.llmadapt.observation;

import java.net.URI;
import java.util.Objects;
import java.util.Optional;

/** What a model has to tell of its requests: who hears it, and by what names. Thread-safe. */
public final class RequestObserver {
    /** The provider of models that run in this process. */
    public static final String IN_PROCESS = "llm-adapt";

    /** Tells nobody, of a model without a name. */
    public static final RequestObserver NONE =
            new RequestObserver(ModelListener.NONE, IN_PROCESS, "", Optional.empty());

    final ModelListener listener;
    final String provider;
    final String model;
    final Optional<URI> server;

    /**
     * Makes an observer.
     *
     * @param listener who hears of requests
     * @param provider see {@link RequestInfo#provider}
     * @param model see {@link RequestInfo#model}
     * @param server see {@link RequestInfo#server}
     */
    public RequestObserver(ModelListener listener, String provider, String model, Optional<URI> server) {
        this.listener = ModelListener.guarded(Objects.requireNonNull(listener, "listener must not be null"));
        this.provider = provider;
        this.model = model;
        this.server = server;
    }

    /** Makes an observer of a model in this process. */
    public static RequestObserver inProcess(ModelListener listener, String model) {
        return new RequestObserver(listener, IN_PROCESS, model, Optional.empty());
    }

    /** Begins the trace of a request that has just come. */
    public RequestTrace begin(Operation operation, int priority) {
        return new RequestTrace(this, operation, priority);
    }
}
