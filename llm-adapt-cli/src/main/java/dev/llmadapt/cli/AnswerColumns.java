package dev.llmadapt.cli;

import dev.llmadapt.cli.UnsureArguments.Threshold;
import dev.llmadapt.pilot.rows.RowAnswer;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.task.TextRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The columns of a file of answers, as lines of a CSV: those of the input as they are, then {@code label},
 * {@code probability}, {@code unsure} and {@code error}; of a task without labels {@code answer} and {@code error}.
 *
 * @param rows the input
 * @param prefix what stands before the names of the new columns
 * @param saved what answers; a task with labels has other columns, and labels are as its file has them
 * @param separator the character between fields
 * @param spreadsheet whether an apostrophe keeps a spreadsheet from computing a cell
 * @param threshold which answers are unsure, where that is asked
 */
record AnswerColumns(
        TextRows rows,
        String prefix,
        SavedStrategy saved,
        char separator,
        boolean spreadsheet,
        Optional<Threshold> threshold)
        implements AnswerLines {
    private static final List<String> WITH_LABELS = List.of("label", "probability", "unsure", "error");
    private static final List<String> WITHOUT_LABELS = List.of("answer", "error");
    private static final String YES = "yes";

    /** What spreadsheets compute, full-width characters too (OWASP, CSV injection); numbers are what they look like. */
    private static final Pattern FORMULA = Pattern.compile("[=+\\-@\\t\\r\\n＝＋－＠].*", Pattern.DOTALL);

    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+([.,][0-9]+)*([eE][+-]?[0-9]+)?%?");

    /** Refuses new columns that the input has already. */
    AnswerColumns {
        List<String> taken = names(prefix, saved).stream()
                .filter(name -> rows.columns().stream().anyMatch(name::equalsIgnoreCase))
                .toList();
        if (!taken.isEmpty()) {
            throw new InvalidInput("the input has columns called " + taken
                    + ", as those with the answers are; name these otherwise by --prefix, such as --prefix new_");
        }
    }

    private static List<String> names(String prefix, SavedStrategy saved) {
        return (hasLabels(saved) ? WITH_LABELS : WITHOUT_LABELS)
                .stream().map(name -> prefix + name).toList();
    }

    private static boolean hasLabels(SavedStrategy saved) {
        return !saved.task().labels().isEmpty();
    }

    @Override
    public String header() {
        return (rows.marked() ? "\uFEFF" : "") + line(rows.columns(), names(prefix, saved)) + "\n";
    }

    @Override
    public boolean quotedBreaks() {
        return true;
    }

    @Override
    public String format() {
        return String.join("\n", prefix, String.valueOf(separator), String.valueOf(spreadsheet));
    }

    @Override
    public String line(int row, RowAnswer answer) {
        String given = Objects.requireNonNullElse(answer.answer(), "");
        String error = answer.error() == null ? "" : answer.error().strip().replaceAll("\\s+", " ");
        if (!hasLabels(saved)) {
            return line(rows.rows().get(row), List.of(given, error));
        }
        Double probability = answer.probability();
        String digits = probability == null ? "" : String.format(Locale.ROOT, "%.4f", probability);
        String unsure = threshold
                .filter(each -> answer.error() == null)
                .map(each -> each.unsure(probability) ? YES : "no")
                .orElse("");
        return line(rows.rows().get(row), List.of(given, digits, unsure, error));
    }

    @Override
    public boolean isFailed(String line) {
        return line.charAt(line.length() - 1) != separator;
    }

    @Override
    public boolean isUnsure(String line) {
        return hasLabels(saved) && line.endsWith(separator + YES + separator);
    }

    /** Whether a spreadsheet would compute a text instead of showing it. */
    static boolean isFormula(String cell) {
        return FORMULA.matcher(cell).matches() && !NUMBER.matcher(cell).matches();
    }

    private String line(List<String> input, List<String> added) {
        List<String> cells = new ArrayList<>();
        input.forEach(cell -> cells.add(cell(cell)));
        added.forEach(cell -> cells.add(cell(cell)));
        return String.join(String.valueOf(separator), cells);
    }

    private String cell(String text) {
        String safe = spreadsheet && isFormula(text) ? "'" + text : text;
        boolean quoted = safe.indexOf(separator) >= 0
                || safe.chars().anyMatch(each -> each == '"' || each == '\n' || each == '\r');
        return quoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
    }
}
