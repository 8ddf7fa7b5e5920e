package dev.llmadapt.cli.prompts;

import dev.llmadapt.cli.prompts.SuiteResult.Cell;
import dev.llmadapt.cli.prompts.SuiteResult.Checked;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The result for a terminal: a row for each test, a column for each prompt on a model, then what failed. */
public final class ResultTable {
    private static final int MOST_ANSWER = 300;

    private ResultTable() {}

    /** Writes the result. */
    public static String write(SuiteResult result) {
        StringBuilder out = new StringBuilder();
        int columns = result.columns().size();
        for (int c = 0; c < columns; c++) {
            out.append('[')
                    .append(c + 1)
                    .append("] ")
                    .append(result.heads().get(c))
                    .append('\n');
        }
        List<List<String>> table = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("test"));
        for (int c = 0; c < columns; c++) {
            head.add("[" + (c + 1) + "]");
        }
        table.add(head);
        for (int t = 0; t < result.rows().size(); t++) {
            List<String> line = new ArrayList<>(
                    List.of((t + 1) + " " + result.suite().tests().get(t).name()));
            result.rows().get(t).forEach(cell -> line.add(word(cell)));
            table.add(line);
        }
        List<String> sums = new ArrayList<>(List.of("passed"));
        for (int c = 0; c < columns; c++) {
            sums.add(result.passed(c) + " of " + result.rows().size());
        }
        table.add(sums);
        out.append('\n').append(aligned(table));
        failures(result, out);
        return out.toString();
    }

    static String word(Cell cell) {
        return cell.answer().isEmpty() || !cell.trouble().isEmpty()
                ? "ERROR"
                : (cell.passed() ? "pass" : "FAIL")
                        + (cell.score() == 0 || cell.score() == 1
                                ? ""
                                : String.format(Locale.ROOT, " %.2f", cell.score()));
    }

    private static String aligned(List<List<String>> table) {
        int columns = table.get(0).size();
        int[] widths = new int[columns];
        table.forEach(line -> {
            for (int c = 0; c < columns; c++) {
                widths[c] = Math.max(
                        widths[c], line.get(c).codePointCount(0, line.get(c).length()));
            }
        });
        StringBuilder out = new StringBuilder();
        table.forEach(line -> {
            StringBuilder text = new StringBuilder();
            for (int c = 0; c < columns; c++) {
                String cell = line.get(c);
                text.append(cell).append(" ".repeat(widths[c] + 2 - cell.codePointCount(0, cell.length())));
            }
            out.append(text.toString().stripTrailing()).append('\n');
        });
        return out.toString();
    }

    private static void failures(SuiteResult result, StringBuilder out) {
        for (int t = 0; t < result.rows().size(); t++) {
            for (int c = 0; c < result.columns().size(); c++) {
                Cell cell = result.rows().get(t).get(c);
                if (cell.passed()) {
                    continue;
                }
                out.append("\n")
                        .append(word(cell))
                        .append(": test ")
                        .append(t + 1)
                        .append(" (")
                        .append(result.suite().tests().get(t).name())
                        .append(") [")
                        .append(c + 1)
                        .append("]\n");
                reasons(cell).forEach(reason -> out.append("  ").append(reason).append('\n'));
                cell.answer()
                        .ifPresent(answer -> out.append("  answer: ")
                                .append(shortened(answer.text()))
                                .append('\n'));
            }
        }
    }

    /** Why a cell did not pass, in a line each. */
    static List<String> reasons(Cell cell) {
        if (!cell.trouble().isEmpty()) {
            return List.of(cell.trouble().replaceAll("\\s+", " "));
        }
        return cell.checks().stream()
                .filter(check -> !check.passed())
                .map(ResultTable::reason)
                .toList();
    }

    private static String reason(Checked check) {
        return check.assertion().name() + " (" + check.assertion().place() + "): "
                + check.reason().replaceAll("\\s+", " ");
    }

    private static String shortened(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= MOST_ANSWER ? line : line.substring(0, MOST_ANSWER) + "...";
    }
}
