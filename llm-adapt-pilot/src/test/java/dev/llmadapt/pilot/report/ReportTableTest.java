package dev.llmadapt.pilot.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.ModelInfo;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.recommendation.Prices;
import dev.llmadapt.pilot.recommendation.Stakes;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.MeasurementDetails;
import dev.llmadapt.pilot.results.MeasurementDetails.Omitted;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportTableTest {
    @Test
    void render_plain_beginsWithTheRecommendation() {
        assertThat(ReportTable.write(SampleReport.report()))
                .startsWith("""
                        SmolLM2-135M (q4_1) on pennywell: 3 labels, 4 test examples, 400 to learn from, seed 42

                        Most likely zero-shot: accuracy 25.0% (4.6 to 69.9%) on 2 tests, 12 ms an answer, 0.00034 per 1000
                        requests; not certain, few-shot-nearest(12)/constrained may be better by up to 90.5 points, about
                        5,240 test examples would settle it.
                        """)
                .contains(
                        """

                        ~  few-shot-nearest(12)/constrained     75.0%  30.1 to 95.4%        1.2 s      0.034               1
                        *  zero-shot                            25.0%   4.6 to 69.9%        12 ms    0.00034               1
                        -  chain-of-thought: failed, the prompt has 9000 tokens, the context holds 8192
                        -  rag: not tried, the task has no corpus to retrieve from
                        """,
                        "- the teacher of few-shot-nearest(12)/constrained answered 6 of 9 unlabelled texts: 6 answers, 60\n",
                        """
                        learning curves, training size > accuracy; points on different tests do not compare:
                        - few-shot-nearest(12)/constrained: 16 > 37.5% (2 tests); 400 > 75.0% (4 tests)
                        """);
    }

    @Test
    void render_manyCandidates_areGroupedInLinesOfAHundred() {
        String text = ReportTable.write(LargeReport.report(Stakes.none(), LargeReport.TESTS));
        assertThat(text.lines()).allMatch(line -> line.length() <= ReportTable.USUAL_WIDTH);
        assertThat(text)
                .contains(
                        "You need no language model for this: the best that uses one, lora-head, is 2.3 points behind.")
                .contains("\nrunner-up, fine-tuning  lora-head 84.3%: 2.3 points behind, dearer by 0.0022 per 1000")
                .contains("\nclassifier              embeddings 86.6%: chosen\n")
                .contains("""
                        -  full-tuning (32 min expected, 4 min left), dora (12 min expected, 3 min left): not tried, the
                           budget did not reach to it
                        """)
                .contains("-  rag, rag(1)+lora: not tried, the task has no corpus to retrieve from\n")
                .contains("9 are worse by at least 20 points (lora,\n  instruction+lora, majority, random and 5 more),")
                .contains("- few-shot, role went no further: it is shown to be no better than words\n");
        List<String> whole = text.lines()
                .filter(line -> line.matches("[*~ ]  [a-z].* 216 .*"))
                .map(line -> line.replaceFirst("^.*? ([0-9.]+)%.*", "$1"))
                .toList();
        assertThat(whole).hasSize(10);
        assertThat(whole.stream().map(Double::valueOf)).isSortedAccordingTo(Comparator.reverseOrder());
    }

    @Test
    void render_stakes_pricesAreOfAMonthInTheCurrency() {
        Stakes stakes = Stakes.none().withError(2).withCurrency("EUR");
        assertThat(ReportTable.write(LargeReport.report(stakes, LargeReport.TESTS)))
                .contains("4.0 ms an answer, EUR 2,700 a\nmonth in all", "EUR/1000");
    }

    @Test
    void render_weightsAsStored_areInPlainWords() {
        PilotReport report = SampleReport.report();
        PilotReport stored = new PilotReport(
                report.started(),
                report.settings(),
                Optional.of(new ModelInfo("Qwen2.5-0.5B", "qwen2", 494_000_000, 8_192, 151_936, "as-stored")),
                report.task(),
                report.options(),
                report.needs(),
                report.rows(),
                report.comparisons(),
                report.leftBehind());
        assertThat(ReportTable.write(stored)).startsWith("Qwen2.5-0.5B (weights as in the file) on pennywell: ");
        assertThat(ReportHtml.write(stored)).contains("Qwen2.5-0.5B (weights as in the file), ");
    }

    @Test
    void render_amounts_sayOnceWhatTheyRestOn() {
        PilotReport plain = LargeReport.report(Stakes.none(), LargeReport.TESTS);
        assertThat(flat(ReportTable.write(plain)))
                .contains("Costs are in the unit of your prices (--currency): an hour of this machine at 0.1"
                        + " (--compute-price).")
                .doesNotContain("a month");
        PilotReport priced = LargeReport.report(Stakes.none().withError(2).withCurrency("EUR"), LargeReport.TESTS);
        String text = flat(ReportTable.write(priced));
        String note = "Costs are in EUR: an hour of this machine at 0.1 (--compute-price). A month has 10,000 requests,"
                + " unless --requests says otherwise.";
        assertThat(text).contains(note);
        assertThat(text.split("10,000 requests", -1)).as("said once").hasSize(2);
        assertThat(ReportHtml.write(priced)).contains(note);
        PilotReport many = with(priced, priced.needs().withRequestsPerMonth(50_000));
        assertThat(flat(ReportTable.write(many))).contains("A month has 50,000 requests.");
        PilotReport hosted = with(plain, plain.needs().withPrices(new Prices(0.1, 2, 4)));
        assertThat(flat(ReportTable.write(hosted)))
                .contains(
                        "; --prompt-price and --completion-price are not used, no model that was measured is hosted.");
    }

    @Test
    void render_omittedForLackOfTime_isOneCaveatWithWhatToDo() {
        PilotReport report = SampleReport.report();
        PilotReport hurried = report.withRows(report.rows().stream()
                .map(row -> row instanceof Measured measured
                        ? measured.withDetails(measured.details().withOmitted(EnumSet.allOf(Omitted.class)))
                        : row)
                .toList());
        String caveat = "no time was left to measure the risks of few-shot-nearest(12)/constrained, zero-shot, nor the"
                + " learning curve of few-shot-nearest(12)/constrained, zero-shot; a longer --budget has some, such as"
                + " 15m";
        assertThat(flat(ReportTable.write(hurried))).contains("- " + caveat);
        assertThat(ReportHtml.write(hurried)).contains("<li>" + caveat + "</li>");
        assertThat(ReportJson.read(ReportJson.write(hurried))).isEqualTo(hurried);
        assertThat(ReportTable.write(report)).doesNotContain("no time was left");
    }

    @Test
    void render_memoryThatIsNotKnown_saysThatTheLimitWasNotChecked() {
        PilotReport report = LargeReport.report(Stakes.none(), 72);
        PilotReport limited = with(report, report.needs().withMemoryBytes(2L << 30));
        assertThat(ReportTable.write(limited)).doesNotContain("--memory");
        PilotReport unknown = limited.withRows(limited.rows().stream()
                .map(row ->
                        row instanceof Measured measured && measured.details().family() == StrategyFamily.BASELINE
                                ? measured.withDetails(MeasurementDetails.none())
                                : row)
                .toList());
        assertThat(flat(ReportTable.write(unknown)))
                .containsPattern("- --memory was not checked for (nearest-example|majority|random), [a-z-]+, [a-z-]+,"
                        + " whose memory cannot be told");
        assertThat(ReportTable.write(unknown.withRows(report.rows()))).doesNotContain("--memory");
    }

    @Test
    void render_risks_areSideBySideForChoiceAndRunnerUp() {
        assertThat(ReportTable.write(SampleReport.report())).contains("""
                        risks, on input that is not as in the tests (chosen: zero-shot, runner-up:
                          few-shot-nearest(12)/constrained):
                                                                chosen        runner-up
                        paraphrases answered alike              3 of 4        3 of 4
                        points of quality: typos                not measured  -12.5 (-37.5 to +12.5)
                        messages out of scope that get a label  not measured  15 of 16
                          of them, with the usual confidence    not measured  4
                        instructions in the text, obeyed        not measured  3 of 16 (1 without one)
                        instructions in a passage, obeyed       not measured  2 of 8
                        prompts with personal data              not measured  1 of 4
                        """);
    }

    @Test
    void render_risksOfWhatSendsNoPrompt_saysSo() {
        PilotReport report = SampleReport.report();
        PilotReport words = report.withRows(report.rows().stream()
                .map(row -> row instanceof Measured measured && row.strategy().equals("zero-shot")
                        ? measured.withDetails(LargeReport.report(Stakes.none(), 72)
                                .measured()
                                .get(0)
                                .details())
                        : row)
                .toList());
        assertThat(ReportTable.write(words)).containsPattern("prompts with personal data +no prompts +1 of 4\n");
    }

    @Test
    void render_verdict_isWordedAsInAProgram() {
        for (PilotReport report :
                List.of(SampleReport.report(), LargeReport.report(Stakes.none(), LargeReport.TESTS))) {
            String program = report.recommendation().text().lines().findFirst().orElseThrow();
            assertThat(VerdictSentence.of(report).replaceFirst(": [^;]*;", ";")).isEqualTo(program);
        }
    }

    private static PilotReport with(PilotReport report, Needs needs) {
        return new PilotReport(
                report.started(),
                report.settings(),
                report.model(),
                report.task(),
                report.options(),
                needs,
                report.rows(),
                report.comparisons(),
                report.leftBehind());
    }

    /** The text in one line. */
    private static String flat(String text) {
        return text.replaceAll("\\s+", " ");
    }

    @Test
    void render_wide_hasAllColumns() {
        assertThat(ReportTable.write(SampleReport.confident(), 1_000, false).lines())
                .anyMatch(line ->
                        line.matches("   candidate .*accuracy  +95% interval  +test size  +training size  +median time"
                                + "  +95% within  +cost/1000  +to adapt  +prompt tokens  +consistency  +freshness  +disk"
                                + "  +answers/s  +failed answers  +at 5% error  +ECE  +Brier"))
                .anyMatch(line -> line.endsWith("100.0%  0.125  0.023"));
    }

    @Test
    void render_narrow_givesUpTheLeastImportantColumnsFirst() {
        assertThat(ReportTable.write(SampleReport.report(), 80, false).lines())
                .anyMatch(line -> line.matches("   candidate .*accuracy .*95% interval .*median time"));
        assertThat(ReportTable.write(SampleReport.report(), 20, false).lines())
                .anyMatch(line -> line.matches("   candidate .*accuracy .*95% interval .*median time"));
    }

    @Test
    void render_styled_sentenceAndChoiceAreBold() {
        assertThat(ReportTable.write(SampleReport.report(), 0, true))
                .contains("\u001B[1mMost likely zero-shot: ", "would settle it.\u001B[0m\n")
                .contains("\u001B[1m*  zero-shot ");
    }

    @Test
    void write_peopleAreCheaper_saysSoAtTheTop() {
        Stakes errors = Stakes.none().withError(5).withCurrency("EUR");
        String cheap = ReportTable.write(LargeReport.report(errors.withPerson(0.01), 72))
                .replaceAll("\\s+", " ");
        assertThat(cheap).contains("People alone would cost less: EUR 100 a month, against EUR ");
        assertThat(ReportTable.write(LargeReport.report(errors.withPerson(1_000), 72)))
                .doesNotContain("People alone");
        assertThat(ReportTable.write(LargeReport.report(errors, 72))).doesNotContain("People alone");
    }

    @Test
    void render_nothingMeasured_saysSo() {
        PilotReport report = SampleReport.report();
        PilotReport failed = new PilotReport(
                report.started(),
                report.settings(),
                report.model(),
                report.task(),
                report.options(),
                report.needs(),
                report.rows().subList(1, 2),
                List.of(),
                Map.of());
        assertThat(ReportTable.write(failed))
                .contains("No candidate was measured", "-  chain-of-thought: failed")
                .doesNotContain("best");
    }
}
