package dev.llmadapt.pilot.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReportTableTest {
    @Test
    void render_plain_isTheWholeTable() {
        String table = ReportTable.write(SampleReport.report());
        assertThat(table)
                .startsWith("""
                        SmolLM2-135M (q4_1) on pennywell: 3 labels, 4 test examples, 400 to learn from, seed 42

                           strategy                          accuracy   95% interval  median ms  p95 ms  prompt tokens  adapt s  learned from  tests  answers/s  MB kept  like paraphrase         news  cost/1000  errors
                        ~  zero-shot                            25.0%   4.6% - 69.9%         12      25            151      1.5           400      2       2.50     1.50              3/4  0.10 > 0.40     0.0003       1
                        !  chain-of-thought: failed, the prompt has 9000 tokens, the context holds 8192
                        -  rag: not tried, the task has no corpus to retrieve from
                        *  few-shot-nearest(12)/constrained     75.0%  30.1% - 95.4%       1234    2468           1021      1.5           400      2       2.50     1.50              3/4  0.10 > 0.40     0.0343       1

                        * best; ~ no difference from it shown at 95% (paired sign tests)
                        of 2 not told apart, the fastest is zero-shot (median 12 ms); a larger --limit tells more apart
                        without a model: always 'card "lost" \u00fc' 25.0%, a random label 33.3%
                        learning curves (examples > accuracy):
                          zero-shot: 16 > 12.5%, 400 > 25.0%
                          few-shot-nearest(12)/constrained: 16 > 37.5%, 400 > 75.0%
                        the teacher of few-shot-nearest(12)/constrained answered 6 of 9 unlabelled texts: 6 answers, 60 tokens read, 6 written, 1.8 s

                        not enough evidence; most likely: zero-shot; about 5240 test examples would settle it
                        runner-up: few-shot-nearest(12)/constrained
                        """)
                .contains(
                        "what would change the answer:\n- if 50.0 points of quality matter", "what is said in general")
                .contains("! fine-tuning is said to be cheaper than prompting in answers");
    }

    @Test
    void render_answersWithProbabilities_hasTheirCalibration() {
        assertThat(ReportTable.write(SampleReport.confident()).lines().toList().get(2))
                .endsWith("errors  at 5% error    ECE  Brier");
        assertThat(ReportTable.write(SampleReport.confident()).lines().toList().get(3))
                .endsWith("       100.0%  0.125  0.023");
    }

    @Test
    void render_narrow_givesUpTheLeastImportantColumnsFirst() {
        String table = ReportTable.write(SampleReport.report(), 100, false);
        assertThat(table.lines().toList().get(2))
                .contains("median ms", "errors")
                .doesNotContain("adapt s", "p95");
        String narrowest = ReportTable.write(SampleReport.report(), 20, false);
        assertThat(narrowest.lines().toList().get(2)).contains("strategy", "accuracy", "95% interval", "median ms");
    }

    @Test
    void render_styled_theBestIsBold() {
        String table = ReportTable.write(SampleReport.report(), 0, true);
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
                java.util.List.of(),
                java.util.Map.of());
        assertThat(ReportTable.write(failed))
                .contains("!  chain-of-thought: failed")
                .doesNotContain("best");
    }
}
