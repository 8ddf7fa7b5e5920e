package dev.llmadapt.pilot.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.LlmAdaptException;
import org.junit.jupiter.api.Test;

class ReportJsonTest {
    @Test
    void write_readBack_isTheSameReport() {
        PilotReport report = SampleReport.report();
        assertThat(ReportJson.read(ReportJson.write(report))).isEqualTo(report);
    }

    @Test
    void write_twice_isTheSameText() {
        assertThat(ReportJson.write(SampleReport.report())).isEqualTo(ReportJson.write(SampleReport.report()));
    }

    @Test
    void write_keysAndNumbers_areAsDocumented() {
        assertThat(ReportJson.write(SampleReport.report()))
                .startsWith("""
                        {
                          "format": "llm-adapt-pilot-report",
                          "version": 2,
                          "started": "2026-11-23T10:15:30.123Z",
                          "settings": {
                            "model": "default",
                            "a": "second"
                          },
                          "model": {
                            "name": "SmolLM2-135M",
                        """)
                .contains(
                        "\"medianMs\": 12.345678,",
                        "\"adaptMs\": 1500,",
                        "\"majorityLabel\": \"card \\\"lost\\\" \u00fc\"")
                .doesNotContain("NaN")
                .endsWith("}\n");
    }

    @Test
    void read_somethingElse_isRefused() {
        refuses("");
        refuses("not json");
        refuses("[]");
        refuses("{}");
        refuses("{\"format\":\"llm-adapt-pilot-report\",\"version\":1}");
        refuses(ReportJson.write(SampleReport.report()).replace("\"seed\": 42", "\"seed\": \"x\""));
        refuses(ReportJson.write(SampleReport.report()).replace("\"rows\"", "\"lines\""));
        refuses(ReportJson.write(SampleReport.report()).replace("2026-11-23T10", "yesterday"));
        refuses("[".repeat(100_000));
    }

    private static void refuses(String json) {
        assertThatThrownBy(() -> ReportJson.read(json))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("not a pilot report");
    }
}
