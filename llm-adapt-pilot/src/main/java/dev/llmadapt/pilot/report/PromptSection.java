package dev.llmadapt.pilot.report;

import static dev.llmadapt.pilot.report.Html.escape;

import dev.llmadapt.Message;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.SentPrompt;
import java.util.List;

/** The part of a report's page that shows the prompts as they were sent. */
final class PromptSection {
    private PromptSection() {}

    static void write(StringBuilder page, Standings standings) {
        List<Measured> prompted = standings.ranked().stream()
                .filter(row -> !row.details().prompts().isEmpty())
                .toList();
        if (prompted.isEmpty()) {
            return;
        }
        Html.heading(page, "prompts", "Prompts as sent", "What the language model read for the first test messages.");
        for (Measured row : prompted) {
            Html.fold(page, row.strategy());
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
