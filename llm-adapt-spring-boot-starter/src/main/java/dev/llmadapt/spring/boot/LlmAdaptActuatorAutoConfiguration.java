package dev.llmadapt.spring.boot;

import dev.llmadapt.Model;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.micrometer.AdapterPoolMetrics;
import dev.llmadapt.micrometer.MetricsListener;
import dev.llmadapt.micrometer.ModelMetrics;
import dev.llmadapt.observation.ModelListener;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Health and numbers of the model, where Boot's health and Micrometer's registries are there. A bean
 * {@code llmAdaptHealthIndicator} or {@code llmAdaptMetrics} of the application takes the place of ours.
 */
@AutoConfiguration(
        after = LlmAdaptAutoConfiguration.class,
        beforeName =
                "org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration")
public class LlmAdaptActuatorAutoConfiguration {
    /** For Spring. */
    public LlmAdaptActuatorAutoConfiguration() {}

    /** Whether the model answers; only where Boot's health is there. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    static class Health {
        @Bean
        @ConditionalOnBean(Model.class)
        @ConditionalOnMissingBean(name = "llmAdaptHealthIndicator")
        @ConditionalOnEnabledHealthIndicator("llm-adapt")
        HealthIndicator llmAdaptHealthIndicator(Model model) {
            return new ModelHealth(model);
        }
    }

    /** Numbers of the model; only where Micrometer's registries are there. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    static class Metrics {
        @Bean
        @ConditionalOnBean(ServedModel.class)
        @ConditionalOnMissingBean(name = "llmAdaptMetrics")
        MeterBinder llmAdaptMetrics(ServedModel model) {
            return registry -> {
                Gauge.builder("llm.adapt.answers.running", model, ServedModel::running)
                        .description("Answers under way")
                        .register(registry);
                FunctionCounter.builder("llm.adapt.requests.refused", model, ServedModel::refused)
                        .description("Requests that were refused: too many waited, or the application was stopping")
                        .register(registry);
            };
        }
    }

    /**
     * Metrics of requests and searches by OpenTelemetry's names; only where {@code llm-adapt-micrometer} is there, too.
     * Spring AI records those of clients.
     */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({MeterRegistry.class, MetricsListener.class})
    static class RequestMeters {
        @Bean
        @ConditionalOnMissingBean(name = "llmAdaptMetricsListener")
        ModelListener llmAdaptMetricsListener(ObjectProvider<MeterRegistry> registry) {
            return new LateListener(() -> {
                MeterRegistry found = registry.getIfUnique();
                return found == null ? ModelListener.NONE : new MetricsListener(found).withoutClientMetrics();
            });
        }
    }

    /** What a local model and its adapters take; only where {@code llm-adapt-micrometer} is there, too. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({MeterRegistry.class, MetricsListener.class, LocalModel.class})
    static class ModelMeters {
        @Bean
        @ConditionalOnBean(ServedModel.class)
        @ConditionalOnMissingBean(name = "llmAdaptModelMetrics")
        MeterBinder llmAdaptModelMetrics(ServedModel model) {
            return registry -> {
                model.unwrap(LocalModel.class).ifPresent(local -> new ModelMetrics(local).bindTo(registry));
                model.unwrap(PooledModel.class)
                        .ifPresent(pooled -> new AdapterPoolMetrics(pooled.pool()).bindTo(registry));
            };
        }
    }
}
