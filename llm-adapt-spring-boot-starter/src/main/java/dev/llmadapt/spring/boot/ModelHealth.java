package dev.llmadapt.spring.boot;

import dev.llmadapt.Adapter;
import dev.llmadapt.Model;
import dev.llmadapt.local.LocalModel;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.util.ClassUtils;

/** Whether the model answers: up while it is open, out of service while the application stops. It asks it nothing. */
final class ModelHealth extends AbstractHealthIndicator {
    private static final boolean LOCAL =
            ClassUtils.isPresent("dev.llmadapt.local.LocalModel", ModelHealth.class.getClassLoader());

    private final Model model;

    ModelHealth(Model model) {
        super("the model is not there");
        this.model = model;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        builder.up().withDetail("model", model.info().name());
        if (LOCAL) {
            Loaded.tell(model, builder);
        }
        if (model instanceof ServedModel served) {
            builder.withDetail("running", served.running());
            if (!served.isRunning()) {
                builder.outOfService();
            }
        }
    }

    /** Adapters of local models; loaded only where their classes are there. */
    private static final class Loaded {
        static void tell(Model model, Health.Builder builder) {
            model.unwrap(LocalModel.class)
                    .ifPresent(local -> builder.withDetail(
                            "adapters",
                            local.adapters().stream()
                                    .map(Adapter::name)
                                    .sorted()
                                    .toList()));
        }
    }
}
