package dev.llmadapt.prompting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PromptTemplateTest {
    @Test
    void render_places_areFilledIn() {
        PromptTemplate template = new PromptTemplate("Review: {input}\nOne of {labels}, {input}!");

        assertThat(template.placeholders()).containsExactly("input", "labels");
        assertThat(template.render(Map.of("input", "fine", "labels", "a, b", "unused", "x")))
                .isEqualTo("Review: fine\nOne of a, b, fine!");
    }

    @Test
    void render_valueThatLooksLikeATemplate_isInsertedAsItIs() {
        PromptTemplate template = new PromptTemplate("{input}|{labels}");

        assertThat(template.render(Map.of("input", "{labels} {{}} } $1 \\", "labels", "{input}")))
                .isEqualTo("{labels} {{}} } $1 \\|{input}");
    }

    @Test
    void render_doubledBraces_areLiteral() {
        assertThat(new PromptTemplate("{{\"kind\": \"{kind}\"}}").render(Map.of("kind", "plant")))
                .isEqualTo("{\"kind\": \"plant\"}");
        assertThat(new PromptTemplate("").render(Map.of())).isEmpty();
    }

    @Test
    void render_missingValue_isRefusedByName() {
        assertThatThrownBy(() -> new PromptTemplate("{input} {labels}").render(Map.of("input", "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("{labels}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "}", "a {input", "{}", "{ input }", "{in put}", "{{input}", "{input}}", "{a{b}}"})
    void construct_malformed_isRefused(String text) {
        assertThatThrownBy(() -> new PromptTemplate(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text);
    }

    @Test
    void require_unknownOrMissingPlace_isRefusedByName() {
        assertThatThrownBy(() -> ZeroShot.defaults().withInput(new PromptTemplate("{inptu}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("{inptu}", "input");
        assertThatThrownBy(() -> ZeroShot.defaults().withInput(new PromptTemplate("Review")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must contain {input}");
        assertThatThrownBy(() -> ChainOfThought.defaults().withTrigger(new PromptTemplate("{input}")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new PromptTemplate("{a}")
                        .require("x", Set.of("a", "b"), Set.of("a"))
                        .text())
                .isEqualTo("{a}");
    }
}
