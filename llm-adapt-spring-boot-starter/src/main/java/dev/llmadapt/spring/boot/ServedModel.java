package dev.llmadapt.spring.boot;

import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.OverloadedException;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.TokenListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * A model with its saved strategies, which a request chooses as it chooses adapters, by name. When the application
 * stops, answers under way end, and new requests are refused; then the model is closed.
 *
 * <p>It stops after the web server, which lets its requests end first, so that a request that asks the model several
 * times is not cut off between two answers. How long it waits is {@code spring.lifecycle.timeout-per-shutdown-phase}.
 */
final class ServedModel implements Model, SmartLifecycle {
    /** After the web server, which stops at {@code DEFAULT_PHASE - 2048}. */
    static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

    private final Model base;
    private final Map<String, Model> strategies;
    private final List<String> adapters;
    private final List<AutoCloseable> owned;
    private final AtomicLong refused = new AtomicLong();
    private int running; // guarded by this, as all below
    private boolean stopping;
    private @Nullable Runnable stopped;

    /**
     * A served model.
     *
     * @param base answers requests that name no strategy
     * @param strategies by name
     * @param adapters the names of the base's adapters
     * @param owned closed with this model, in their order
     */
    ServedModel(Model base, Map<String, Model> strategies, Set<String> adapters, List<AutoCloseable> owned) {
        this.base = base;
        this.strategies = Map.copyOf(strategies);
        this.adapters = adapters.stream().sorted().toList();
        this.owned = List.copyOf(owned);
    }

    @Override
    public Generation stream(Request request, TokenListener listener) {
        return answering(List.of(request), () -> chosen(request).stream(asked(request), listener));
    }

    @Override
    public List<Generation> generate(List<Request> requests) {
        if (requests.stream().noneMatch(request -> strategy(request).isPresent())) {
            return answering(requests, () -> base.generate(requests));
        }
        return answering(requests, () -> {
            List<Generation> answers = new ArrayList<>();
            requests.forEach(request -> answers.add(chosen(request).generate(asked(request))));
            return answers;
        });
    }

    @Override
    public Scores score(Request prompt, List<String> continuations) {
        return answering(List.of(prompt), () -> chosen(prompt).score(asked(prompt), continuations));
    }

    @Override
    public Request prepare(Request request) {
        return chosen(request).prepare(asked(request));
    }

    private Optional<Model> strategy(Request request) {
        return request.adapters().size() == 1
                ? Optional.ofNullable(strategies.get(request.adapters().get(0).name()))
                : Optional.empty();
    }

    private Model chosen(Request request) {
        return strategy(request).orElse(base);
    }

    private Request asked(Request request) {
        return strategy(request).isPresent() ? request.withAdapters(List.of()) : request;
    }

    /** The names of adapters that requests may choose. */
    List<String> adapters() {
        return adapters;
    }

    /** The names of strategies that requests may choose. */
    List<String> strategies() {
        return strategies.keySet().stream().sorted().toList();
    }

    private <T> T answering(List<Request> requests, Supplier<T> answer) {
        synchronized (this) {
            if (stopping) {
                refused.incrementAndGet();
                throw new OverloadedException("the application is stopping and takes no more requests; ask again later,"
                        + " or another instance");
            }
            running++;
        }
        try {
            return answer.get();
        } catch (OverloadedException e) {
            refused.incrementAndGet();
            throw e;
        } catch (IllegalArgumentException e) {
            throw strategies.isEmpty() || !namesNobody(requests)
                    ? e
                    : new IllegalArgumentException(e.getMessage() + "; saved strategies: " + strategies(), e);
        } finally {
            Runnable last = null;
            synchronized (this) {
                running--;
                if (running == 0 && stopped != null) {
                    last = stopped;
                    stopped = null;
                }
            }
            if (last != null) {
                last.run();
            }
        }
    }

    /** Whether a request names something that is neither an adapter of the properties nor a strategy. */
    private boolean namesNobody(List<Request> requests) {
        return requests.stream()
                .flatMap(request -> request.adapters().stream())
                .anyMatch(each -> !adapters.contains(each.name()) && !strategies.containsKey(each.name()));
    }

    /** The answers under way. */
    synchronized int running() {
        return running;
    }

    /** The requests that were refused: too many waited, or the application was stopping. */
    long refused() {
        return refused.get();
    }

    @Override
    public synchronized void start() {
        stopping = false;
    }

    /** Refuses new requests, and calls back when the last answer ended. */
    @Override
    public void stop(Runnable callback) {
        synchronized (this) {
            stopping = true;
            if (running > 0) {
                stopped = callback;
                return;
            }
        }
        callback.run();
    }

    @Override
    public synchronized void stop() {
        stopping = true;
    }

    @Override
    public synchronized boolean isRunning() {
        return !stopping;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public <M extends Model> Optional<M> unwrap(Class<M> kind) {
        return kind.isInstance(this) ? Optional.of(kind.cast(this)) : base.unwrap(kind);
    }

    @Override
    public ModelInfo info() {
        return base.info();
    }

    /** Closes the strategies and the model. */
    @Override
    public void close() {
        Closing.all(owned);
    }
}
