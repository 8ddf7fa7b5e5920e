package dev.llmadapt.flink;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Request;
import dev.llmadapt.ToyModel;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.pilot.rows.RowAnswerer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.ModelProviderFactory;
import org.apache.flink.table.ml.ModelProvider;

/** A provider {@code toy} that is the real one, over a model that counts, refuses, waits and is gone as texts say. */
public final class ToyProviderFactory implements ModelProviderFactory {
    static final AtomicInteger OPENED = new AtomicInteger();
    static final AtomicInteger CLOSED = new AtomicInteger();
    static final AtomicInteger GONE = new AtomicInteger();
    static final AtomicInteger INTERRUPTED = new AtomicInteger();
    static final AtomicInteger RUNNING = new AtomicInteger();
    static final AtomicInteger MOST_RUNNING = new AtomicInteger();
    static final Set<String> THREADS = ConcurrentHashMap.newKeySet();

    static void reset() {
        List.of(OPENED, CLOSED, GONE, INTERRUPTED, RUNNING, MOST_RUNNING).forEach(each -> each.set(0));
        THREADS.clear();
    }

    @Override
    public ModelProvider createModelProvider(Context context) {
        var helper = FactoryUtil.createModelProviderFactoryHelper(this, context);
        helper.validate();
        ErrorHandlingStrategy onError = helper.getOptions().get(LlmAdaptOptions.ERROR_HANDLING_STRATEGY);
        Question question = new Question(
                true, false, "", List.of(), "", 8, 0, helper.getOptions().get(LlmAdaptOptions.TIMEOUT));
        return new RowProvider(new RowAnswering(
                new Toy(helper.getOptions().get(LlmAdaptOptions.KEEP_OPEN)),
                question,
                Columns.of(context.getCatalogModel(), onError, true),
                onError));
    }

    @Override
    public String factoryIdentifier() {
        return "toy";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of();
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of(LlmAdaptOptions.ERROR_HANDLING_STRATEGY, LlmAdaptOptions.TIMEOUT, LlmAdaptOptions.KEEP_OPEN);
    }

    private record Toy(Duration keepOpen) implements Opening {
        @Override
        public RowAnswerer open() {
            return new RowAnswerer(new Counting(), Request::of);
        }

        @Override
        public List<String> version() {
            return List.of();
        }
    }

    private static final class Counting extends ModelLayer {
        Counting() {
            super(new ToyModel());
            OPENED.incrementAndGet();
        }

        @Override
        protected Request apply(Request request) {
            THREADS.add(Thread.currentThread().getName());
            MOST_RUNNING.accumulateAndGet(RUNNING.incrementAndGet(), Math::max);
            try {
                String text = request.last().content();
                if (text.contains("poison")) {
                    throw new LlmAdaptException("it is poisoned");
                }
                if (text.contains("gone") && GONE.getAndDecrement() > 0) {
                    throw new UnavailableException("nobody answers");
                }
                if (text.contains("slow")) {
                    Thread.sleep(300);
                }
                if (text.contains("never")) {
                    Thread.sleep(60_000);
                }
                return request;
            } catch (InterruptedException e) {
                INTERRUPTED.incrementAndGet();
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
            } finally {
                RUNNING.decrementAndGet();
            }
        }

        @Override
        protected void release() {
            CLOSED.incrementAndGet();
        }
    }
}
