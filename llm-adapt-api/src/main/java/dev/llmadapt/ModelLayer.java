package dev.llmadapt;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A model around another one, the usual base class of what a {@link Strategy} returns: it passes everything on, and a
 * subclass changes requests by {@link #apply}, or answers by overriding {@link #stream} and {@link #score}.
 *
 * <p>Thread-safe if the subclass's {@code apply} is.
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

    /** The model inside. An overriding method calls {@link #requireOpen()} before it uses it. */
    protected final Model base() {
        return base;
    }

    /** Changes a request before the model inside sees it; returns it unchanged unless overridden. */
    protected Request apply(Request request) {
        return request;
    }

    /** Frees the resources of this layer; called once, by the first {@link #close()}. */
    protected void release() {}

    /** Refuses with {@link IllegalStateException} once this layer is closed. */
    protected final void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException(
                    "the model is closed: " + base.getClass().getSimpleName() + " layer "
                            + getClass().getSimpleName() + "; create it again to use it");
        }
    }

    @Override
    public Generation stream(Request request, TokenListener listener) {
        requireOpen();
        return base.stream(apply(request), listener);
    }

    /** As {@link Model#generate(List)}; a layer that overrides {@link #stream} must override this too. */
    @Override
    public List<Generation> generate(List<Request> requests) {
        requireOpen();
        return base.generate(requests.stream().map(this::apply).toList());
    }

    @Override
    public Scores score(Request prompt, List<String> continuations) {
        requireOpen();
        return base.score(apply(prompt), continuations);
    }

    @Override
    public Request prepare(Request request) {
        requireOpen();
        return base.prepare(apply(request));
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
