package dev.llmadapt.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.observation.ModelListener;
import dev.llmadapt.observation.RequestEnd;
import dev.llmadapt.observation.RetrievalEnd;
import dev.llmadapt.observation.TrainingStep;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MetricsListenerTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MetricsListener listener = new MetricsListener(registry);

    private Timer timer(String name) {
        return registry.get(name).timer();
    }

    @Test
    void finished_isTimedAndCounted() {
        listener.onEnd(Events.finished(Events.request(Optional.empty(), "bank")));

        assertThat(timer("gen_ai.server.request.duration").totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(130);
        assertThat(timer("gen_ai.client.operation.duration").totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(130);
        assertThat(timer("gen_ai.server.time_to_first_token").totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(50);
        assertThat(timer("gen_ai.server.time_per_output_token").totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(20);
        assertThat(timer("llmadapt.request.queue.time").totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(10);
        assertThat(registry.get("gen_ai.client.token.usage")
                        .tag("gen_ai.token.type", "input")
                        .summary()
                        .totalAmount())
                .isEqualTo(20);
        assertThat(registry.get("gen_ai.client.token.usage")
                        .tag("gen_ai.token.type", "output")
                        .summary()
                        .totalAmount())
                .isEqualTo(5);
        assertThat(registry.get("llmadapt.prompt.cached.tokens").counter().count())
                .isEqualTo(16);
        assertThat(timer("gen_ai.server.request.duration").getId().getTags())
                .containsExactlyInAnyOrder(
                        Tag.of("gen_ai.operation.name", "chat"),
                        Tag.of("gen_ai.provider.name", "llm-adapt"),
                        Tag.of("gen_ai.request.model", "bank"),
                        Tag.of("gen_ai.response.model", "tiny"),
                        Tag.of("server.address", "none"),
                        Tag.of("server.port", "none"),
                        Tag.of("error.type", "none"));
    }

    @Test
    void withoutClientMetrics_recordsThoseOfTheServerAlone() {
        ModelListener server = new MetricsListener(registry).withoutClientMetrics();
        server.onEnd(Events.failed(Events.request(Optional.empty()), "a.Failure"));
        server.onRetrieval(new RetrievalEnd("news", 3, Duration.ofMillis(7), ""));

        assertThat(registry.getMeters())
                .isNotEmpty()
                .allMatch(meter -> !meter.getId().getName().startsWith("gen_ai.client"));
        assertThat(timer("llmadapt.retrieval").count()).isEqualTo(1);
        assertThat(timer("llmadapt.retrieval").getId().getTag("retriever")).isEqualTo("news");
    }

    @Test
    void failed_hasItsErrorAndNoTimesOfTokens() {
        listener.onEnd(Events.failed(Events.request(Optional.empty()), "dev.llmadapt.OverloadedException"));
        assertThat(timer("gen_ai.server.request.duration").getId().getTag("error.type"))
                .isEqualTo("dev.llmadapt.OverloadedException");
        assertThat(registry.find("gen_ai.server.time_to_first_token").meters()).isEmpty();
        assertThat(registry.find("gen_ai.client.token.usage").meters()).isEmpty();
    }

    @Test
    void cancelled_hasNoTimesOfTokens() {
        RequestEnd whole = Events.finished(Events.request(Optional.empty()));
        listener.onEnd(new RequestEnd(
                whole.request(),
                RequestEnd.Outcome.CANCELLED,
                "interrupted",
                "timeout",
                20,
                0,
                5,
                whole.queued(),
                whole.toFirstToken(),
                whole.duration()));
        assertThat(timer("gen_ai.server.request.duration").getId().getTag("error.type"))
                .isEqualTo("timeout");
        assertThat(registry.find("gen_ai.server.time_to_first_token").meters()).isEmpty();
        assertThat(registry.get("gen_ai.client.token.usage").meters()).hasSize(2);
    }

    @Test
    void remote_isAClientAlone() {
        listener.onEnd(Events.finished(Events.request(Optional.of(URI.create("https://models.example/v1")))));
        Timer timer = timer("gen_ai.client.operation.duration");
        assertThat(timer.getId().getTag("server.address")).isEqualTo("models.example");
        assertThat(timer.getId().getTag("server.port")).isEqualTo("443");
        assertThat(timer.getId().getTag("gen_ai.provider.name")).isEqualTo("vllm");
        assertThat(registry.getMeters())
                .noneMatch(meter -> meter.getId().getName().startsWith("gen_ai.server"));
    }

    @Test
    void manyAdapters_makeBoundedSeries() {
        MetricsListener few = new MetricsListener(registry, 3);
        for (int i = 0; i < 1000; i++) {
            few.onEnd(Events.finished(Events.request(Optional.empty(), "customer-" + i)));
            few.onEnd(Events.failed(Events.request(Optional.empty()), "Error" + i));
        }
        assertThat(registry.get("gen_ai.client.token.usage").meters().stream()
                        .map(meter -> meter.getId().getTag("gen_ai.request.model"))
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder("customer-0", "customer-1", "_OTHER");
        assertThat(registry.get("gen_ai.client.operation.duration").meters()).hasSizeLessThan(60);
        assertThat(registry.get("gen_ai.client.operation.duration")
                        .tag("gen_ai.request.model", "_OTHER")
                        .timer()
                        .count())
                .isEqualTo(998);
        assertThatThrownBy(() -> new MetricsListener(registry, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void retrieval_isAnOperation() {
        listener.onRetrieval(new RetrievalEnd("news", 3, Duration.ofMillis(7), ""));
        Timer timer = timer("gen_ai.client.operation.duration");
        assertThat(timer.getId().getTag("gen_ai.operation.name")).isEqualTo("retrieval");
        assertThat(timer.getId().getTag("gen_ai.request.model")).isEqualTo("news");
        listener.onEnd(Events.finished(Events.request(Optional.empty())));
        assertThat(registry.get("gen_ai.client.operation.duration").meters().stream()
                        .map(meter -> meter.getId().getTags().stream()
                                .map(Tag::getKey)
                                .toList())
                        .collect(Collectors.toSet()))
                .as("the same tags, as Prometheus wants it")
                .hasSize(1);
    }

    @Test
    void trainingSteps_areTimed() {
        ModelListener told = listener;
        told.onTrainingStep(new TrainingStep(1, 2, 1.5, 100, Duration.ofMillis(20)));
        told.onTrainingStep(new TrainingStep(2, 2, 1.25, 50, Duration.ofMillis(20)));
        assertThat(timer("llmadapt.training.step").count()).isEqualTo(2);
        assertThat(registry.get("llmadapt.training.tokens").counter().count()).isEqualTo(150);
        assertThat(registry.get("llmadapt.training.loss").gauge().value()).isEqualTo(1.25);
    }
}
