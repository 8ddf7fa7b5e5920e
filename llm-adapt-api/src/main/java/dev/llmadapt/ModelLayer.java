package dev.llmadapt;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A model around another one, the usual base class of the model that a {@link Strategy} returns. It passes everything
 * on. A subclass that changes only requests overrides {@link #apply}; one that also changes answers overrides
 * {@link #exchange}. Single answers, batches, scores and prepared requests all go through that hook, so a layer has the
 * same effect on each of them.
 *
 * <p>Thread-safe if the method that the subclass overrides is.
 */
public abstract class ModelLayer implements Model {
    private final Model base;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * A layer around a model.
     *
     * @param base the model inside; not closed with this layer
     */
    protected ModelLayer(Model base) {
        this.base = base;
    }

    /** One request on its way through a layer: the request to the model inside, and the answer on its way back. */
    @FunctionalInterface
    protected interface Exchange {
        /** The request to the model inside. */
        Request asked();

        /**
         * The layer's own answer, in place of one by the model inside; empty unless overridden.
         *
         * @param listener the listener for the answer's tokens
         */
        default Optional<Generation> own(TokenListener listener) {
            return Optional.empty();
        }

        /** The layer's answer, given what the model inside wrote; unchanged unless overridden. */
        default Generation answered(Generation inside) {
            return inside;
        }

        /** The layer's scores of continuations; those of the model inside unless overridden. */
        default Scores scored(Model inside, List<String> continuations) {
            return inside.score(asked(), continuations);
        }
    }

    /** The model inside. */
    protected final Model base() {
        return base;
    }

    /** Changes a request before the model inside sees it; returns it unchanged unless overridden. */
    protected Request apply(Request request) {
        return request;
    }

    /**
     * Opens an exchange for a request; it is used once, and passes on the result of {@link #apply} unless overridden.
     */
    protected Exchange exchange(Request request) {
        return () -> apply(request);
    }

    /**
     * Opens the exchanges of a batch: that of {@link #exchange} for each request. A layer overrides this method instead
     * if it asks the model inside something first, which it can then ask for the whole batch at once.
     *
     * @param requests one request, or those of a batch
     * @return one exchange per request, in their order
     */
    protected List<? extends Exchange> exchanges(List<Request> requests) {
        return requests.stream().map(this::exchange).toList();
    }

    /** Frees the resources of this layer; called once, by the first {@link #close()}. */
    protected void release() {}

    /** Throws {@link IllegalStateException} once this layer is closed. */
    protected final void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException(
                    "the model is closed: " + base.getClass().getSimpleName() + " layer "
                            + getClass().getSimpleName() + "; create it again to use it");
        }
    }

    private Exchange open(Request request) {
        requireOpen();
        return exchanges(List.of(request)).get(0);
    }

    @Override
    public final Generation stream(Request request, TokenListener listener) {
        Exchange exchange = open(request);
        return exchange.own(listener).orElseGet(() -> exchange.answered(base.stream(exchange.asked(), listener)));
    }

    @Override
    public final List<Generation> generate(List<Request> requests) {
        requireOpen();
        List<? extends Exchange> exchanges = exchanges(requests);
        List<Optional<Generation>> own = new ArrayList<>();
        List<Request> asked = new ArrayList<>();
        for (Exchange exchange : exchanges) {
            Optional<Generation> answer = exchange.own(TokenListener.NONE);
            own.add(answer);
            if (answer.isEmpty()) {
                asked.add(exchange.asked());
            }
        }
        Iterator<Generation> inside = base.generate(asked).iterator();
        List<Generation> answers = new ArrayList<>();
        for (int row = 0; row < requests.size(); row++) {
            Exchange exchange = exchanges.get(row);
            answers.add(own.get(row).orElseGet(() -> exchange.answered(inside.next())));
        }
        return answers;
    }

    @Override
    public final Scores score(Request prompt, List<String> continuations) {
        return open(prompt).scored(base, continuations);
    }

    @Override
    public final Request prepare(Request request) {
        return base.prepare(open(request).asked());
    }

    @Override
    public <M extends Model> Optional<M> unwrap(Class<M> kind) {
        return kind.isInstance(this) ? Optional.of(kind.cast(this)) : base.unwrap(kind);
    }

    @Override
    public ModelInfo info() {
        requireOpen();
        return base.info();
    }

    @Override
    public final void close() {
        if (closed.compareAndSet(false, true)) {
            release();
        }
    }
}
