package dev.llmadapt.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.GuideExamples;
import dev.llmadapt.Request;
import dev.llmadapt.local.AdapterPool;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Prometheus scrapes of a model, and what the guide says of it. */
@Timeout(120)
class PrometheusTest {
    private static final Request REQUEST = Request.of("where is my card?")
            .withOptions(GenerationOptions.defaults().withTemperature(1).withMaxTokens(6));

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    private String scrape() {
        try (LocalModel model = LocalModel.open(
                Golden.folder("tiny-llama"),
                ModelOptions.defaults().withThreads(1).withListener(new MetricsListener(registry)))) {
            new ModelMetrics(model, "base").bindTo(registry);
            new AdapterPoolMetrics(new AdapterPool(model, 1 << 20), "base").bindTo(registry);
            model.generate(REQUEST);
            model.generate(REQUEST);
            model.score(REQUEST, List.of("yes", "no"));
            assertThatThrownBy(() -> model.generate(REQUEST.withAdapter("name-from-a-request")))
                    .isInstanceOf(IllegalArgumentException.class);
            return registry.scrape();
        }
    }

    @Test
    void scrape_ofAModel() {
        String text = scrape();
        assertThat(text)
                .contains("# TYPE gen_ai_server_request_duration_seconds histogram")
                .contains("# TYPE gen_ai_client_token_usage histogram")
                .containsPattern("gen_ai_server_time_to_first_token_seconds_bucket\\{[^}]*"
                        + "gen_ai_operation_name=\"chat\"[^}]*le=\"0.001\"")
                .containsPattern("gen_ai_server_time_per_output_token_seconds_count\\{[^}]*\\} 2")
                .containsPattern(
                        "gen_ai_client_operation_duration_seconds_count\\{[^}]*gen_ai_operation_name=\"score\"")
                .containsPattern("gen_ai_server_request_duration_seconds_count\\{"
                        + "error_type=\"java.lang.IllegalArgumentException\"[^}]*\\} 1")
                .containsPattern("llmadapt_prompt_cached_tokens_total\\{[^}]*\\} [1-9]")
                .contains("llmadapt_requests_waiting{model=\"base\"} 0.0")
                .contains("llmadapt_requests_running{model=\"base\"} 0.0")
                .contains("llmadapt_slots{model=\"base\"} 8.0")
                .containsPattern("llmadapt_kv_cache_used_bytes\\{model=\"base\"} [1-9]")
                .containsPattern("llmadapt_kv_cache_memory_bytes\\{model=\"base\"} [1-9]")
                .contains("llmadapt_adapter_memory_bytes{model=\"base\"} 1048576.0")
                .contains("llmadapt_adapter_loads_total{model=\"base\"} 0.0")
                .doesNotContain("name-from-a-request")
                .doesNotContain("where is my card");
        assertThat(registry.scrape()).as("of a closed model").contains("llmadapt_slots{model=\"base\"} NaN");
    }

    @Test
    void guide_listsTheNamesThatAreEmitted() throws IOException {
        TreeSet<String> emitted = new TreeSet<>();
        Matcher types = Pattern.compile("# TYPE (\\S+) (\\S+)").matcher(scrape());
        while (types.find()) {
            emitted.add(types.group(1));
        }
        emitted.removeIf(name -> name.endsWith("_max")); // Micrometer's own, beside each histogram
        String guide = Files.readString(GuideExamples.root().resolve("docs/guides/observability.md"));
        assertThat(emitted).allSatisfy(name -> assertThat(guide).contains("`" + name + "`"));
    }

    @Test
    void guide_examples_areTheOnesCompiledHere() {
        assertThat(GuideExamples.shown("docs/guides/observability.md"))
                .isEqualTo(GuideExamples.tested(MicrometerExamples.class));
        MicrometerExamples.listen(Golden.folder("tiny-llama"), REQUEST);
        MicrometerExamples.measure(Golden.folder("tiny-llama"), REQUEST, registry);
        assertThat(registry.get("gen_ai.server.request.duration").timer().count())
                .isEqualTo(1);
    }
}
