package dev.llmadapt.pilot.report;

import static dev.llmadapt.pilot.report.Html.escape;

import java.util.List;
import java.util.Locale;

/** The frame of a plot: title, grid and axes, as SVG that takes its colours from the page, in a width for a screen. */
final class SvgCanvas {
    static final double HEIGHT = 380;
    static final double LEFT = 44;
    static final double TOP = 12;
    static final double BOTTOM = HEIGHT - 44;

    private final StringBuilder svg = new StringBuilder(4096);
    private final Screen screen;

    /** The screen that a plot is for: each plot is drawn for both, and the page shows one. */
    enum Screen {
        /** A laptop. */
        WIDE(600),
        /** A phone, where the wide one would have to be scrolled, or its letters be too small. */
        PHONE(340);

        final double width;

        Screen(double width) {
            this.width = width;
        }

        /** The identity of a plot's parts on a page that has both. */
        String id(String id) {
            return this == WIDE ? id : id + "-phone";
        }
    }

    SvgCanvas(Screen screen, String plot, String title, String description) {
        this.screen = screen;
        String id = screen.id(plot);
        svg.append("<svg class=\"")
                .append(screen.name().toLowerCase(Locale.ROOT))
                .append(Figures.number("\" viewBox=\"0 0 %.0f ", screen.width))
                .append(Figures.number("%.0f\" role=\"img\" aria-labelledby=\"", HEIGHT))
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

    /** Draws the grid of the vertical axis, which is one of shares, and ticks along the other. */
    void grid(Axis x, List<Double> xTicks, boolean xShares, String xTitle, Axis y) {
        for (double tick : y.ticks()) {
            line("grid", x.from(), y.place(tick), x.to(), y.place(tick));
            text("tick", LEFT - 6, y.place(tick) + 4, "end", share(tick));
        }
        double last = Double.NEGATIVE_INFINITY;
        for (double tick : xTicks) {
            String words = xShares ? share(tick) : Axis.plain(tick);
            double at = x.place(tick);
            double half = LabelPlacement.LETTER * words.length() / 2 + 3;
            if (at - half >= last) {
                line("grid", at, BOTTOM, at, BOTTOM + 4);
                text("tick", at, BOTTOM + 17, "middle", words);
                last = at + half;
            }
        }
        line("grid", x.from(), BOTTOM, x.to(), BOTTOM);
        // below the middle of the axis, but whole
        double half = LabelPlacement.LETTER * xTitle.codePointCount(0, xTitle.length()) / 2 + 2;
        double middle = Math.min(Math.max((x.from() + x.to()) / 2, half), Math.max(screen.width - half, half));
        text("", middle, HEIGHT - 6, "middle", xTitle);
    }

    private static String share(double share) {
        return Axis.plain(Math.round(1000 * share) / 10.0) + "%";
    }

    void line(String css, double x1, double y1, double x2, double y2) {
        svg.append("<line class=\"")
                .append(css)
                .append(Figures.number("\" x1=\"%.1f\"", x1))
                .append(Figures.number(" y1=\"%.1f\"", y1))
                .append(Figures.number(" x2=\"%.1f\"", x2))
                .append(Figures.number(" y2=\"%.1f\"/>\n", y2));
    }

    void text(String css, double x, double y, String anchor, String words) {
        svg.append("<text")
                .append(css.isEmpty() ? "" : " class=\"" + css + "\"")
                .append(" text-anchor=\"")
                .append(anchor)
                .append(Figures.number("\" x=\"%.1f\"", x))
                .append(Figures.number(" y=\"%.1f\">", y))
                .append(escape(words))
                .append("</text>\n");
    }

    /** A circle that says what it is when it is pointed at. */
    void dot(String css, double x, double y, double radius, String words) {
        svg.append("<circle class=\"")
                .append(css)
                .append(Figures.number("\" cx=\"%.1f\"", x))
                .append(Figures.number(" cy=\"%.1f\"", y))
                .append(Figures.number(" r=\"%.1f\"><title>", radius))
                .append(escape(words))
                .append("</title></circle>\n");
    }

    void polyline(String css, List<double[]> points) {
        svg.append("<polyline class=\"").append(css).append("\" points=\"");
        points.forEach(
                point -> svg.append(Figures.number("%.1f,", point[0])).append(Figures.number("%.1f ", point[1])));
        svg.append("\"/>\n");
    }

    void open(String css) {
        svg.append("<g class=\"").append(css).append("\">\n");
    }

    void close() {
        svg.append("</g>\n");
    }

    String end() {
        return svg.append("</svg>\n").toString();
    }
}
