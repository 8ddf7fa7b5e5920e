package dev.llmadapt.pilot.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Text in aligned columns that gives up its least important columns before it grows wider than a line. */
public final class TextTable {
    private static final String GAP = "  ";
    private static final String BOLD = "\u001B[1m";
    private static final String RESET = "\u001B[0m";

    private final List<Column> columns;
    private final List<Line> lines = new ArrayList<>();

    /**
     * A table without rows.
     *
     * @param columns from left to right
     */
    public TextTable(List<Column> columns) {
        this.columns = List.copyOf(columns);
    }

    /**
     * A column.
     *
     * @param title its heading
     * @param right whether its cells stand at the right
     * @param rank when it is given up where the width does not suffice: the highest rank first, 0 never
     */
    public record Column(String title, boolean right, int rank) {}

    private record Line(List<String> cells, String tail, boolean strong) {}

    /**
     * Adds a row.
     *
     * @param strong whether it is shown in bold
     * @param cells one a column
     */
    public void row(boolean strong, List<String> cells) {
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException("got " + cells.size() + " cells, expected " + columns.size());
        }
        lines.add(new Line(List.copyOf(cells), "", strong));
    }

    /**
     * Adds a row whose first cell is followed by one text across all others.
     *
     * @param first the first column's cell
     * @param tail the text
     */
    public void spanning(String first, String tail) {
        lines.add(new Line(List.of(first), tail, false));
    }

    /**
     * The table with its heading, every line ended, no white space at the ends of lines.
     *
     * @param width columns of a line, or 0 when nobody folds lines
     * @param bold whether bold is shown, by the escape sequences of a terminal
     */
    public String render(int width, boolean bold) {
        List<Integer> shown = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            shown.add(i);
        }
        while (width > 0 && width(shown) > width) {
            Optional<Integer> least = shown.stream()
                    .filter(i -> columns.get(i).rank() > 0)
                    .max(Comparator.comparingInt(i -> columns.get(i).rank()));
            if (least.isEmpty()) {
                break;
            }
            shown.removeIf(least.get()::equals);
        }
        StringBuilder out = new StringBuilder();
        append(out, shown, new Line(columns.stream().map(Column::title).toList(), "", false), false);
        for (Line line : lines) {
            append(out, shown, line, line.strong() && bold);
        }
        return out.toString();
    }

    private void append(StringBuilder out, List<Integer> shown, Line line, boolean bold) {
        StringBuilder text = new StringBuilder();
        if (!line.tail().isEmpty()) {
            text.append(pad(line.cells().get(0), cellWidth(0), columns.get(0).right()))
                    .append(GAP)
                    .append(line.tail());
        } else {
            for (int i : shown) {
                text.append(text.isEmpty() ? "" : GAP)
                        .append(pad(
                                line.cells().get(i),
                                cellWidth(i),
                                columns.get(i).right()));
            }
        }
        String stripped = text.toString().stripTrailing();
        out.append(bold ? bold(stripped) : stripped).append('\n');
    }

    /** Text between the escape sequences of a terminal for bold. */
    static String bold(String text) {
        return BOLD + text + RESET;
    }

    private int width(List<Integer> shown) {
        int width = GAP.length() * (shown.size() - 1);
        for (int i : shown) {
            width += cellWidth(i);
        }
        return width;
    }

    private int cellWidth(int column) {
        int width = length(columns.get(column).title());
        for (Line line : lines) {
            if (column < line.cells().size()) {
                width = Math.max(width, length(line.cells().get(column)));
            }
        }
        return width;
    }

    private static String pad(String text, int width, boolean right) {
        String space = " ".repeat(Math.max(0, width - length(text)));
        return right ? space + text : text + space;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
