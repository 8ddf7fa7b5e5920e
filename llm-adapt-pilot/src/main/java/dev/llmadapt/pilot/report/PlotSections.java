package dev.llmadapt.pilot.report;

import dev.llmadapt.pilot.recommendation.Abstention;
import dev.llmadapt.pilot.recommendation.Costs;
import dev.llmadapt.pilot.recommendation.Stakes;
import dev.llmadapt.pilot.report.LinePlot.Line;
import dev.llmadapt.pilot.report.LinePlot.Look;
import dev.llmadapt.pilot.report.LinePlot.Point;
import dev.llmadapt.pilot.results.CurvePoint;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * The parts of a page with plots: quality against cost and time, learning curves, how far probabilities can be trusted.
 */
final class PlotSections {
    private static final int CURVES = 6;
    private static final int TRUSTED = 4;
    private static final int BIN = 10;
    private static final int BINS = 10;

    private PlotSections() {}

    /** Quality against cost and time. */
    static void tradeOffs(StringBuilder page, Standings standings) {
        if (standings.ranked().isEmpty()) {
            return;
        }
        Html.heading(
                page,
                "plots",
                "Quality against cost and time",
                "The dashed line is the Pareto front: nothing else is both better and cheaper, or faster. Upright lines are"
                        + " 95% intervals.");
        String currency = standings.currency().isEmpty() ? "" : " in " + standings.currency();
        page.append("<div class=\"plots\">");
        figure(
                page,
                "Quality against cost",
                ScatterPlot.draw(
                        "cost",
                        "Quality against cost",
                        "cost of 1000 requests" + currency,
                        points(
                                standings,
                                row -> Math.max(
                                        Costs.of(row, standings.report().needs())
                                                .perThousand(),
                                        1e-7))));
        figure(
                page,
                "Quality against time",
                ScatterPlot.draw(
                        "latency",
                        "Quality against time",
                        "median milliseconds of an answer",
                        points(standings, row -> Math.max(row.latency().median().toNanos() / 1e6, 1e-3))));
        page.append("</div>\n");
    }

    /** The points of a scatter plot: the choice, the runner-up and the best of families first. */
    private static List<ScatterPlot.Point> points(Standings standings, ToDoubleFunction<Measured> x) {
        return standings.prominent().stream()
                .map(row -> new ScatterPlot.Point(
                        row.strategy(),
                        standings.choice().filter(row::equals).isPresent(),
                        x.applyAsDouble(row),
                        row.quality(),
                        row.interval()))
                .toList();
    }

    /** The learning curves, and a table of their points. */
    static void curves(StringBuilder page, Standings standings) {
        List<Measured> with = standings.prominent().stream()
                .filter(row -> row.details().curve().size() > 1 && learns(row))
                .toList();
        if (with.isEmpty()) {
            return;
        }
        Html.heading(
                page,
                "curves",
                "Learning curves",
                "What more examples bring, with 95% intervals. Open points and dashed lines: measured on other tests than the"
                        + " end of the line, so not to be compared with it.");
        List<Line> lines = new ArrayList<>();
        for (Measured row : with.subList(0, Math.min(CURVES, with.size()))) {
            List<CurvePoint> curve = row.details().curve();
            int tests = curve.get(curve.size() - 1).testExamples();
            lines.add(new Line(
                    row.strategy(),
                    curve.stream()
                            .map(point -> new Point(
                                    Math.max(point.trainExamples(), 1),
                                    point.quality(),
                                    Optional.of(point.interval()),
                                    point.testExamples() == tests,
                                    row.strategy() + ": " + Figures.percent(point.quality()) + " with "
                                            + Figures.count(point.trainExamples(), "example") + ", on "
                                            + Figures.count(point.testExamples(), "test")))
                            .toList()));
        }
        figure(
                page,
                "Learning curves" + (with.size() > CURVES ? " of " + CURVES + "; the others are in the table" : ""),
                LinePlot.draw(
                        "curve", "Learning curves", new Look("training size", false, Optional.empty(), false), lines));
        ReportHtmlTables.curves(page, with);
    }

    /** Reliability and abstention, of the candidates that tell probabilities. */
    static void trust(StringBuilder page, Standings standings) {
        List<Measured> known = standings.prominent().stream()
                .filter(row -> row.calibration().answers() > 0 && learns(row))
                .toList();
        if (known.isEmpty()) {
            return;
        }
        List<Measured> shown = known.subList(0, Math.min(TRUSTED, known.size()));
        Stakes stakes = standings.report().needs().stakes();
        double wanted = stakes.precisionOrExample();
        Html.heading(
                page,
                "trust",
                "Can its probabilities be trusted?",
                "Calibration: of answers given with 80% probability, 80% should be right, which is the dotted line."
                        + " Abstention: if only the surest answers are given, so many of them are right; the others go to a"
                        + " person. The dashed line is "
                        + (stakes.asksPrecision()
                                ? "the precision that you want."
                                : Figures.percent(wanted) + ", an example: --min-precision says what you want."));
        page.append("<div class=\"plots\">");
        figure(
                page,
                "Calibration",
                LinePlot.draw(
                        "calibration",
                        "Share right over probability",
                        new Look("probability of the answer", true, Optional.empty(), true),
                        shown.stream()
                                .map(row -> new Line(row.strategy(), reliability(row)))
                                .toList()));
        figure(
                page,
                "Abstention",
                LinePlot.draw(
                        "abstention",
                        "Share right over share answered",
                        new Look("share of requests answered without a person", true, Optional.of(wanted), false),
                        shown.stream()
                                .map(row -> new Line(row.strategy(), abstention(row, wanted)))
                                .toList()));
        page.append("</div>\n");
        Html.list(page, thresholds(shown, wanted));
        ReportHtmlTables.calibration(page, known);
    }

    /** The share of right answers over their probability, in bins of as many answers each. */
    static List<Point> reliability(Measured row) {
        List<Outcome> sorted = row.outcomes().stream()
                .filter(outcome -> outcome.confidence().isPresent())
                .sorted(Comparator.comparingDouble(PlotSections::probability))
                .toList();
        int bins = Math.max(1, Math.min(BINS, sorted.size() / BIN));
        List<Point> points = new ArrayList<>();
        for (int bin = 0; bin < bins; bin++) {
            List<Outcome> part = sorted.subList(bin * sorted.size() / bins, (bin + 1) * sorted.size() / bins);
            double mean = part.stream()
                    .mapToDouble(PlotSections::probability)
                    .average()
                    .orElse(0);
            double[] scores = part.stream().mapToDouble(Outcome::score).toArray();
            double right = Arrays.stream(scores).average().orElse(0);
            points.add(new Point(
                    mean,
                    right,
                    Optional.of(Interval.ofMean(scores)),
                    true,
                    row.strategy() + ": of " + Figures.count(part.size(), "answer") + " with about "
                            + Figures.percent(mean) + " " + Figures.percent(right) + " are right"));
        }
        return points;
    }

    private static List<Point> abstention(Measured row, double wanted) {
        return Abstention.of(row.outcomes(), wanted).curve().stream()
                .map(point -> new Point(
                        point.share(),
                        point.precision(),
                        Optional.empty(),
                        true,
                        row.strategy() + ": " + Figures.percent(point.share()) + " answered, surer than "
                                + Figures.number("%.2f", point.above()) + ", " + Figures.percent(point.precision())
                                + " of them right"))
                .toList();
    }

    private static List<String> thresholds(List<Measured> rows, double wanted) {
        List<String> lines = new ArrayList<>();
        List<String> none = new ArrayList<>();
        for (Measured row : rows) {
            Abstention.of(row.outcomes(), wanted)
                    .chosen()
                    .ifPresentOrElse(
                            point -> lines.add(row.strategy() + ": above a probability of "
                                    + Figures.number("%.2f", point.above()) + " it answers "
                                    + Figures.percent(point.share()) + ", and at least " + Figures.percent(wanted)
                                    + " of these are right on new requests, too (at 95%)"),
                            () -> none.add(row.strategy()));
        }
        if (!none.isEmpty()) {
            lines.add("no threshold is shown to make " + Figures.percent(wanted) + " of the answers of "
                    + String.join(", ", none) + " right; that takes at least "
                    + Figures.count(Abstention.leastAnswers(wanted), "test"));
        }
        return lines;
    }

    /** Whether a candidate is more than a floor for others. */
    private static boolean learns(Measured row) {
        return row.details().family() != StrategyFamily.BASELINE;
    }

    private static double probability(Outcome outcome) {
        return outcome.confidence().orElseThrow().probability();
    }

    private static void figure(StringBuilder page, String caption, String svg) {
        page.append("<figure aria-label=\"")
                .append(Html.escape(caption))
                .append("\"><figcaption>")
                .append(Html.escape(caption))
                .append("</figcaption><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"")
                .append(Html.escape(caption))
                .append("\">")
                .append(svg)
                .append("</div></figure>\n");
    }
}
