package dev.llmadapt.pilot.report;

import static dev.llmadapt.pilot.report.Html.escape;

import dev.llmadapt.pilot.recommendation.Recommendation;
import java.util.List;

/** The first part of a page: the recommendation in a sentence, and what it would take to choose another. */
final class VerdictCard {
    private VerdictCard() {}

    static void write(StringBuilder page, Standings standings) {
        Recommendation recommendation = standings.recommendation();
        page.append(
                        "<section class=\"verdict\" aria-labelledby=\"v\"><h2 id=\"v\">Recommendation</h2><p class=\"say\">")
                .append(escape(VerdictSentence.of(standings)))
                .append("</p>");
        VerdictSentence.remarks(standings)
                .forEach(remark -> page.append("<p>").append(escape(remark)).append("</p>"));
        CostNotes.of(standings)
                .ifPresent(note ->
                        page.append("<p class=\"about\">").append(escape(note)).append("</p>"));
        others(page, standings);
        if (!standings.reasons().isEmpty()) {
            Html.fold(page, "Why");
            Html.list(page, standings.reasons());
            page.append("</details>");
        }
        if (!recommendation.wouldChange().isEmpty()) {
            Html.fold(page, "What would change the answer");
            Html.list(page, recommendation.wouldChange());
            page.append("</details>");
        }
        page.append("</section>\n");
    }

    private static void others(StringBuilder page, Standings standings) {
        List<Contender> contenders = Contender.of(standings);
        if (contenders.isEmpty()) {
            return;
        }
        page.append("<h3>The runner-up and the best of each family</h3><dl>");
        for (Contender contender : contenders) {
            page.append("<dt>")
                    .append(escape(contender.title()))
                    .append("</dt><dd><strong>")
                    .append(escape(contender.row().strategy()))
                    .append("</strong> ")
                    .append(escape(Figures.percent(contender.row().quality()) + ": " + contender.distance()))
                    .append("</dd>");
        }
        page.append("</dl>\n");
    }
}
