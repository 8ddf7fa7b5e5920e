package dev.llmadapt.pilot.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.pilot.recommendation.Stakes;
import dev.llmadapt.pilot.task.LabelPair;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportJsonTest {
    private static final String LEFT_BEHIND = "the budget of 2 min did not reach to it";
    private static final PilotReport REPORT = report();

    private static PilotReport report() {
        PilotReport sample = SampleReport.report();
        return new PilotReport(
                sample.started(),
                sample.settings(),
                sample.model(),
                sample.task(),
                sample.options(),
                sample.needs(),
                sample.rows(),
                sample.comparisons(),
                Map.of("zero-shot", LEFT_BEHIND));
    }

    @Test
    void write_readBack_isTheSameReport() {
        assertThat(ReportJson.read(ReportJson.write(REPORT))).isEqualTo(REPORT);
    }

    @Test
    void write_stakes_areReadBackWithTotalCosts() {
        Stakes stakes = Stakes.none()
                .withError(2)
                .withErrors(Map.of(new LabelPair("a", "b"), 5.0, new LabelPair("b", "a"), 0.5))
                .withLabel(0.3)
                .withPerson(1)
                .withHorizonMonths(6)
                .withPrecision(0.9)
                .withCurrency("EUR");
        PilotReport confident = SampleReport.confident();
        PilotReport priced = new PilotReport(
                confident.started(),
                confident.settings(),
                confident.model(),
                confident.task(),
                confident.options(),
                confident.needs().withStakes(stakes),
                confident.rows(),
                confident.comparisons(),
                confident.leftBehind());
        String json = ReportJson.write(priced);
        assertThat(ReportJson.read(json)).isEqualTo(priced);
        assertThat(json)
                .contains("\"horizonMonths\": 6", "\"againstPerson\"", "\"cheaperAtErrorPrice\"", "\"abstention\"");
        assertThat(ReportJson.write(REPORT)).doesNotContain("againstPerson", "abstention");
    }

    @Test
    void write_answersWithProbabilities_areReadBackAndSummedUp() {
        PilotReport confident = SampleReport.confident();
        String json = ReportJson.write(confident);
        assertThat(ReportJson.read(json)).isEqualTo(confident);
        assertThat(json)
                .contains(
                        "\"confidence\": 0.875,",
                        "\"brier\": 0.0234375,",
                        "\"expectedError\": 0.125,",
                        "\"answers\": 1");
        assertThat(ReportJson.write(REPORT)).doesNotContain("confidence", "calibration");
    }

    @Test
    void write_twice_isTheSameText() {
        assertThat(ReportJson.write(REPORT)).isEqualTo(ReportJson.write(REPORT));
    }

    @Test
    void write_keysAndNumbers_areAsDocumented() {
        assertThat(ReportJson.write(REPORT))
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
    void read_olderReport_hasWhoWasLeftBehindAmongItsSettings() {
        String older = ReportJson.write(REPORT)
                .replaceFirst("  \"leftBehind\": \\{[^}]*},\n", "")
                .replace(
                        "    \"a\": \"second\"",
                        "    \"left behind: zero-shot\": \"" + LEFT_BEHIND + "\",\n" + "    \"a\": \"second\"");
        assertThat(older).doesNotContain("leftBehind");
        assertThat(ReportJson.read(older)).isEqualTo(REPORT);
    }

    @Test
    void read_somethingElse_isRefused() {
        refuses("");
        refuses("not json");
        refuses("[]");
        refuses("{}");
        refuses("{\"format\":\"llm-adapt-pilot-report\",\"version\":1}");
        refuses(ReportJson.write(REPORT).replace("\"seed\": 42", "\"seed\": \"x\""));
        refuses(ReportJson.write(REPORT).replace("\"rows\"", "\"lines\""));
        refuses(ReportJson.write(REPORT).replace("2026-11-23T10", "yesterday"));
        refuses(ReportJson.write(REPORT).replaceFirst("\"leftBehind\": \\{[^}]*}", "\"leftBehind\": 1"));
        refuses(ReportJson.write(REPORT).replaceFirst("\"baselines\": \\{[^}]*}", "\"baselines\": 1"));
        refuses("[".repeat(100_000));
    }

    private static void refuses(String json) {
        assertThatThrownBy(() -> ReportJson.read(json))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("not a pilot report");
    }
}
