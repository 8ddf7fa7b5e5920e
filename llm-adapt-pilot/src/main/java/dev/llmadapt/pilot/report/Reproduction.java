package dev.llmadapt.pilot.report;

import static dev.llmadapt.pilot.report.Html.escape;

import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.recommendation.Prices;
import dev.llmadapt.pilot.recommendation.Stakes;
import dev.llmadapt.pilot.results.PilotOptions;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The part of a page that says with what it was measured, and how to measure it again. */
final class Reproduction {
    private static final Needs NO_NEEDS = Needs.defaults();

    private Reproduction() {}

    static void write(StringBuilder page, PilotReport report) {
        Html.heading(
                page,
                "again",
                "How to reproduce it",
                "With the same data, command and version the same messages are asked, in the same order; times differ.");
        page.append("<pre>").append(escape(command(report))).append("</pre>\n");
        Html.fold(page, "Environment, seeds and needs");
        HtmlTable table = new HtmlTable(
                page,
                "Environment, seeds and needs",
                List.of(HtmlTable.Column.words("name"), HtmlTable.Column.words("value")));
        Map<String, String> all = new LinkedHashMap<>();
        all.put("begun", Figures.instant(report.started()));
        all.put("language model", report.modelText());
        all.putAll(report.settings());
        all.put("seed", Long.toString(report.options().seed()));
        all.put("task hash", report.task().hash());
        all.putAll(needs(report.needs()));
        all.forEach((name, value) -> table.row(name, List.of(value)));
        table.end();
        page.append("</details>\n");
    }

    /** The command line: as it was typed where that is known, else as far as the report tells it. */
    static String command(PilotReport report) {
        Map<String, String> settings = report.settings();
        String kept = settings.getOrDefault("command", "");
        if (!kept.isEmpty()) {
            return kept;
        }
        List<String> words = new ArrayList<>(List.of("llm-adapt", "pilot"));
        for (String name : List.of("task", "model", "precision", "strategies", "budget")) {
            String value = settings.getOrDefault(name, "");
            if (!value.isEmpty() && !value.equals("none")) {
                option(words, name, value);
            }
        }
        if (report.options().limit() != PilotOptions.defaults().limit()) {
            option(words, "limit", Integer.toString(report.options().limit()));
        }
        option(words, "seed", Long.toString(report.options().seed()));
        needed(words, report.needs());
        return String.join(" ", words);
    }

    private static void needed(List<String> words, Needs needs) {
        if (needs.dataMayLeave()) {
            words.add("--data-may-leave");
        }
        if (needs.consistent()) {
            words.add("--consistent");
        }
        if (needs.knowledge() != NO_NEEDS.knowledge()) {
            option(words, "knowledge", needs.knowledge().name().toLowerCase(Locale.ROOT));
        }
        differing(words, "quality", needs.minimumQuality(), NO_NEEDS.minimumQuality(), "");
        differing(words, "tolerance", needs.tolerance(), NO_NEEDS.tolerance(), "");
        differing(
                words, "latency", needs.latency().toMillis(), NO_NEEDS.latency().toMillis(), "ms");
        differing(words, "memory", needs.memoryBytes() >> 20, NO_NEEDS.memoryBytes() >> 20, "");
        differing(words, "requests", needs.requestsPerMonth(), NO_NEEDS.requestsPerMonth(), "");
        differing(
                words,
                "training",
                needs.trainingBudget().toSeconds(),
                NO_NEEDS.trainingBudget().toSeconds(),
                needs.trainingBudget().isZero() ? "" : "s");
        Prices prices = needs.prices();
        Prices usual = NO_NEEDS.prices();
        differing(words, "compute-price", prices.computeHour(), usual.computeHour(), "");
        differing(words, "prompt-price", prices.promptMillion(), usual.promptMillion(), "");
        differing(words, "completion-price", prices.completionMillion(), usual.completionMillion(), "");
        Stakes stakes = needs.stakes();
        Stakes none = NO_NEEDS.stakes();
        stakes.error().ifPresent(price -> option(words, "error-price", number(price)));
        if (!stakes.errors().isEmpty()) {
            option(words, "error-price", "errors.csv");
        }
        differing(words, "label-price", stakes.label(), none.label(), "");
        differing(words, "person-price", stakes.person(), none.person(), "");
        differing(words, "horizon", stakes.horizonMonths(), none.horizonMonths(), "m");
        differing(words, "min-precision", stakes.precision(), none.precision(), "");
        if (!stakes.currency().isEmpty()) {
            option(words, "currency", stakes.currency());
        }
    }

    private static void differing(List<String> words, String name, long value, long usual, String unit) {
        if (value != usual) {
            option(words, name, value + unit);
        }
    }

    private static void differing(List<String> words, String name, double value, double usual, String unit) {
        if (value != usual) {
            option(words, name, number(value) + unit);
        }
    }

    private static String number(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    private static void option(List<String> words, String name, String value) {
        words.add("--" + name);
        words.add(value.matches("[A-Za-z0-9_./:=@%-]+") ? value : "'" + value.replace("'", "'\\''") + "'");
    }

    private static Map<String, String> needs(Needs needs) {
        Prices prices = needs.prices();
        Map<String, String> all = new LinkedHashMap<>();
        all.put("data may leave", needs.dataMayLeave() ? "yes" : "no");
        all.put("knowledge changes", needs.knowledge().name().toLowerCase(Locale.ROOT));
        all.put("the same answer in other words", needs.consistent() ? "needed" : "not needed");
        all.put("least quality", Figures.percent(needs.minimumQuality()));
        all.put("as good as the best", Figures.percent(needs.tolerance()) + " below it");
        all.put("95% of answers within", needs.latency().isZero() ? "no limit" : Figures.time(needs.latency()));
        all.put("memory", needs.memoryBytes() == 0 ? "no limit" : (needs.memoryBytes() >> 20) + " MB");
        all.put("requests a month", Figures.count(needs.requestsPerMonth()));
        all.put(
                "one adaptation may take",
                needs.trainingBudget().isZero() ? "nothing may be trained" : Figures.time(needs.trainingBudget()));
        all.put("an hour of compute", plain(prices.computeHour(), needs));
        if (prices.hosted()) {
            all.put("a million tokens read", plain(prices.promptMillion(), needs));
            all.put("a million tokens written", plain(prices.completionMillion(), needs));
        }
        if (needs.stakes().any()) {
            all.put("an error", plain(needs.stakes().error().orElse(0), needs));
            all.put("a labelled example", plain(needs.stakes().label(), needs));
            all.put("a request that a person answers", plain(needs.stakes().person(), needs));
        }
        return all;
    }

    private static String plain(double price, Needs needs) {
        String currency = needs.stakes().currency();
        return (currency.isEmpty() ? "" : currency + " ")
                + BigDecimal.valueOf(price).stripTrailingZeros().toPlainString();
    }
}
