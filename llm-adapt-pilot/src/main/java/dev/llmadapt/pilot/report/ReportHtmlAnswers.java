package dev.llmadapt.pilot.report;

import static dev.llmadapt.pilot.report.Html.escape;

import dev.llmadapt.Example;
import dev.llmadapt.Message;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.results.SentPrompt;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The part of a report's page that shows single answers: what is taken for what, the errors, the prompts as sent. */
final class ReportHtmlAnswers {
    private static final int SHOWN_ERRORS = 200;
    private static final int CONFUSION_LABELS = 30;

    private ReportHtmlAnswers() {}

    static void write(StringBuilder page, PilotReport report) {
        errors(page, report);
        prompts(page, report);
    }

    private static void errors(StringBuilder page, PilotReport report) {
        Map<String, Example> examples = new HashMap<>();
        report.task().test().forEach(example -> examples.put(example.id(), example));
        page.append("<h2>Errors</h2>\n");
        for (Measured row : report.measured()) {
            List<Outcome> wrong = row.outcomes().stream()
                    .filter(outcome -> outcome.score() < 1)
                    .toList();
            page.append("<details><summary>")
                    .append(escape(row.strategy() + ": " + wrong.size() + " of "
                            + row.outcomes().size() + " not fully right"))
                    .append("</summary>");
            confusion(page, report, row);
            for (Outcome outcome : wrong.subList(0, Math.min(SHOWN_ERRORS, wrong.size()))) {
                Example example = examples.get(outcome.id());
                page.append("<details><summary>")
                        .append(escape(outcome.id() + ": "))
                        .append("<span class=\"wrong\">")
                        .append(escape(shortened(outcome.error().isEmpty() ? outcome.answer() : outcome.error())))
                        .append("</span>, right: <span class=\"right\">")
                        .append(escape(shortened(outcome.expected())))
                        .append("</span></summary><pre>")
                        .append(escape(example == null ? "" : example.input()))
                        .append("</pre><p>answered:</p><pre>")
                        .append(escape(outcome.error().isEmpty() ? outcome.answer() : outcome.error()))
                        .append("</pre></details>\n");
            }
            page.append("</details>\n");
        }
    }

    private static void confusion(StringBuilder page, PilotReport report, Measured row) {
        if (report.task().labels() == 0) {
            return;
        }
        Map<String, Map<String, Integer>> counts = new LinkedHashMap<>();
        Set<String> answers = new LinkedHashSet<>();
        row.outcomes().forEach(outcome -> answers.add(outcome.expected()));
        row.outcomes().forEach(outcome -> {
            String answer = outcome.error().isEmpty() ? outcome.answer() : "(failed)";
            answers.add(answer);
            counts.computeIfAbsent(outcome.expected(), label -> new HashMap<>()).merge(answer, 1, Integer::sum);
        });
        if (answers.size() > CONFUSION_LABELS) {
            page.append("<p>More than ").append(CONFUSION_LABELS).append(" labels: no confusion matrix.</p>");
            return;
        }
        page.append(
                "<p class=\"about\">Right answers in rows, given ones in columns.</p><div class=\"scroll\" tabindex=\"0\""
                        + " role=\"region\" aria-label=\"Confusion matrix\"><table><caption>Confusion matrix</caption>"
                        + "<thead><tr><td></td>");
        answers.forEach(answer -> page.append("<th scope=\"col\">")
                .append(escape(shortened(answer)))
                .append("</th>"));
        page.append("</tr></thead><tbody>");
        counts.forEach((label, given) -> {
            page.append("<tr><th scope=\"row\">")
                    .append(escape(shortened(label)))
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

    private static String shortened(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.codePointCount(0, line.length()) <= 60
                ? line
                : line.substring(0, line.offsetByCodePoints(0, 59)) + "…";
    }

    private static void prompts(StringBuilder page, PilotReport report) {
        page.append("<h2>Prompts as sent</h2>\n");
        for (Measured row : report.measured()) {
            page.append("<details><summary>").append(escape(row.strategy())).append("</summary>");
            for (SentPrompt prompt : row.details().prompts()) {
                page.append("<h3>").append(escape(prompt.example())).append("</h3>");
                for (Message message : prompt.messages()) {
                    page.append("<p>")
                            .append(escape(message.role().key()))
                            .append("</p><pre>")
                            .append(escape(message.content()))
                            .append("</pre>");
                }
            }
            page.append("</details>\n");
        }
    }
}
