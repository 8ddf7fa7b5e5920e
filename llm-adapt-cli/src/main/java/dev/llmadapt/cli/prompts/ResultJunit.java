package dev.llmadapt.cli.prompts;

import dev.llmadapt.cli.prompts.SuiteResult.Cell;
import java.util.List;
import java.util.Locale;

/** The result as JUnit XML, which build servers read: a suite for each prompt on a model. */
public final class ResultJunit {
    private ResultJunit() {}

    /** Writes the result. */
    public static String write(SuiteResult result) {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
        for (int c = 0; c < result.columns().size(); c++) {
            int column = c;
            String name = result.heads().get(c);
            List<Cell> cells =
                    result.rows().stream().map(row -> row.get(column)).toList();
            long errors = cells.stream().filter(ResultJunit::isError).count();
            long failures = cells.stream().filter(cell -> !cell.passed()).count() - errors;
            xml.append("  <testsuite name=\"")
                    .append(escape(name))
                    .append("\" tests=\"")
                    .append(cells.size())
                    .append("\" failures=\"")
                    .append(failures)
                    .append("\" errors=\"")
                    .append(errors)
                    .append("\" skipped=\"0\">\n");
            for (int t = 0; t < cells.size(); t++) {
                testcase(
                        xml, name, (t + 1) + " " + result.suite().tests().get(t).name(), cells.get(t));
            }
            xml.append("  </testsuite>\n");
        }
        return xml.append("</testsuites>\n").toString();
    }

    private static boolean isError(Cell cell) {
        return !cell.trouble().isEmpty();
    }

    private static void testcase(StringBuilder xml, String suite, String name, Cell cell) {
        double seconds = cell.answer().map(answer -> answer.millis() / 1000.0).orElse(0.0);
        xml.append("    <testcase classname=\"")
                .append(escape(suite))
                .append("\" name=\"")
                .append(escape(name))
                .append("\" time=\"")
                .append(String.format(Locale.ROOT, "%.3f", seconds))
                .append('"');
        if (cell.passed()) {
            xml.append("/>\n");
            return;
        }
        String kind = isError(cell) ? "error" : "failure";
        List<String> reasons = ResultTable.reasons(cell);
        String first = reasons.isEmpty()
                ? String.format(Locale.ROOT, "the score is %.3f, less than the threshold", cell.score())
                : reasons.get(0);
        xml.append(">\n      <")
                .append(kind)
                .append(" message=\"")
                .append(escape(first))
                .append("\">")
                .append(escape(String.join("\n", reasons)))
                .append(cell.answer()
                        .map(answer -> escape("\n\nanswer:\n" + answer.text()))
                        .orElse(""))
                .append("</")
                .append(kind)
                .append(">\n    </testcase>\n");
    }

    /** A text for XML; characters that XML cannot have become question marks. */
    private static String escape(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\n', '\t' -> out.append("&#").append(c).append(';');
                default -> {
                    boolean legal = (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) || c >= 0x10000;
                    out.appendCodePoint(legal ? c : '?');
                }
            }
        });
        return out.toString();
    }
}
