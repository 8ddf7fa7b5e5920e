package dev.llmadapt.micrometer;

import dev.llmadapt.Request;
import dev.llmadapt.local.AdapterPool;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.observation.ModelListener;
import dev.llmadapt.observation.RequestEnd;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;

/** The examples of {@code docs/guides/observability.md}. */
final class MicrometerExamples {
    private MicrometerExamples() {}

    // guide
    static final class SlowRequests implements ModelListener {
        @Override
        public void onEnd(RequestEnd end) {
            if (end.duration().toSeconds() >= 10) {
                System.out.println(end.request().model() + ", waited " + end.queued() + ", " + end.completionTokens()
                        + " tokens: " + end.outcome());
            }
        }
    }
    // end

    static void listen(Path folder, Request request) {
        // guide
        ModelOptions options = ModelOptions.defaults().withListener(new SlowRequests());
        try (LocalModel model = LocalModel.open(folder, options)) {
            model.generate(request);
        }
        // end
    }

    static void measure(Path folder, Request request, MeterRegistry registry) {
        // guide
        ModelOptions options = ModelOptions.defaults().withListener(new MetricsListener(registry));
        try (LocalModel model = LocalModel.open(folder, options)) {
            AdapterPool pool = new AdapterPool(model, 512L << 20);
            new ModelMetrics(model).bindTo(registry);
            new AdapterPoolMetrics(pool).bindTo(registry);
            model.generate(request);
        }
        // end
    }
}
