package dev.llmadapt.spring.boot;

import dev.llmadapt.Model;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Whether the model answers: up while it is open, out of service while the application stops. It asks it nothing. */
final class ModelHealth extends AbstractHealthIndicator {
    private final Model model;

    ModelHealth(Model model) {
        super("the model is not there");
        this.model = model;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        builder.up().withDetail("model", model.info().name());
        if (model instanceof ServedModel served) {
            builder.withDetail("adapters", served.adapters())
                    .withDetail("strategies", served.strategies())
                    .withDetail("running", served.running());
            if (!served.isRunning()) {
                builder.outOfService();
            }
        }
    }
}
