package dev.llmadapt.prompting.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The output of 70 real templates, 8 conversations each, against Python's jinja2 with Hugging Face's settings. */
class GoldenTemplatesTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2025-07-04T12:00:00Z"), ZoneOffset.UTC);

    private final GoldenData golden = GoldenData.load();

    @Test
    void render_whatTheReferenceRenders_isIdentical() {
        List<String> wrong = new ArrayList<>();
        int identical = 0;
        for (Map.Entry<String, Map<String, Object>> entry : golden.expected().entrySet()) {
            Object expected = entry.getValue().get("ok");
            if (expected != null && expected.equals(render(entry.getKey()))) {
                identical++;
            } else if (expected != null) {
                wrong.add(entry.getKey());
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(identical).isEqualTo(504);
    }

    @Test
    void render_whatTheReferenceRefuses_isRefused() {
        List<String> refused = new ArrayList<>();
        TreeSet<String> rendered = new TreeSet<>();
        for (Map.Entry<String, Map<String, Object>> entry : golden.expected().entrySet()) {
            if (entry.getValue().containsKey("ok")) {
                continue;
            }
            if (render(entry.getKey()).startsWith("refused: ")) {
                refused.add(entry.getKey());
            } else {
                rendered.add(entry.getKey().replaceFirst("\\|.*", ""));
            }
        }
        assertThat(refused).hasSize(40);
        assertThat(rendered)
                .as("the reference refuses these for their generation blocks alone")
                .containsExactly("phi4-reasoning_14b", "rnj-1_latest");
    }

    @Test
    void render_messages_areData() {
        int seen = 0;
        for (String name : golden.expected().keySet()) {
            if (!name.endsWith("|inject")) {
                continue;
            }
            try {
                Rendered rendered = template(name).render(golden.context("inject"));
                String marker = "{{ 7*7 }} {% if true %}X{% endif %} {# c #}";
                int at = rendered.text().indexOf(marker);
                if (at >= 0) {
                    seen++;
                    assertThat(rendered.dataSpans())
                            .as(name)
                            .anyMatch(span -> span.start() <= at && span.end() >= at + marker.length());
                }
            } catch (TemplateException e) {
                assertThat(golden.expected().get(name)).as(name).containsKey("err");
            }
        }
        assertThat(seen).isGreaterThan(50);
    }

    private String render(String name) {
        try {
            String scenario = name.substring(name.indexOf('|') + 1);
            return template(name).render(golden.context(scenario)).text();
        } catch (TemplateException e) {
            return "refused: " + e.getMessage();
        }
    }

    private ChatTemplate template(String name) {
        String source = Objects.requireNonNull(golden.templates().get(name.substring(0, name.indexOf('|'))));
        return ChatTemplate.parse(source, Limits.defaults(), CLOCK);
    }
}
