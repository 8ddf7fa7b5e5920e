package dev.llmadapt.pilot.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReportHtmlTest {
    @Test
    void write_everySection_isThereAndSafe() {
        String page = ReportHtml.write(SampleReport.report());
        assertThat(page)
                .contains("Recommendation", "Quality against cost", "Quality against time", "Learning curves")
                .contains(
                        "takes for what",
                        "Confusion matrices",
                        "Messages and answers",
                        "Prompts as sent",
                        "How to reproduce it",
                        "2026-11-23 10:15 UTC",
                        "not tried",
                        "prefers-color-scheme:dark")
                .contains("it was &lt;b&gt;&quot;stolen&quot;&lt;/b&gt;", "Choose &lt;one&gt;.")
                .contains("<p class=\"say\">" + Html.escape(VerdictSentence.of(SampleReport.report())))
                .doesNotContain("<b>", "<script", "NaN");
    }

    @Test
    void write_answersWithProbabilities_haveATableOfTheirCalibration() {
        assertThat(ReportHtml.write(SampleReport.confident()))
                .contains("Can its probabilities be trusted?", "<td>1</td><td>100.0%</td><td>0.125</td><td>0.023</td>");
        assertThat(ReportHtml.write(SampleReport.report())).doesNotContain("Can its probabilities");
    }

    @Test
    void write_selfContained_namesNoOtherPlace() {
        String page = ReportHtml.write(SampleReport.report());
        assertThat(page)
                .doesNotContain("http:", "https:", "src=", "url(", "@import", "<link")
                .contains("default-src 'none'");
    }

    @Test
    void write_structure_isForEveryone() {
        String page = ReportHtml.write(SampleReport.report());
        assertThat(page).contains("<html lang=\"en\">", "name=\"viewport\"", "<main", "To the results", "<caption>");
        assertThat(page.split("<svg", -1).length).isEqualTo(page.split("role=\"img\"", -1).length);
        assertThat(page.split("<th scope=|<th><", -1).length).isGreaterThan(10);
        for (String tag : List.of(
                "table",
                "details",
                "svg",
                "section",
                "main",
                "div",
                "ul",
                "figure",
                "tr",
                "g",
                "ol",
                "li",
                "p",
                "dl",
                "fieldset")) {
            assertThat(page.split("<" + tag + "[ >]", -1).length)
                    .as(tag)
                    .isEqualTo(page.split("</" + tag + ">", -1).length);
        }
    }
}
