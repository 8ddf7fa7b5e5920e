package dev.llmadapt.pilot.comparison;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.Example;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.report.PilotReport.TaskSummary;
import dev.llmadapt.pilot.results.Latency;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.MeasurementDetails;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.results.PilotOptions;
import dev.llmadapt.pilot.results.Row;
import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.statistics.PairedDifference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunComparisonTest {
    private static final Map<String, IntPredicate> OLD =
            Map.of("steady", i -> i % 4 > 0, "fallen", i -> i % 10 > 0, "gone", i -> i >= 0);
    private static final Map<String, IntPredicate> NEW =
            Map.of("steady", i -> i % 5 > 0, "fallen", i -> i % 10 > 5, "come", i -> false);

    @Test
    void of_twoRuns_comparesWhatBothHave() {
        RunComparison comparison = RunComparison.of(report(0, 100, OLD), report(0, 100, NEW));
        assertThat(comparison.both()).isEqualTo(100);
        assertThat(comparison.onlyBefore()).containsExactly("gone");
        assertThat(comparison.onlyAfter()).containsExactly("come");
        assertThat(comparison.changes()).extracting(RunChange::name).containsExactly("fallen", "steady");
        RunChange fallen = comparison.changes().get(0);
        assertThat(fallen.qualityBefore()).isEqualTo(0.9);
        assertThat(fallen.qualityAfter()).isEqualTo(0.4);
        assertThat(fallen.difference().difference()).isEqualTo(-0.5);
        double[] half = new double[100];
        java.util.Arrays.fill(half, 0, 50, 1);
        Interval expected = PairedDifference.of(new double[100], half).interval(1.959964);
        assertThat(fallen.interval().low()).isCloseTo(expected.low(), org.assertj.core.api.Assertions.within(1e-6));
        assertThat(fallen.interval().high()).isCloseTo(expected.high(), org.assertj.core.api.Assertions.within(1e-6));
        assertThat(comparison.recommended()).map(RunChange::name).contains("gone -> steady");
        assertThat(comparison.worse(0.02)).extracting(RunChange::name).containsExactly("gone -> steady", "fallen");
        assertThat(comparison.worse(0.5)).isEmpty();
        assertThat(comparison.better(0)).isEmpty();
        assertThat(RunComparison.of(report(0, 100, NEW), report(0, 100, OLD)).better(0))
                .extracting(RunChange::name)
                .contains("fallen");
    }

    @Test
    void of_examplesThatMovedOrChanged_areFoundByTheirContent() {
        PilotReport before = report(0, 100, OLD);
        PilotReport moved = report(40, 100, OLD); // lines 40 to 139 of the file, 60 of them in both
        RunComparison comparison = RunComparison.of(before, moved);
        assertThat(comparison.both()).isEqualTo(60);
        assertThat(comparison.relabelled()).isZero();
        assertThat(comparison.changes())
                .allSatisfy(
                        change -> assertThat(change.difference().difference()).isZero());
        List<Example> test = new ArrayList<>(before.task().test());
        test.set(3, new Example("3", test.get(3).input(), "another"));
        RunComparison relabelled = RunComparison.of(before, with(before, test));
        assertThat(relabelled.both()).isEqualTo(99);
        assertThat(relabelled.relabelled()).isEqualTo(1);
        assertThat(ComparisonTable.write(relabelled, 0.02, 0))
                .contains("99 test examples in both runs; not compared: 1 only before, 1 only after (1 of them with"
                        + " another right answer)");
    }

    @Test
    void of_textThatStandsTwice_isPairedInOrder() {
        PilotReport report = report(0, 4, Map.of("a", i -> i < 2));
        List<Example> same = IntStream.range(0, 4)
                .mapToObj(i -> new Example(String.valueOf(i), "the same", "x"))
                .toList();
        RunComparison comparison = RunComparison.of(with(report, same), with(report, same));
        assertThat(comparison.both()).isEqualTo(4);
        assertThat(comparison.changes().get(0).difference().pairs()).isEqualTo(4);
        assertThat(comparison.changes().get(0).difference().difference()).isZero();
    }

    @Test
    void only_oneCandidate_isJudgedAlone() {
        // 12 of 100 lost: its own interval ends below 0, the one of two comparisons together does not reach -3 points
        Map<String, IntPredicate> old = Map.of("a", i -> true, "b", i -> false);
        Map<String, IntPredicate> now = Map.of("a", i -> i % 100 >= 8, "b", i -> false);
        RunComparison comparison = RunComparison.of(report(0, 100, old), report(0, 100, now));
        double bound = -comparison.changes().get(0).interval().high() - 1e-9;
        assertThat(comparison.worse(bound)).as("of two").isEmpty();
        assertThat(comparison.only("a").worse(bound)).as("alone").hasSize(1);
        assertThat(ComparisonTable.write(comparison, bound, 0)).contains(" maybe worse\n");
        assertThat(ComparisonTable.write(comparison.only("a"), bound, 0))
                .contains(" worse\n")
                .doesNotContain("maybe");
        assertThat(comparison.only("recommended").all())
                .singleElement()
                .satisfies(change -> assertThat(change.name()).isEqualTo("a"));
        assertThatThrownBy(() -> comparison.only("c"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected recommended or one of [a, b]");
    }

    @Test
    void of_runsThatCannotBeCompared_isRefused() {
        PilotReport report = report(0, 10, OLD);
        assertThatThrownBy(() -> RunComparison.of(report, report(10, 10, OLD)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no test example in common, 10 and 10 examples");
        assertThatThrownBy(() -> RunComparison.of(report(0, 9, Map.of("a", i -> true)), report(0, 9, Map.of())))
                .hasMessageContaining("no candidate in common: [a] and []");
        TaskSummary task = report.task();
        TaskSummary other = new TaskSummary(task.name(), task.hash(), "chrf", 2, 5, 10, Optional.empty(), task.test());
        PilotReport judged = new PilotReport(
                report.started(),
                Map.of(),
                Optional.empty(),
                other,
                report.options(),
                report.needs(),
                report.rows(),
                List.of(),
                Map.of());
        assertThatThrownBy(() -> RunComparison.of(report, judged))
                .hasMessageContaining("judged by other metrics, accuracy and chrf");
    }

    @Test
    void write_comparison_tellsTheVerdictFirst() {
        RunComparison comparison = RunComparison.of(report(0, 100, OLD), report(0, 100, NEW));
        String text = ComparisonTable.write(comparison, 0.02, 100);
        assertThat(text)
                .startsWith(
                        "gone -> steady, fallen are worse by more than 2.0 points\nrecommended: gone -> steady, 100.0% before and 80.0%"
                                + " after, -20.0 points (95%: ")
                .containsPattern(
                        "fallen +90\\.0% +40\\.0% +-50\\.0 +-5[0-9.]+ to -[0-9.]+ +100 +7\\.0 -> 7\\.0 +worse\n")
                .containsPattern("steady +75\\.0% +80\\.0% +\\+5\\.0 .* 7\\.0 -> 7\\.0\n")
                .contains("100 test examples in both runs, all there are", "only before: gone", "only after: come")
                .contains("before: sample, 5 examples to learn from, no language model, 2026-11-29; recommended: gone")
                .contains("over all 3 rows together (Bonferroni)");
        assertThat(text.lines().filter(line -> line.startsWith("candidate") || line.startsWith("gone")))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
        assertThat(ComparisonTable.write(comparison.only("steady"), 0.02, 0))
                .startsWith("steady is not shown to be worse by more than 2.0 points (a loss of up to 6.")
                .doesNotContain("Bonferroni");
        JsonObject json =
                JsonParser.parseString(ComparisonJson.write(comparison, 0.02)).getAsJsonObject();
        assertThat(json.get("worse").toString()).isEqualTo("[\"gone -> steady\",\"fallen\"]");
        assertThat(json.getAsJsonArray("changes")
                        .get(1)
                        .getAsJsonObject()
                        .get("difference")
                        .getAsDouble())
                .isEqualTo(-0.5);
        assertThat(json.getAsJsonObject("after").get("recommended").getAsString())
                .isEqualTo("steady");
    }

    @Test
    void write_fewTestsInCommon_saysFirstThatNothingCanBeTold() {
        Map<String, IntPredicate> right = Map.of("a", i -> true, "b", i -> false);
        Map<String, IntPredicate> wrong = Map.of("a", i -> false, "b", i -> true);
        RunComparison few = RunComparison.of(report(0, 40, right), report(25, 40, wrong));
        assertThat(few.both()).isEqualTo(15);
        assertThat(few.tells()).isFalse();
        assertThat(few.worse(0)).as("though all are lost").isEmpty();
        assertThat(few.better(0)).isEmpty();
        assertThat(ComparisonTable.write(few, 0.02, 100))
                .startsWith("nothing can be told: only 15 tests were answered in both runs, at least 16 are needed\n")
                .containsPattern("\na +100\\.0% .* too few tests\n")
                .contains("15 test examples in both runs; not compared: 25 only before, 25 only after");
        assertThat(ComparisonJson.write(few, 0.02)).contains("\"enoughTests\": false");
        RunComparison enough = RunComparison.of(report(0, 40, right), report(24, 40, wrong));
        assertThat(enough.tells()).isTrue();
        assertThat(enough.worse(0)).extracting(RunChange::name).contains("a");
        assertThat(ComparisonJson.write(enough, 0.02)).contains("\"enoughTests\": true");
    }

    private static PilotReport with(PilotReport report, List<Example> test) {
        TaskSummary task = report.task();
        return new PilotReport(
                report.started(),
                Map.of(),
                Optional.empty(),
                new TaskSummary(task.name(), task.hash(), task.metric(), 2, 5, test.size(), Optional.empty(), test),
                report.options(),
                report.needs(),
                report.rows(),
                List.of(),
                Map.of());
    }

    /** A run on the texts of a range; their ids are their places in it, so that they move with the range. */
    private static PilotReport report(int from, int size, Map<String, IntPredicate> right) {
        List<Example> test = IntStream.range(0, size)
                .mapToObj(i -> new Example(String.valueOf(i), "text " + (from + i), "x"))
                .toList();
        List<Row> rows = new ArrayList<>();
        right.keySet().stream()
                .sorted()
                .forEach(name -> rows.add(row(
                        name,
                        IntStream.range(0, size)
                                .mapToObj(i -> new Outcome(
                                        String.valueOf(i),
                                        "x",
                                        "x",
                                        requireNonNull(right.get(name)).test(from + i) ? 1 : 0,
                                        Duration.ofMillis(7),
                                        0,
                                        0,
                                        ""))
                                .toList())));
        return new PilotReport(
                Instant.parse("2026-11-29T10:00:00Z"),
                Map.of(),
                Optional.empty(),
                new TaskSummary("sample", "ab".repeat(32), "accuracy", 2, 5, size, Optional.empty(), test),
                PilotOptions.defaults(),
                Needs.defaults(),
                rows,
                List.of(),
                Map.of());
    }

    private static Measured row(String name, List<Outcome> outcomes) {
        double[] scores = outcomes.stream().mapToDouble(Outcome::score).toArray();
        return new Measured(
                name,
                java.util.Arrays.stream(scores).average().orElseThrow(),
                Interval.ofMean(scores),
                new Latency(Duration.ofMillis(7), Duration.ofMillis(7)),
                0,
                0,
                Duration.ZERO,
                Duration.ZERO,
                outcomes,
                MeasurementDetails.none());
    }
}
