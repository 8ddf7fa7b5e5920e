package dev.llmadapt.pilot.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.pilot.recommendation.Stakes;
import org.junit.jupiter.api.Test;

class ReproductionTest {
    private static final PilotReport REPORT = LargeReport.report(Stakes.none().withError(2.5), 20);

    @Test
    void command_notKept_isMadeOfWhatTheReportTells() {
        assertThat(Reproduction.command(REPORT))
                .isEqualTo("llm-adapt pilot --task pennywell --model default --precision q4 --strategies 'words,lora'"
                        + " --limit 1000 --seed 0 --quality 0.7 --error-price 2.5");
    }

    @Test
    void command_kept_isAsTyped() {
        assertThat(Reproduction.command(REPORT.withSetting("command", "llm-adapt pilot --task x")))
                .isEqualTo("llm-adapt pilot --task x");
    }
}
