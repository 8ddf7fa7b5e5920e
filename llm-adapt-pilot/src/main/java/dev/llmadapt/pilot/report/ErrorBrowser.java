package dev.llmadapt.pilot.report;

import static dev.llmadapt.pilot.report.Html.escape;

import dev.llmadapt.Example;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The test messages with the answers of two candidates beside each other, which a reader picks, and a filter. It needs
 * no script: radio buttons are asked by {@code :has}, and each message names in its classes who is wrong ({@code w2})
 * and which two differ ({@code d0-2}). A browser without {@code :has} shows all.
 */
final class ErrorBrowser {
    private static final int CANDIDATES = 8;
    private static final int MESSAGES = 400;
    private static final int LETTERS = 240;

    private final List<Measured> candidates;
    private final List<Map<String, Outcome>> answers = new ArrayList<>();
    private final List<Example> messages;
    private final int all;

    private ErrorBrowser(Standings standings) {
        List<Measured> prominent = standings.prominent();
        candidates = prominent.subList(0, Math.min(CANDIDATES, prominent.size()));
        for (Measured candidate : candidates) {
            Map<String, Outcome> own = new HashMap<>();
            candidate.outcomes().forEach(outcome -> own.put(outcome.id(), outcome));
            answers.add(own);
        }
        Map<String, Example> texts = new HashMap<>();
        standings.report().task().test().forEach(example -> texts.put(example.id(), example));
        List<Example> answered = candidates.stream()
                .max(Comparator.comparingInt(row -> row.outcomes().size()))
                .map(row -> row.outcomes().stream()
                        .map(outcome ->
                                texts.getOrDefault(outcome.id(), new Example(outcome.id(), "", outcome.expected())))
                        .toList())
                .orElse(List.of());
        all = answered.size();
        // where not all can be shown, those that the first one has wrong go before the others
        messages = all <= MESSAGES
                ? answered
                : answered.stream()
                        .sorted(Comparator.comparing(example -> !wrong(example, 0)))
                        .limit(MESSAGES)
                        .toList();
    }

    static void write(StringBuilder page, Standings standings) {
        if (standings.ranked().isEmpty()) {
            return;
        }
        new ErrorBrowser(standings).write(page);
    }

    private void write(StringBuilder page) {
        Html.heading(
                page,
                "answers",
                "Messages and answers",
                "All " + Figures.count(all, "test message")
                        + (messages.size() < all
                                ? "; " + messages.size() + " are shown here, those that "
                                        + candidates.get(0).strategy() + " has wrong first, and all are in --json"
                                : "")
                        + ". Pick two candidates to see their answers beside each other.");
        page.append("<style>")
                .append(rules())
                .append("</style><div class=\"browser\">\n<fieldset><legend>Show</legend>");
        radio(page, "show", "s-all", "all messages", false);
        radio(page, "show", "s-first", "the first is wrong", true);
        radio(page, "show", "s-second", "the second is wrong", false);
        radio(page, "show", "s-both", "both are wrong", false);
        radio(page, "show", "s-differ", "they differ", false);
        page.append("</fieldset>\n<div class=\"pair\">");
        pick(page, "First candidate", "l", 0);
        pick(page, "Second candidate", "r", Math.min(1, candidates.size() - 1));
        page.append("</div>\n");
        messages.forEach(message -> message(page, message));
        page.append("</div>\n");
    }

    private void pick(StringBuilder page, String title, String name, int picked) {
        page.append("<fieldset><legend>").append(title).append("</legend>");
        for (int i = 0; i < candidates.size(); i++) {
            int number = i;
            long wrong =
                    messages.stream().filter(message -> wrong(message, number)).count();
            long asked = messages.stream()
                    .filter(message -> answers.get(number).containsKey(message.id()))
                    .count();
            radio(
                    page,
                    name,
                    name + i,
                    candidates.get(i).strategy() + " (" + wrong + " of " + asked + " wrong)",
                    i == picked);
        }
        page.append("</fieldset>");
    }

    private static void radio(StringBuilder page, String name, String id, String words, boolean checked) {
        page.append("<label><input type=\"radio\" name=\"")
                .append(name)
                .append("\" id=\"")
                .append(id)
                .append(checked ? "\" checked> " : "\"> ")
                .append(escape(words))
                .append("</label> ");
    }

    /** The rules that show the answers of the two, and hide the messages that the filter leaves out. */
    private String rules() {
        StringBuilder css = new StringBuilder("@supports selector(:has(a)){.a{display:none}");
        for (int i = 0; i < candidates.size(); i++) {
            css.append(".browser:has(#l")
                    .append(i)
                    .append(":checked) .a")
                    .append(i)
                    .append("{display:block;order:0}");
            css.append(".browser:has(#r")
                    .append(i)
                    .append(":checked) .a")
                    .append(i)
                    .append("{display:block;order:1}");
            hide(css, "s-first", "#l" + i, "w" + i);
            hide(css, "s-second", "#r" + i, "w" + i);
            hide(css, "s-both", "#l" + i, "w" + i);
            hide(css, "s-both", "#r" + i, "w" + i);
            for (int j = 0; j < candidates.size(); j++) {
                css.append(".browser:has(#s-differ:checked):has(#l")
                        .append(i)
                        .append(":checked):has(#r")
                        .append(j)
                        .append(":checked) .m:not(.d")
                        .append(Math.min(i, j))
                        .append('-')
                        .append(Math.max(i, j))
                        .append("){display:none}");
            }
        }
        return css.append('}').toString();
    }

    private static void hide(StringBuilder css, String filter, String picked, String needed) {
        css.append(".browser:has(#")
                .append(filter)
                .append(":checked):has(")
                .append(picked)
                .append(":checked) .m:not(.")
                .append(needed)
                .append("){display:none}");
    }

    private void message(StringBuilder page, Example message) {
        page.append("<div class=\"m");
        for (int i = 0; i < candidates.size(); i++) {
            page.append(wrong(message, i) ? " w" + i : "");
            for (int j = i + 1; j < candidates.size(); j++) {
                page.append(differ(message, i, j) ? " d" + i + "-" + j : "");
            }
        }
        page.append("\"><p><span class=\"id\">").append(escape(message.id())).append("</span> ");
        text(page, message.input());
        page.append("</p><p>right: <strong>")
                .append(escape(Html.shortened(message.output(), LETTERS)))
                .append("</strong></p><div class=\"answers\">");
        for (int i = 0; i < candidates.size(); i++) {
            answer(page, i, answers.get(i).get(message.id()));
        }
        page.append("</div></div>\n");
    }

    /** A message; of one that is long the beginning, and all of it folded. */
    private static void text(StringBuilder page, String text) {
        if (text.codePointCount(0, text.length()) <= LETTERS) {
            page.append(escape(text));
            return;
        }
        page.append("</p><details><summary>")
                .append(escape(Html.shortened(text, LETTERS)))
                .append("</summary><pre>")
                .append(escape(text))
                .append("</pre></details><p>");
    }

    private void answer(StringBuilder page, int number, @Nullable Outcome outcome) {
        page.append("<p class=\"a a")
                .append(number)
                .append("\"><span class=\"who\">")
                .append(escape(candidates.get(number).strategy()))
                .append(":</span> ");
        if (outcome == null) {
            page.append("not asked</p>");
            return;
        }
        page.append(outcome.score() < 1 ? "<span class=\"wrong\">" : "<span class=\"right\">")
                .append(outcome.score() < 1 ? "✗ " : "✓ ")
                .append(escape(
                        outcome.error().isEmpty()
                                ? Html.shortened(outcome.answer(), LETTERS)
                                : "failed: " + Html.shortened(outcome.error(), LETTERS)))
                .append("</span>");
        if (outcome.score() > 0 && outcome.score() < 1) {
            page.append(", score ").append(Figures.number("%.2f", outcome.score()));
        }
        outcome.confidence()
                .ifPresent(confidence ->
                        page.append(", ").append(Figures.number("%.0f%% sure", 100 * confidence.probability())));
        page.append("</p>");
    }

    private boolean wrong(Example message, int number) {
        Outcome outcome = answers.get(number).get(message.id());
        return outcome != null && outcome.score() < 1;
    }

    private boolean differ(Example message, int first, int second) {
        Outcome one = answers.get(first).get(message.id());
        Outcome other = answers.get(second).get(message.id());
        return one != null
                && other != null
                && !(one.answer().strip().equals(other.answer().strip())
                        && one.error().isEmpty() == other.error().isEmpty());
    }
}
