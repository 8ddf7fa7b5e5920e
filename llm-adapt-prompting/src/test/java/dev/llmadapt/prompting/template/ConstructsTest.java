package dev.llmadapt.prompting.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** One template per construct against Python's jinja2; {@code constructs.py} beside the data wrote it. */
class ConstructsTest {
    static final Map<String, Object> DATA = load();
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2025-07-04T09:05:03Z"), ZoneOffset.UTC);

    @TestFactory
    Stream<DynamicTest> render_construct_isWhatPythonRenders() {
        return cases().stream()
                .map(example -> DynamicTest.dynamicTest(source(example), () -> {
                    if (example.containsKey("ok")) {
                        assertThat(render(source(example))).isEqualTo(example.get("ok"));
                    } else {
                        assertThatThrownBy(() -> render(source(example)))
                                .as("Python: " + example.get("err"))
                                .isInstanceOf(TemplateException.class)
                                .hasMessageStartingWith("template line ");
                    }
                }));
    }

    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> cases() {
        return (List<Map<String, Object>>) Objects.requireNonNull(DATA.get("cases"));
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> context() {
        return (Map<String, Object>) Objects.requireNonNull(DATA.get("context"));
    }

    static String source(Map<String, Object> example) {
        return (String) Objects.requireNonNull(example.get("template"));
    }

    private static String render(String source) {
        return ChatTemplate.parse(source, Limits.defaults(), CLOCK)
                .render(context())
                .text();
    }

    private static Map<String, Object> load() {
        try (InputStream in = Objects.requireNonNull(ConstructsTest.class.getResourceAsStream("constructs.json"))) {
            return TestJson.parseObject(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
