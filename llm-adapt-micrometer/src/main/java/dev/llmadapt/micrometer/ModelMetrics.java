package dev.llmadapt.micrometer;

import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelLoad;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gauges of a local model: requests that wait and run, and the memory of keys and values. After the model is closed
 * they are NaN. The registry holds the model weakly.
 */
public final class ModelMetrics implements MeterBinder {
    private final LocalModel model;
    private final Tags tags;

    /** Makes the gauges of a model under the name that it has. */
    public ModelMetrics(LocalModel model) {
        this(model, model.info().name());
    }

    /**
     * Makes the gauges of a model.
     *
     * @param name the value of their tag {@code model}
     */
    public ModelMetrics(LocalModel model, String name) {
        this.model = Objects.requireNonNull(model, "model must not be null");
        this.tags = Tags.of("model", name);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(registry, "llmadapt.requests.waiting", null, "Requests that wait for others to end.", ModelLoad::waiting);
        gauge(registry, "llmadapt.requests.running", null, "Requests being answered or scored.", ModelLoad::running);
        gauge(registry, "llmadapt.slots", null, "The most requests that run together.", ModelLoad::maxBatch);
        gauge(
                registry,
                "llmadapt.prefix.cache",
                "tokens",
                "Prompt tokens that the cache holds beside those of running requests.",
                ModelLoad::keptTokens);
        gauge(registry, "llmadapt.kv.cache.used", "bytes", "Bytes of keys and values.", ModelLoad::cacheBytes);
        gauge(
                registry,
                "llmadapt.kv.cache.memory",
                "bytes",
                "The most bytes that keys and values may take.",
                ModelLoad::cacheMemory);
    }

    private void gauge(
            MeterRegistry registry,
            String name,
            @Nullable String unit,
            String description,
            ToDoubleFunction<ModelLoad> value) {
        Gauge.builder(name, model, open -> of(open, value))
                .description(description)
                .baseUnit(unit)
                .tags(tags)
                .register(registry);
    }

    private static double of(LocalModel model, ToDoubleFunction<ModelLoad> value) {
        try {
            return value.applyAsDouble(model.load());
        } catch (IllegalStateException e) { // closed
            return Double.NaN;
        }
    }
}
