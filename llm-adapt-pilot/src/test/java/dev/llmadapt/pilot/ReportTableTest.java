package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.pilot.terminal.TerminalKind;
import org.junit.jupiter.api.Test;

class ReportTableTest {
    @Test
    void render_plain_isTheWholeTable() {
        assertThat(ReportTable.render(SampleReport.report(), TerminalKind.PLAIN))
                .isEqualTo("""
                        SmolLM2-135M (q4_1) on pennywell: 3 labels, 4 test examples, 400 to learn from, seed 42

                           strategy                          accuracy   95% interval  median ms  p95 ms  prompt tokens  adapt s  errors
                        ~  zero-shot                            25.0%   4.6% - 69.9%         12      25            151      1.5       1
                        !  chain-of-thought: failed, the prompt has 9000 tokens, the context holds 8192
                        *  few-shot-nearest(12)/constrained     75.0%  30.1% - 95.4%       1234    2468           1021      1.5       1

                        * best; ~ no difference from it shown at 95% (paired sign tests)
                        of 2 not told apart, the fastest is zero-shot (median 12 ms); a larger --limit tells more apart
                        without a model: always 'card "lost" \u00fc' 25.0%, a random label 33.3%
                        """);
    }

    @Test
    void render_narrow_givesUpTheLeastImportantColumnsFirst() {
        String table = ReportTable.render(SampleReport.report(), new TerminalKind(true, false, 100));
        assertThat(table.lines().toList().get(2))
                .contains("median ms", "errors")
                .doesNotContain("adapt s", "p95");
        String narrowest = ReportTable.render(SampleReport.report(), new TerminalKind(true, false, 20));
        assertThat(narrowest.lines().toList().get(2)).contains("strategy", "accuracy", "95% interval", "median ms");
    }

    @Test
    void render_styled_theBestIsBold() {
        String table = ReportTable.render(SampleReport.report(), new TerminalKind(true, true, 0));
        assertThat(table.lines().filter(line -> line.contains("\u001B[1m")))
                .singleElement()
                .asString()
                .startsWith("\u001B[1m*  few-shot-nearest(12)/constrained")
                .endsWith("\u001B[0m");
    }

    @Test
    void render_nothingMeasured_hasNoVerdict() {
        PilotReport report = SampleReport.report();
        PilotReport failed = new PilotReport(
                report.started(),
                report.settings(),
                report.model(),
                report.task(),
                report.options(),
                report.needs(),
                report.rows().subList(1, 2),
                java.util.List.of());
        assertThat(ReportTable.render(failed, TerminalKind.PLAIN))
                .contains("!  chain-of-thought: failed")
                .doesNotContain("best");
    }
}
