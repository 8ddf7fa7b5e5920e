package dev.llmadapt.micrometer;

import dev.llmadapt.local.AdapterPool;
import dev.llmadapt.local.AdapterPool.Counts;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gauges and counters of a pool of adapters: those registered and in memory, their bytes, and how often adapters were
 * loaded and dropped. The registry holds the pool weakly.
 */
public final class AdapterPoolMetrics implements MeterBinder {
    private final AdapterPool pool;
    private final Tags tags;

    /** Makes the metrics of a pool under the name of its model. */
    public AdapterPoolMetrics(AdapterPool pool) {
        this(pool, pool.model().info().name());
    }

    /**
     * Makes the metrics of a pool.
     *
     * @param name the value of their tag {@code model}
     */
    public AdapterPoolMetrics(AdapterPool pool, String name) {
        this.pool = Objects.requireNonNull(pool, "pool must not be null");
        this.tags = Tags.of("model", name);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(registry, "llmadapt.adapters.registered", null, "Adapters that can be asked for.", Counts::registered);
        gauge(registry, "llmadapt.adapters.loaded", null, "Adapters in memory.", Counts::loaded);
        gauge(registry, "llmadapt.adapter.used", "bytes", "Bytes of the adapters in memory.", Counts::bytes);
        gauge(registry, "llmadapt.adapter.memory", "bytes", "The bytes that adapters may take.", Counts::memory);
        counter(registry, "llmadapt.adapter.loads", "Adapters that were loaded, again included.", Counts::loads);
        counter(registry, "llmadapt.adapter.load.failures", "Adapters that could not be loaded.", Counts::failures);
        counter(
                registry,
                "llmadapt.adapter.evictions",
                "Adapters that were dropped for the memory.",
                Counts::evictions);
    }

    private void gauge(
            MeterRegistry registry,
            String name,
            @Nullable String unit,
            String description,
            ToDoubleFunction<Counts> value) {
        Gauge.builder(name, pool, each -> value.applyAsDouble(each.counts()))
                .description(description)
                .baseUnit(unit)
                .tags(tags)
                .register(registry);
    }

    private void counter(MeterRegistry registry, String name, String description, ToDoubleFunction<Counts> value) {
        FunctionCounter.builder(name, pool, each -> value.applyAsDouble(each.counts()))
                .description(description)
                .tags(tags)
                .register(registry);
    }
}
