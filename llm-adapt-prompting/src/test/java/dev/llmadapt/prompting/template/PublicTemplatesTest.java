package dev.llmadapt.prompting.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The templates of a folder that {@code public_templates.py} made, against the output of transformers. */
@EnabledIfSystemProperty(
        named = "templates",
        matches = ".+",
        disabledReason = "needs -Dtemplates=FOLDER, see public_templates.py")
class PublicTemplatesTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2025-07-04T12:00:00Z"), ZoneOffset.UTC);

    @Test
    void render_publicTemplates_areIdenticalOrRefused() {
        GoldenData golden = GoldenData.read(Path.of(System.getProperty("templates")));
        Map<String, ChatTemplate> open = new LinkedHashMap<>();
        List<String> refused = new ArrayList<>();
        golden.templates().forEach((name, source) -> {
            try {
                open.put(name, ChatTemplate.parse(source, Limits.defaults(), CLOCK));
            } catch (TemplateException e) {
                refused.add(name + ": " + e.getMessage());
            }
        });
        int identical = 0;
        int rendered = 0;
        List<String> different = new ArrayList<>();
        for (Map.Entry<String, Map<String, Object>> expected : golden.expected().entrySet()) {
            String[] name = expected.getKey().split("\\|", 2);
            Object text = expected.getValue().get("ok");
            ChatTemplate template = open.get(name[0]);
            if (text == null || template == null) {
                continue;
            }
            rendered++;
            try {
                if (template.render(golden.context(name[1])).text().equals(text)) {
                    identical++;
                } else {
                    different.add(expected.getKey());
                }
            } catch (TemplateException e) {
                refused.add(expected.getKey() + ": " + e.getMessage());
            }
        }
        System.out.printf(
                "%d of %d templates open; of %d renderings %d are identical, %d differ%n%s%n",
                open.size(),
                golden.templates().size(),
                rendered,
                identical,
                different.size(),
                String.join("\n", refused));
        assertThat(different).isEmpty();
    }
}
