package dev.llmadapt.pilot.report;

import dev.llmadapt.pilot.report.SvgCanvas.Screen;
import dev.llmadapt.pilot.statistics.Interval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** A plot of lines with intervals, each with its name at its end. */
final class LinePlot {
    private static final int COLOURS = 6;
    private static final double RADIUS = 3.5;

    private LinePlot() {}

    /**
     * A point.
     *
     * @param x where it stands
     * @param y a share
     * @param interval of the share
     * @param comparable whether it was measured like the last one of its line; others are open, with a dashed line
     * @param words what is said of it when it is pointed at
     */
    record Point(double x, double y, Optional<Interval> interval, boolean comparable, String words) {}

    /**
     * A line.
     *
     * @param name at its end
     * @param points by x, at least one
     */
    record Line(String name, List<Point> points) {}

    /**
     * The look of a plot.
     *
     * @param xTitle of the horizontal axis
     * @param xShares whether that is one of shares, else it is logarithmic with a tick at each point
     * @param level a horizontal line that is to be reached
     * @param diagonal whether the line of equal shares is drawn
     */
    record Look(String xTitle, boolean xShares, Optional<Double> level, boolean diagonal) {}

    /** The plot for each screen. */
    static String draw(String id, String title, Look look, List<Line> lines) {
        return draw(Screen.WIDE, id, title, look, lines) + draw(Screen.PHONE, id, title, look, lines);
    }

    /** The width of the names at the right. */
    private static double names(Screen screen) {
        return screen == Screen.WIDE ? 190 : 112;
    }

    private static String draw(Screen screen, String id, String title, Look look, List<Line> lines) {
        SvgCanvas svg = new SvgCanvas(
                screen,
                id,
                title,
                title + ": " + String.join(", ", lines.stream().map(Line::name).toList())
                        + "; the tables have the numbers.");
        List<Point> all = lines.stream().flatMap(line -> line.points().stream()).toList();
        List<Double> xs = all.stream().map(Point::x).toList();
        double right = screen.width - names(screen);
        Axis x = look.xShares()
                ? new Axis(0, 1, false, SvgCanvas.LEFT, right)
                : Axis.logarithmic(xs, SvgCanvas.LEFT, right);
        List<Double> levels = new ArrayList<>();
        all.forEach(point -> {
            levels.add(point.interval().map(Interval::low).orElse(point.y()));
            levels.add(point.interval().map(Interval::high).orElse(point.y()));
        });
        look.level().ifPresent(levels::add);
        Axis y = look.diagonal()
                ? new Axis(0, 1, false, SvgCanvas.BOTTOM, SvgCanvas.TOP)
                : Axis.shares(levels, SvgCanvas.BOTTOM, SvgCanvas.TOP);
        List<Double> ticks = look.xShares() ? x.ticks() : List.copyOf(new TreeSet<>(xs));
        svg.grid(x, ticks, look.xShares(), look.xTitle(), y);
        if (look.diagonal()) {
            svg.line("soft", x.place(0), y.place(0), x.place(1), y.place(1));
        }
        look.level().ifPresent(level -> svg.line("limit", x.from(), y.place(level), x.to(), y.place(level)));
        for (int i = 0; i < lines.size(); i++) {
            line(svg, lines.get(i).points(), i % COLOURS, x, y);
        }
        names(svg, lines, x, y, names(screen));
        return svg.end();
    }

    private static void line(SvgCanvas svg, List<Point> points, int colour, Axis x, Axis y) {
        for (Point point : points) {
            double at = x.place(point.x()) + 2 * (colour - COLOURS / 2);
            point.interval()
                    .ifPresent(interval ->
                            svg.line("thin k" + colour, at, y.place(interval.low()), at, y.place(interval.high())));
        }
        for (int i = 1; i < points.size(); i++) {
            Point from = points.get(i - 1);
            svg.line(
                    "curve k" + colour + (from.comparable() ? "" : " dashed"),
                    x.place(from.x()),
                    y.place(from.y()),
                    x.place(points.get(i).x()),
                    y.place(points.get(i).y()));
        }
        for (Point point : points) {
            svg.dot(
                    point.comparable() ? "f" + colour : "open k" + colour,
                    x.place(point.x()),
                    y.place(point.y()),
                    RADIUS,
                    point.words());
        }
    }

    /** The names at the right, pushed apart where lines end close to each other. */
    private static void names(SvgCanvas svg, List<Line> lines, Axis x, Axis y, double width) {
        record End(int number, Point point) {}
        List<End> ends = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            List<Point> points = lines.get(i).points();
            ends.add(new End(i, points.get(points.size() - 1)));
        }
        ends.sort(Comparator.comparingDouble(end -> y.place(end.point().y())));
        double[] at = new double[ends.size()];
        for (int i = 0; i < at.length; i++) {
            double wanted = y.place(ends.get(i).point().y());
            at[i] = i == 0 ? Math.max(wanted, SvgCanvas.TOP + 6) : Math.max(wanted, at[i - 1] + LabelPlacement.LINE);
        }
        for (int i = at.length - 1; i >= 0; i--) {
            double most = i == at.length - 1 ? SvgCanvas.BOTTOM : at[i + 1] - LabelPlacement.LINE;
            at[i] = Math.min(at[i], most);
        }
        int letters = (int) ((width - 22) / LabelPlacement.LETTER);
        for (int i = 0; i < at.length; i++) {
            End end = ends.get(i);
            double from = x.place(end.point().x()) + RADIUS + 2;
            svg.line("leader", from, y.place(end.point().y()), x.to() + 10, at[i]);
            svg.line("curve k" + end.number() % COLOURS, x.to() + 10, at[i], x.to() + 18, at[i]);
            svg.text(
                    "halo",
                    x.to() + 22,
                    at[i] + 4,
                    "start",
                    Html.shortened(lines.get(end.number()).name(), letters));
        }
    }
}
