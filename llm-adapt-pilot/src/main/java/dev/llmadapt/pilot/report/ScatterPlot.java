package dev.llmadapt.pilot.report;

import dev.llmadapt.pilot.report.LabelPlacement.Box;
import dev.llmadapt.pilot.report.LabelPlacement.Place;
import dev.llmadapt.pilot.report.SvgCanvas.Screen;
import dev.llmadapt.pilot.statistics.Interval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A plot of quality over something that is better when smaller, with the candidates' names and the Pareto front. */
final class ScatterPlot {
    private static final double RADIUS = 5;

    private ScatterPlot() {}

    /**
     * A point.
     *
     * @param name what it is
     * @param chosen whether it is recommended
     * @param x larger than 0
     * @param y quality, in [0, 1]
     * @param interval of the quality
     */
    record Point(String name, boolean chosen, double x, double y, Interval interval) {}

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

    /** The plot for each screen; the points with the most important first, whose labels find places first. */
    static String draw(String id, String title, String xTitle, List<Point> points) {
        return draw(Screen.WIDE, id, title, xTitle, points) + draw(Screen.PHONE, id, title, xTitle, points);
    }

    private static String draw(Screen screen, String id, String title, String xTitle, List<Point> points) {
        double right = screen.width - 10;
        List<Point> front = front(points);
        SvgCanvas svg = new SvgCanvas(
                screen,
                id,
                title,
                "Quality over " + xTitle + ". On the Pareto front: "
                        + String.join(", ", front.stream().map(Point::name).toList())
                        + ". The table of what was measured has all numbers.");
        Axis x = Axis.logarithmic(points.stream().map(Point::x).toList(), SvgCanvas.LEFT, right);
        List<Double> levels = new ArrayList<>();
        points.forEach(point -> {
            levels.add(point.interval().low());
            levels.add(point.interval().high());
        });
        Axis y = Axis.shares(levels, SvgCanvas.BOTTOM, SvgCanvas.TOP);
        svg.grid(x, x.ticks(), false, screen == Screen.WIDE ? xTitle + " (logarithmic)" : xTitle, y);
        points.forEach(point -> svg.line(
                "whisker",
                x.place(point.x()),
                y.place(point.interval().low()),
                x.place(point.x()),
                y.place(point.interval().high())));
        svg.polyline(
                "front",
                front.stream()
                        .map(point -> new double[] {x.place(point.x()), y.place(point.y())})
                        .toList());
        LabelPlacement labels =
                new LabelPlacement(new Box(SvgCanvas.LEFT + 2, SvgCanvas.TOP - 8, right, SvgCanvas.BOTTOM - 1));
        points.forEach(point -> labels.avoid(x.place(point.x()), y.place(point.y()), RADIUS + 1));
        for (Point point : points) {
            point(svg, labels, point, front.contains(point), x.place(point.x()), y.place(point.y()));
        }
        return svg.end();
    }

    private static void point(SvgCanvas svg, LabelPlacement labels, Point point, boolean leads, double x, double y) {
        Optional<Place> place = labels.place(x, y, point.name());
        svg.open("point" + (leads ? " leads" : "") + (point.chosen() ? " chosen" : ""));
        place.filter(Place::led).ifPresent(led -> {
            Box box = led.box();
            double nearest = Math.max(box.left(), Math.min(x, box.right()));
            svg.line(
                    "leader",
                    x,
                    y,
                    nearest,
                    (box.top() + box.bottom()) / 2 + (y < box.top() ? -5 : y > box.bottom() ? 5 : 0));
        });
        svg.dot(
                "dot",
                x,
                y,
                RADIUS,
                point.name() + ": " + Figures.percent(point.y()) + " (" + Figures.interval(point.interval()) + ")"
                        + (leads ? ", on the Pareto front" : ""));
        place.ifPresent(at -> {
            Box box = at.box();
            // the box is wider than the text, which stands at the side of its point
            boolean toLeft = box.right() <= x;
            boolean above = box.left() < x && box.right() > x;
            svg.text(
                    "halo",
                    above ? (box.left() + box.right()) / 2 : toLeft ? box.right() : box.left(),
                    (box.top() + box.bottom()) / 2 + 4,
                    above ? "middle" : toLeft ? "end" : "start",
                    point.name());
        });
        svg.close();
    }
}
