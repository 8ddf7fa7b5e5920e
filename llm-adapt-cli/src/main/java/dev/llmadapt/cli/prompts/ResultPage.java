package dev.llmadapt.cli.prompts;

import dev.llmadapt.cli.prompts.SuiteResult.Cell;
import dev.llmadapt.cli.prompts.SuiteResult.Checked;
import java.util.List;
import java.util.Locale;

/** The result as a page: the answers side by side, without a script and without anything from elsewhere. */
public final class ResultPage {
    private static final String CSS = """
            :root{color-scheme:light dark;--bg:#fff;--fg:#1b1b1f;--soft:#5a5a66;--line:#d5d5de;--card:#f4f5fa;--good:#146c2e;--bad:#b3261e}
            @media(prefers-color-scheme:dark){:root{--bg:#131316;--fg:#e6e6ea;--soft:#a9a9b5;--line:#3a3a44;--card:#1e1f26;--good:#6dd58c;--bad:#f2b8b5}}
            *{box-sizing:border-box}body{margin:0 auto;padding:1rem;max-width:100rem;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}
            h1{font-size:1.4rem;margin:0}.about,.small{color:var(--soft)}.small{font-size:.85rem}
            .scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem}
            th,td{padding:.4rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;overflow-wrap:anywhere}
            td{min-width:16rem}th[scope=row]{font-weight:400;min-width:9rem;max-width:18rem}thead th{font-weight:600}
            pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--card);padding:.5rem;border-radius:.3rem;margin:.3rem 0;font-size:.85rem}
            .pass{color:var(--good);font-weight:600}.fail{color:var(--bad);font-weight:600}ul{margin:.3rem 0;padding-left:1.1rem}
            summary{cursor:pointer}caption{position:absolute;left:-99rem}
            """;

    private ResultPage() {}

    /** Writes the result. */
    public static String write(SuiteResult result) {
        String title = result.suite().description().isEmpty()
                ? "Prompt tests"
                : result.suite().description();
        StringBuilder page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                        + "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>")
                .append(escape(title))
                .append("</title><style>\n")
                .append(CSS)
                .append("</style></head><body>\n<h1>")
                .append(escape(title))
                .append("</h1>\n<p class=\"about\">")
                .append(result.rows().size())
                .append(" tests, ")
                .append(result.columns().size())
                .append(" prompts on models: ")
                .append(result.allPassed() ? "all passed" : "some failed")
                .append(
                        "</p>\n<div class=\"scroll\" tabindex=\"0\"><table><caption>answers side by side</caption><thead><tr>"
                                + "<th scope=\"col\">test</th>");
        for (int c = 0; c < result.columns().size(); c++) {
            page.append("<th scope=\"col\">")
                    .append(escape(result.heads().get(c)))
                    .append("<br><span class=\"small\">")
                    .append(result.passed(c))
                    .append(" of ")
                    .append(result.rows().size())
                    .append(" passed</span></th>");
        }
        page.append("</tr></thead><tbody>\n");
        for (int t = 0; t < result.rows().size(); t++) {
            page.append("<tr><th scope=\"row\">")
                    .append(t + 1)
                    .append(' ')
                    .append(escape(result.suite().tests().get(t).name()))
                    .append("</th>");
            result.rows().get(t).forEach(cell -> cell(page, cell));
            page.append("</tr>\n");
        }
        return page.append("</tbody></table></div>\n</body></html>\n").toString();
    }

    private static void cell(StringBuilder page, Cell cell) {
        page.append("<td><span class=\"")
                .append(cell.passed() ? "pass" : "fail")
                .append("\">")
                .append(ResultTable.word(cell))
                .append("</span>");
        cell.answer()
                .ifPresent(answer -> page.append(" <span class=\"small\">")
                        .append(answer.millis())
                        .append(" ms, ")
                        .append(answer.usage().promptTokens() + answer.usage().completionTokens())
                        .append(" tokens")
                        .append(answer.cached() ? ", from the cache" : "")
                        .append("</span><pre>")
                        .append(escape(answer.text()))
                        .append("</pre>"));
        if (!cell.trouble().isEmpty()) {
            page.append("<p class=\"fail\">").append(escape(cell.trouble())).append("</p>");
        }
        if (!cell.checks().isEmpty()) {
            checks(page, cell.checks());
        }
        page.append("<details class=\"small\"><summary>prompt</summary>");
        cell.messages()
                .forEach(message -> page.append("<div>")
                        .append(message.role().key())
                        .append("</div><pre>")
                        .append(escape(message.content()))
                        .append("</pre>"));
        page.append("</details></td>");
    }

    private static void checks(StringBuilder page, List<Checked> checks) {
        page.append("<ul class=\"small\">");
        checks.forEach(check -> {
            page.append("<li>").append(line(check));
            if (!check.parts().isEmpty()) {
                checks(page, check.parts());
            }
            page.append("</li>");
        });
        page.append("</ul>");
    }

    private static String line(Checked check) {
        String metric = check.assertion().metric().isEmpty()
                ? ""
                : " (" + check.assertion().metric() + ")";
        String score =
                check.score() == 0 || check.score() == 1 ? "" : String.format(Locale.ROOT, " %.3f", check.score());
        return "<span class=\"" + (check.passed() ? "pass" : "fail") + "\">"
                + escape(check.assertion().name()) + "</span>"
                + escape(metric
                        + score
                        // the parts of a set say why
                        + (check.reason().isEmpty() || !check.parts().isEmpty() ? "" : ": " + check.reason()));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
