package dev.llmadapt.pilot.report;

import static dev.llmadapt.pilot.report.Html.escape;

import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a candidate takes for what.
 *
 * @param counts how often each answer was given, by the right label, in the order of the tests
 */
record Confusions(Map<String, Map<String, Integer>> counts) {
    private static final String FAILED = "(failed)";
    private static final int NAMED = 8;
    private static final int MATRIX_LABELS = 40;
    private static final int LETTERS = 40;

    static Confusions of(Measured row) {
        Map<String, Map<String, Integer>> counts = new LinkedHashMap<>();
        for (Outcome outcome : row.outcomes()) {
            counts.computeIfAbsent(outcome.expected(), label -> new LinkedHashMap<>())
                    .merge(outcome.error().isEmpty() ? outcome.answer() : FAILED, 1, Integer::sum);
        }
        return new Confusions(counts);
    }

    /**
     * A label taken for another.
     *
     * @param right the right label
     * @param given what was answered
     * @param times how often
     * @param of how many tests have that right label
     */
    record Confusion(String right, String given, int times, int of) {
        String text() {
            return right + " → " + given + ": " + times + " of " + of;
        }
    }

    /** The confusions, the most frequent first. */
    List<Confusion> largest() {
        List<Confusion> all = new ArrayList<>();
        counts.forEach((right, given) -> given.forEach((answer, times) -> {
            if (!answer.equals(right)) {
                all.add(new Confusion(right, answer, times, tests(right)));
            }
        }));
        all.sort(Comparator.comparingInt(Confusion::times)
                .reversed()
                .thenComparingDouble(confusion -> (double) -confusion.times() / confusion.of()));
        return all;
    }

    int tests(String label) {
        return counts.getOrDefault(label, Map.of()).values().stream()
                .mapToInt(n -> n)
                .sum();
    }

    int right(String label) {
        return counts.getOrDefault(label, Map.of()).getOrDefault(label, 0);
    }

    /** The labels, the one that is found most seldom first. */
    List<String> hardest() {
        return counts.keySet().stream()
                .sorted(Comparator.comparingDouble(label -> (double) right(label) / tests(label)))
                .toList();
    }

    /** Writes what the choice takes for what, how often it finds each label, and the matrices of all, folded. */
    static void write(StringBuilder page, Standings standings) {
        if (standings.report().task().labels() == 0 || standings.reference().isEmpty()) {
            return;
        }
        Measured reference = standings.reference().get();
        Confusions own = of(reference);
        Html.heading(
                page,
                "labels",
                "What " + reference.strategy() + " takes for what",
                "The right label → the answer, and how often.");
        List<Confusion> largest = own.largest();
        if (largest.isEmpty()) {
            page.append("<p>Nothing: all answers are right.</p>");
        }
        Html.list(page, largest.stream().limit(NAMED).map(Confusion::text).toList());
        Html.fold(page, "Each label: how often it is found (" + own.counts().size() + ")");
        own.labels(page);
        page.append("</details>\n");
        Html.fold(page, "Confusion matrices");
        for (Measured row : standings.prominent()) {
            Html.fold(page, row.strategy());
            of(row).matrix(page, row.strategy());
            page.append("</details>\n");
        }
        page.append("</details>\n");
    }

    private void labels(StringBuilder page) {
        HtmlTable table = new HtmlTable(
                page,
                "Labels",
                List.of(
                        HtmlTable.Column.words("label"),
                        HtmlTable.Column.of("tests"),
                        HtmlTable.Column.of("found"),
                        HtmlTable.Column.of("recall"),
                        HtmlTable.Column.words("most often taken for")));
        Map<String, Confusion> most = new HashMap<>();
        largest().forEach(confusion -> most.putIfAbsent(confusion.right(), confusion));
        for (String label : hardest()) {
            Confusion confusion = most.get(label);
            table.row(
                    label,
                    List.of(
                            Integer.toString(tests(label)),
                            Integer.toString(right(label)),
                            Figures.percent((double) right(label) / tests(label)),
                            confusion == null
                                    ? ""
                                    : confusion.given()
                                            + (confusion.times() > 1 ? " (" + confusion.times() + ")" : "")));
        }
        table.end();
    }

    private void matrix(StringBuilder page, String name) {
        Set<String> answers = new LinkedHashSet<>(counts.keySet());
        counts.values().forEach(given -> answers.addAll(given.keySet()));
        if (answers.size() > MATRIX_LABELS) {
            page.append("<p>There are more than ").append(MATRIX_LABELS).append(" different answers: no matrix.</p>");
            return;
        }
        page.append("<p class=\"about\">Right labels in rows, answers in columns.</p><div class=\"scroll matrix\""
                        + " tabindex=\"0\" role=\"region\" aria-label=\"")
                .append(escape("Confusion matrix of " + name))
                .append("\"><table><caption>")
                .append(escape("Confusion matrix of " + name))
                .append("</caption><thead><tr><td></td>");
        answers.forEach(answer -> page.append("<th scope=\"col\"><span>")
                .append(escape(Html.shortened(answer, LETTERS)))
                .append("</span></th>"));
        page.append("</tr></thead><tbody>");
        counts.forEach((label, given) -> {
            page.append("<tr><th scope=\"row\">")
                    .append(escape(Html.shortened(label, LETTERS)))
                    .append("</th>");
            for (String answer : answers) {
                int count = given.getOrDefault(answer, 0);
                page.append(
                                count == 0
                                        ? "<td>"
                                        : label.equals(answer) ? "<td class=\"right\">" : "<td class=\"wrong\">")
                        .append(count == 0 ? "·" : Integer.toString(count))
                        .append("</td>");
            }
            page.append("</tr>");
        });
        page.append("</tbody></table></div>\n");
    }
}
