package dev.llmadapt.pilot.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.pilot.recommendation.Stakes;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    void write_phone_keepsTheIntervalAndHasPlotsOfItsWidth() {
        String page = ReportHtml.write(LargeReport.report(Stakes.none(), 72));
        assertThat(page)
                .containsPattern(
                        "<th scope=\"row\">lora-head</th><td>([0-9.]+)%<span class=\"phone\">[0-9.]+\u2013[0-9.]+</span></td>"
                                + "<td class=\"wide\">[0-9.]+ to [0-9.]+%</td>")
                .contains("@media(max-width:40rem){.wide{display:none}", "svg{min-width:0}svg.phone{display:block}");
        Matcher plots = Pattern.compile(
                        "<svg class=\"(wide|phone)\" viewBox=\"0 0 ([0-9]+) 380\".*?</svg>", Pattern.DOTALL)
                .matcher(page);
        List<String> screens = new ArrayList<>();
        while (plots.find()) {
            screens.add(plots.group(1));
            double width = Double.parseDouble(plots.group(2));
            assertThat(width).isEqualTo(plots.group(1).equals("phone") ? 340 : 600);
            Matcher texts = Pattern.compile("<text[^>]*text-anchor=\"([a-z]+)\" x=\"([0-9.]+)\"[^>]*>([^<]*)</text>")
                    .matcher(plots.group());
            while (texts.find()) {
                double letters = LabelPlacement.LETTER
                        * texts.group(3).replaceAll("&[a-z]+;", "x").length();
                double x = Double.parseDouble(texts.group(2));
                double left = x
                        - (texts.group(1).equals("middle")
                                ? letters / 2
                                : texts.group(1).equals("end") ? letters : 0);
                assertThat(left).as(texts.group()).isGreaterThan(-6);
                assertThat(left + letters).as(texts.group()).isLessThan(width + 1);
            }
        }
        assertThat(screens).startsWith("wide", "phone", "wide", "phone").hasSizeGreaterThan(7);
        assertThat(page.split(" id=\"cost-phone-t\"", -1))
                .as("an identity of its own")
                .hasSize(2);
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
