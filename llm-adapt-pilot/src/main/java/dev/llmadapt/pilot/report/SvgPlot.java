package dev.llmadapt.pilot.report;

import static dev.llmadapt.pilot.report.Html.escape;
import static dev.llmadapt.pilot.report.Html.number;

import dev.llmadapt.pilot.statistics.Interval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A plot of quality over something that is better when smaller, on a logarithmic axis, as SVG that takes its colours
 * from the page. Each point is numbered as in the table, so that it can be told without colours.
 */
final class SvgPlot {
    private static final int WIDTH = 440;
    private static final int HEIGHT = 330;
    private static final int LEFT = 48;
    private static final int RIGHT = 16;
    private static final int TOP = 20;
    private static final int BOTTOM = 50;

    private SvgPlot() {}

    /**
     * A point.
     *
     * @param number as in the table
     * @param name what it is
     * @param x larger than 0
     * @param y quality, in [0, 1]
     * @param interval of the quality
     */
    record Point(int number, String name, double x, double y, Interval interval) {}

    /**
     * A line of points.
     *
     * @param number as in the table
     * @param name what it is
     * @param points by x
     */
    record Line(int number, String name, List<Point> points) {}

    /** The points that no other one beats in both: the others cost more or reach less. */
    static List<Point> front(List<Point> points) {
        List<Point> sorted = points.stream()
                .sorted(Comparator.comparingDouble(Point::x)
                        .thenComparing(Comparator.comparingDouble(Point::y).reversed()))
                .toList();
        List<Point> front = new ArrayList<>();
        double best = Double.NEGATIVE_INFINITY;
        for (Point point : sorted) {
            if (point.y() > best) {
                front.add(point);
                best = point.y();
            }
        }
        return front;
    }

    /** Points, with the Pareto front as a line. */
    static String scatter(String id, String title, String xTitle, List<Point> points) {
        Axis axis = Axis.over(points);
        List<Point> front = front(points);
        StringBuilder svg = begin(
                id,
                title,
                "Quality over " + xTitle + ". On the Pareto front: "
                        + String.join(", ", front.stream().map(Point::name).toList())
                        + ". The table above has all numbers.");
        grid(svg, axis, xTitle);
        svg.append("<polyline class=\"front\" points=\"");
        for (Point point : front) {
            svg.append(at(axis, point)).append(' ');
        }
        svg.append("\"/>\n");
        for (Point point : points) {
            boolean leads = front.contains(point);
            double x = axis.place(point.x());
            svg.append(number("<line class=\"whisker\" x1=\"%.1f\" ", x))
                    .append(number("y1=\"%.1f\" ", y(point.interval().low())))
                    .append(number("x2=\"%.1f\" ", x))
                    .append(number("y2=\"%.1f\"/>\n", y(point.interval().high())));
            svg.append("<g class=\"point")
                    .append(leads ? " leads" : "")
                    .append(number("\"><circle cx=\"%.1f\" ", x))
                    .append(number("cy=\"%.1f\" r=\"11\"/>", y(point.y())))
                    .append(number("<text x=\"%.1f\" ", x))
                    .append(number("y=\"%.1f\" text-anchor=\"middle\">", y(point.y()) + 4))
                    .append(point.number())
                    .append("</text><title>")
                    .append(escape(point.number() + " " + point.name() + ": " + Html.percent(point.y())
                            + (leads ? ", on the Pareto front" : "")))
                    .append("</title></g>\n");
        }
        return svg.append("</svg>\n").toString();
    }

    /** Lines of points. */
    static String lines(String id, String title, String xTitle, List<Line> lines) {
        List<Point> all = lines.stream().flatMap(line -> line.points().stream()).toList();
        Axis axis = Axis.over(all);
        StringBuilder svg =
                begin(id, title, title + ", " + lines.size() + " lines; the table of learning curves has all numbers.");
        grid(svg, axis, xTitle);
        for (Line line : lines) {
            svg.append("<polyline class=\"curve c").append(line.number() % 6).append("\" points=\"");
            line.points().forEach(point -> svg.append(at(axis, point)).append(' '));
            svg.append("\"/>\n");
            Point last = line.points().get(line.points().size() - 1);
            for (Point point : line.points()) {
                svg.append(number("<g class=\"point\"><circle cx=\"%.1f\" ", axis.place(point.x())))
                        .append(number("cy=\"%.1f\" r=\"", y(point.y())))
                        .append(point.equals(last) ? "11" : "4")
                        .append("\"/>")
                        .append(
                                point.equals(last)
                                        ? number("<text x=\"%.1f\" ", axis.place(point.x()))
                                                + number("y=\"%.1f\" text-anchor=\"middle\">", y(point.y()) + 4)
                                                + line.number() + "</text>"
                                        : "")
                        .append("<title>")
                        .append(escape(line.name() + ": " + Html.percent(point.y()) + " with " + (int) point.x()
                                + " examples"))
                        .append("</title></g>\n");
            }
        }
        return svg.append("</svg>\n").toString();
    }

    private static StringBuilder begin(String id, String title, String description) {
        return new StringBuilder()
                .append("<svg viewBox=\"0 0 " + WIDTH + " " + HEIGHT + "\" role=\"img\" aria-labelledby=\"")
                .append(id)
                .append("-t ")
                .append(id)
                .append("-d\">\n<title id=\"")
                .append(id)
                .append("-t\">")
                .append(escape(title))
                .append("</title><desc id=\"")
                .append(id)
                .append("-d\">")
                .append(escape(description))
                .append("</desc>\n");
    }

    private static void grid(StringBuilder svg, Axis axis, String xTitle) {
        for (int i = 0; i <= 5; i++) {
            double level = y(i / 5.0);
            svg.append("<line class=\"grid\" x1=\"" + LEFT + "\" x2=\"" + (WIDTH - RIGHT) + "\" ")
                    .append(number("y1=\"%.1f\" ", level))
                    .append(number("y2=\"%.1f\"/>", level))
                    .append("<text x=\"" + (LEFT - 8) + "\" text-anchor=\"end\" ")
                    .append(number("y=\"%.1f\">", level + 4))
                    .append(i * 20)
                    .append("%</text>\n");
        }
        for (double tick : axis.ticks()) {
            svg.append(number("<text text-anchor=\"middle\" x=\"%.1f\" ", axis.place(tick)))
                    .append("y=\"" + (HEIGHT - BOTTOM + 18) + "\">")
                    .append(number("%.4g", tick)
                            .replaceAll("(\\.[0-9]*?)0+$", "$1")
                            .replaceAll("\\.$", ""))
                    .append("</text>\n");
        }
        svg.append("<text text-anchor=\"middle\" x=\"" + (LEFT + (WIDTH - LEFT - RIGHT) / 2) + "\" y=\"" + (HEIGHT - 8)
                        + "\">")
                .append(escape(xTitle))
                .append("</text>\n");
    }

    private static String at(Axis axis, Point point) {
        return number("%.1f,", axis.place(point.x())) + number("%.1f", y(point.y()));
    }

    private static double y(double quality) {
        return TOP + (1 - quality) * (HEIGHT - TOP - BOTTOM);
    }

    /** A logarithmic axis. */
    private record Axis(double low, double high) {
        static Axis over(List<Point> points) {
            double low = points.stream().mapToDouble(Point::x).min().orElse(1);
            double high = points.stream().mapToDouble(Point::x).max().orElse(10);
            return new Axis(Math.log10(low) - 0.15, Math.max(Math.log10(high), Math.log10(low) + 0.1) + 0.15);
        }

        double place(double x) {
            return LEFT + (Math.log10(x) - low) / (high - low) * (WIDTH - LEFT - RIGHT);
        }

        List<Double> ticks() {
            List<Double> ticks = new ArrayList<>();
            double[] steps = high - low > 2.5
                    ? new double[] {1}
                    : high - low > 1.2 ? new double[] {1, 3} : new double[] {1, 2, 5};
            for (int power = (int) Math.floor(low); power <= Math.ceil(high); power++) {
                for (double step : steps) {
                    double tick = step * Math.pow(10, power);
                    if (Math.log10(tick) >= low && Math.log10(tick) <= high) {
                        ticks.add(tick);
                    }
                }
            }
            return ticks;
        }
    }
}
