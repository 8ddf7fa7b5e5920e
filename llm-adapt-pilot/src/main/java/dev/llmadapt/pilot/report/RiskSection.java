package dev.llmadapt.pilot.report;

import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.RiskWords;
import java.util.List;

/** The part of a page that says what candidates do on input that is not as in the test examples. */
final class RiskSection {
    private RiskSection() {}

    static void write(StringBuilder page, Standings standings) {
        List<Measured> known = standings.prominent().stream()
                .filter(row -> !RiskWords.of(row.details()).isEmpty())
                .toList();
        if (known.isEmpty()) {
            return;
        }
        Html.heading(page, "risks", "Risks", "What a candidate does on input that is not as in the test examples.");
        Measured first = known.get(0);
        page.append("<h3>").append(Html.escape(first.strategy())).append("</h3>");
        Html.list(page, RiskWords.of(first.details()));
        for (Measured row : known.subList(1, known.size())) {
            Html.fold(page, row.strategy());
            Html.list(page, RiskWords.of(row.details()));
            page.append("</details>\n");
        }
    }
}
