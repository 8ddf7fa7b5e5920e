package dev.llmadapt;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A model that is opened when it is first asked anything, its description included; where nobody asks, never. Closing
 * it closes what was opened; {@link #release} does so too, and the next call opens it again. If it cannot be opened,
 * each call tries again.
 */
public final class LazyModel implements Model {
    private final Supplier<? extends Model> opening;
    private @Nullable Model opened;
    private boolean closed;

    /**
     * A model that is not opened yet.
     *
     * @param opening opens it, in the thread that asks first
     */
    public LazyModel(Supplier<? extends Model> opening) {
        this.opening = Objects.requireNonNull(opening, "opening must not be null");
    }

    private synchronized Model model() {
        if (closed) {
            throw new IllegalStateException("the model is closed");
        }
        Model model = opened;
        if (model == null) {
            model = opening.get();
            opened = model;
        }
        return model;
    }

    @Override
    public Generation stream(Request request, TokenListener listener) {
        return model().stream(request, listener);
    }

    @Override
    public Generation generate(Request request) {
        return model().generate(request);
    }

    @Override
    public List<Generation> generate(List<Request> requests) {
        return model().generate(requests);
    }

    @Override
    public Scores score(Request prompt, List<String> continuations) {
        return model().score(prompt, continuations);
    }

    @Override
    public Request prepare(Request request) {
        return model().prepare(request);
    }

    /** Finds this model, or opens it and looks there. */
    @Override
    public <M extends Model> Optional<M> unwrap(Class<M> kind) {
        return kind.isInstance(this) ? Optional.of(kind.cast(this)) : model().unwrap(kind);
    }

    @Override
    public ModelInfo info() {
        return model().info();
    }

    /** Whether it is open now. */
    public synchronized boolean isOpen() {
        return opened != null;
    }

    /**
     * Closes what was opened, so that its memory is free until the next call, which opens it again. What was found in
     * it by {@link #unwrap} is closed, and so are adapters that were loaded into it. Nobody may be asking it meanwhile.
     */
    public void release() {
        closeOpened(false);
    }

    @Override
    public void close() {
        closeOpened(true);
    }

    private void closeOpened(boolean forever) {
        Model model;
        synchronized (this) {
            closed |= forever;
            model = opened;
            opened = null;
        }
        if (model != null) {
            model.close();
        }
    }
}
