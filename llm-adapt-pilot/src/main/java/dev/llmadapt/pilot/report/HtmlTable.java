package dev.llmadapt.pilot.report;

import static dev.llmadapt.pilot.report.Html.escape;

import java.util.ArrayList;
import java.util.List;

/** A table of a page, written as it grows: each row has a name and a cell for each further column. */
final class HtmlTable {
    private final StringBuilder page;
    private final List<Column> columns;

    /**
     * Begins a table.
     *
     * @param label what it is, for those who do not see it
     * @param columns the first is that of the rows' names
     */
    HtmlTable(StringBuilder page, String label, List<Column> columns) {
        this.page = page;
        this.columns = List.copyOf(columns);
        page.append("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"")
                .append(escape(label))
                .append("\"><table><caption>")
                .append(escape(label))
                .append("</caption><thead><tr>");
        for (Column column : columns) {
            page.append("<th scope=\"col\"")
                    .append(classes(column))
                    .append('>')
                    .append(escape(column.title()))
                    .append("</th>");
        }
        page.append("</tr></thead><tbody>\n");
    }

    /** What a column holds, and where it is shown. */
    enum Kind {
        /** Figures, at the right. */
        FIGURE(""),
        /** Figures that a phone has no room for. */
        FIGURE_IF_WIDE("wide"),
        /** Words, at the left, in several lines where they are long. */
        WORDS("words");

        private final String css;

        Kind(String css) {
            this.css = css;
        }
    }

    /**
     * A column.
     *
     * @param title its heading
     * @param kind what it holds
     */
    record Column(String title, Kind kind) {
        static Column of(String title) {
            return new Column(title, Kind.FIGURE);
        }

        static Column wide(String title) {
            return new Column(title, Kind.FIGURE_IF_WIDE);
        }

        static Column words(String title) {
            return new Column(title, Kind.WORDS);
        }
    }

    /** Columns of figures, after the first, which has words. */
    static List<Column> figures(String first, List<String> titles) {
        List<Column> columns = new ArrayList<>(List.of(Column.words(first)));
        titles.forEach(title -> columns.add(Column.of(title)));
        return columns;
    }

    void row(String name, List<String> cells) {
        row(false, name, cells);
    }

    /**
     * Writes a row; an empty cell says that it was not measured, a second line in a cell is shown where columns are
     * left out for want of room.
     */
    void row(boolean chosen, String name, List<String> cells) {
        if (cells.size() != columns.size() - 1) {
            throw new IllegalArgumentException("got " + cells.size() + " cells, expected " + (columns.size() - 1));
        }
        page.append(chosen ? "<tr class=\"chosen\">" : "<tr>")
                .append("<th scope=\"row\">")
                .append(Html.name(name))
                .append("</th>");
        for (int i = 0; i < cells.size(); i++) {
            page.append("<td")
                    .append(classes(columns.get(i + 1)))
                    .append('>')
                    .append(cell(cells.get(i)))
                    .append("</td>");
        }
        page.append("</tr>\n");
    }

    void end() {
        page.append("</tbody></table></div>\n");
    }

    private static String cell(String text) {
        int line = text.indexOf('\n');
        return line < 0
                ? escape(text)
                : escape(text.substring(0, line)) + "<span class=\"phone\">" + escape(text.substring(line + 1))
                        + "</span>";
    }

    private static String classes(Column column) {
        return column.kind().css.isEmpty() ? "" : " class=\"" + column.kind().css + "\"";
    }
}
