package dev.llmadapt.prompting.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrictTemplateTest {
    private static final Map<String, String> PARTIALS = Map.of(
            "rules", "Be kind.\n",
            "row", "- {{ item }}{{ suffix }}",
            "a", "{% include 'b' %}",
            "b", "x{% include 'a' %}",
            "sets", "{% set x = 1 %}",
            "broken", "one\n{{ 1 + }}",
            "fails", "one\n{{ user.name }}");

    private static StrictTemplate parse(String source) {
        return StrictTemplate.parse(source, 1, name -> {
            if (!PARTIALS.containsKey(name)) {
                throw new IllegalArgumentException("no partial '" + name + "'");
            }
            return PARTIALS.get(name);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "{{ a }} {{ b.c }} {{ a }} ~ a b",
                "{% set x = a %}{{ x }} ~ a",
                "{{ x }}{% set x = 1 %} ~ x",
                "{% for i in items if i > low %}{{ i }}{{ loop.index }}{% endfor %}{{ i }} ~ items low i",
                "{% if a %}{% set x = 1 %}{% endif %}{{ x }} ~ a x",
                "{% if a %}{% set x = 1 %}{% elif b %}{% set x = 2 %}{% else %}{% set x = 3 %}{% endif %}{{ x }} ~ a b",
                "{% if a %}{% if b %}{% set x = 1 %}{% else %}{% set x = 2 %}{% endif %}{{ x }}{% endif %} ~ a b",
                "{% macro f(p, q=d) %}{{ p }}{{ q }}{{ g }}{% endmacro %}{{ f(a) }} ~ d g a",
                "{% for i in range(n) %}{% include 'row' %}{% endfor %} ~ n item suffix",
                "{% for item in all %}{% include 'row' %}{% endfor %} ~ all suffix",
                "{% with x = a %}{{ x }}{% endwith %}{{ namespace(y=b).y }} ~ a b"
            })
    void variables_areNamesReadWhereNothingAssignsThem(String source, String names) {
        assertThat(String.join(" ", parse(source).variables().keySet())).isEqualTo(names);
    }

    @Test
    void variables_haveTheirLines() {
        StrictTemplate template = StrictTemplate.parse("x\n{{ a }}\n{{ b }}{{ a }}", 10, name -> "");
        assertThat(template.variables()).containsExactly(Map.entry("a", 11), Map.entry("b", 12));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ user.nme }}",
                "{{ user.nme ~ 'x' }}",
                "{% if user.nme %}x{% endif %}",
                "{% if not user.nme %}x{% endif %}",
                "{{ user.nme or 'x' }}",
                "{{ 'x' if user.nme else 'y' }}",
                "{% if user.nme == 'x' %}x{% endif %}",
                "{% if user.nme in 'x' %}x{% endif %}",
                "{% for x in user.nme %}x{% endfor %}",
                "{{ user.nme | upper }}",
                "{{ user.nme | length }}",
                "{{ user.list | map(attribute='nme') | join(',') }}",
                "{{ user.nme | list }}"
            })
    void render_whatIsNotThere_isRefused(String source) {
        Map<String, Object> user = Map.of("name", "Ann", "list", List.of(Map.of("name", "x")));
        assertThatThrownBy(() -> parse(source).render(Map.of("user", user)))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("nme");
        assertThat(ChatTemplate.parse("{{ user.nme }}")
                        .render(Map.of("user", user))
                        .text())
                .as("a chat template prints nothing, as Hugging Face")
                .isEmpty();
    }

    @Test
    void render_listsAndMapsAreNoText() {
        Map<String, Object> values = Map.of("a", List.of("x", "y"));
        assertThatThrownBy(() -> parse("{{ a }}").render(values)).hasMessageContaining("a 'list' is no text");
        assertThat(parse("{{ a | join('+') }} {{ a | tojson }}").render(values)).isEqualTo("x+y [\"x\", \"y\"]");
    }

    @Test
    void render_mayAskWhatIsThere() {
        StrictTemplate template = parse(
                "{{ 'y' if user.nme is defined else 'n' }}{{ user.nme | default('d') }}{{ user.nme is undefined }}");
        assertThat(template.render(Map.of("user", Map.of()))).isEqualTo("ndTrue");
        assertThat(parse("a{{ 'b' if false }}").render(Map.of()))
                .as("an if without an else, as in Jinja")
                .isEqualTo("a");
    }

    @Test
    void include_onItsOwnLine_staysALine() {
        assertThat(parse("a\n{% include 'rules' %}\nb ({% include \"rules\" %}).")
                        .render(Map.of()))
                .isEqualTo("a\nBe kind.\nb (Be kind.).");
    }

    @Test
    void include_seesVariablesAndSetsNone() {
        assertThat(parse("{% set x = 0 %}{% include 'sets' %}{{ x }}").render(Map.of()))
                .isEqualTo("0");
        assertThat(parse("{% for item in all %}{% include 'row' %}{% endfor %}")
                        .render(Map.of("all", List.of("p", "q"), "suffix", "!")))
                .isEqualTo("- p!- q!");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "x{% include 'a' %} ~ the partial 'a' includes itself, by way of a, b",
                "{% include 'none' %} ~ template line 1: no partial 'none'",
                "{% include name %} ~ expected the name of a partial in quotes",
                "{% include 'broken' %} ~ partial 'broken', template line 2",
                "{{ x | shout }} ~ shout",
                "{{ shout(x) }} ~ unknown function 'shout'"
            })
    void parse_whatCannotBe_isRefused(String source, String message) {
        assertThatThrownBy(() -> parse(source))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining(message);
    }

    @Test
    void render_failureInAPartial_namesIt() {
        assertThatThrownBy(() -> parse("{% include 'fails' %}").render(Map.of("user", Map.of())))
                .hasMessageContaining("partial 'fails', template line 2: 'dict' has no");
    }

    @Test
    void chatTemplate_include_staysAnUnknownTag() {
        assertThatThrownBy(() -> ChatTemplate.parse("{% include 'a' %}")).hasMessageContaining("unknown tag 'include'");
    }
}
