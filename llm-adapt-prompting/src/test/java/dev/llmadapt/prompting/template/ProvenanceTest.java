package dev.llmadapt.prompting.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.prompting.template.Rendered.Span;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The origin of rendered text. */
class ProvenanceTest {
    private static final int RANDOM_TEMPLATES = 20_000;

    /** The data of the context is digits, so that the expected column can mark it as [data]. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '`',
            value = {
                "a{{ x }}b                              @ a[12 34]b",
                "{{ x }}{{ x }}                         @ [12 3412 34]",
                "{{ 'a' + x + 'b' }}                    @ a[12 34]b",
                "{{ 'a' ~ x ~ 1 ~ none }}               @ a[12 34]1None",
                "{{ ('ab' ~ x)[1:4] }}                  @ b[12]",
                "{{ ('a' ~ x)[::-1] }}                  @ [43 21]a",
                "{{ ('  a' ~ x ~ 'b ').strip() }}       @ a[12 34]b",
                "{{ (x ~ '|' ~ x).split('|')[1] ~ 'c' }} @ [12 34]c",
                "{{ x.split() | join('-') }}            @ [12]-[34]",
                "{{ ('a' ~ x).replace(' ', 'b') }}      @ a[12]b[34]",
                "{{ 'aba'.replace('b', x) }}            @ a[12 34]a",
                "{{ ('a' ~ x) | upper }}                @ A[12 34]",
                "{{ ('a' ~ x) | title }}                @ A[12 34]",
                "{{ [x, 'a'] }}                         @ ['[12 34]', 'a']",
                "{{ {'a': x} | tojson }}                @ {\"a\": \"[12 34]\"}",
                "{{ d | tojson }}                       @ {\"[5]\": [\"[6]\", 7]}",
                "{{ d }}                                @ {'[5]': ['[6]', 7]}",
                "{{ d | tojson(indent=1) | length }}    @ 25",
                "{% for k in d %}{{ k }}a{% endfor %}   @ [5]a",
                "{% for k, v in d | items %}{{ k }}{{ v[0] }}a{% endfor %} @ [56]a",
                "{% for c in 'a' ~ x %}.{{ c }}{% endfor %} @ .a.[1].[2].[ ].[3].[4]",
                "{{ x * 2 ~ 'a' * 2 }}                  @ [12 3412 34]aa",
                "{{ x | length }}                       @ 5",
                "{{ t ~ x }}                            @ <s>[12 34]",
                "{{ 'a' if x == '12 34' else 'b' }}     @ a",
                "{{ {'12 34': 'a'}[x] }}                @ a",
                "{% set y %}a{{ x }}{% endset %}{{ y ~ 'b' }} @ a[12 34]b",
                "{% macro m(a) %}({{ a }}){% endmacro %}{{ m(x) }} @ ([12 34])",
                "{% filter upper %}a{{ x }}{% endfilter %} @ A[12 34]",
                "{% set ns = namespace(y=x) %}a{{ ns.y }} @ a[12 34]",
                "{{ ('a\\n' ~ x) | indent(2) }}          @ a\\n  [12 34]",
                "{{ x.partition(' ') | join }}          @ [12] [34]",
                "{{ ['b', x] | sort | join }}           @ [12 34]b",
                "{{ [x] | map('replace', ' ', '-') | first }} @ [12]-[34]",
                "{{ x | default('a') }}{{ zz | default('a') }} @ [12 34]a",
                "{{ x | trim('1') }}                    @ [2 34]",
                "{{ x | int(8) }}{{ x[0] | int }}       @ 81",
            })
    void dataSpans_ofConstruct_markDataOnly(String template, String expected) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("5", List.of("6", 7));
        Rendered rendered = ChatTemplate.parse(template.replace("\\n", "\n"))
                .render(Map.of("x", "12 34", "d", data, "t", ChatTemplate.trusted("<s>")));
        assertThat(marked(rendered, rendered.dataSpans())).isEqualTo(unmarked(expected.replace("\\n", "\n"), rendered));
    }

    /**
     * The expected text without marks; lists print brackets of their own, so another character stands for the marks.
     */
    private static String unmarked(String expected, Rendered rendered) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        for (int i = 0; i < expected.length(); i++) {
            char c = expected.charAt(i);
            if (at < rendered.text().length() && rendered.text().charAt(at) == c) {
                at++;
                out.append(c);
            } else {
                out.append(c == '[' ? '\u00ab' : c == ']' ? '\u00bb' : c);
            }
        }
        return out.toString();
    }

    private static String marked(Rendered rendered, List<Span> spans) {
        StringBuilder out = new StringBuilder(rendered.text());
        for (int i = spans.size() - 1; i >= 0; i--) {
            out.insert(spans.get(i).end(), '\u00bb').insert(spans.get(i).start(), '\u00ab');
        }
        return out.toString();
    }

    @Test
    void dataSpans_ofRandomTemplates_coverAllDataAndNoLiteral() {
        int withData = 0;
        int withBoth = 0;
        for (int seed = 0; seed < RANDOM_TEMPLATES; seed++) {
            RandomTemplate random = new RandomTemplate(seed);
            String source = random.source();
            Rendered rendered;
            try {
                rendered = ChatTemplate.parse(source).render(random.context());
            } catch (TemplateException e) {
                continue;
            }
            boolean[] isData = new boolean[rendered.text().length()];
            rendered.dataSpans().forEach(span -> java.util.Arrays.fill(isData, span.start(), span.end(), true));
            int data = 0;
            for (int i = 0; i < isData.length; i++) {
                char c = rendered.text().charAt(i);
                boolean fromData = RandomTemplate.DATA_LETTERS.indexOf(c) >= 0;
                boolean fromTemplate = c >= 'a' && c <= 'z';
                data += fromData ? 1 : 0;
                if (fromData || (fromTemplate && random.exact())) {
                    assertThat(isData[i])
                            .as("seed %d, character %d '%s' of\n%s\nrendered by\n%s", seed, i, c, rendered, source)
                            .isEqualTo(fromData);
                }
            }
            withData += data > 0 ? 1 : 0;
            withBoth += data > 0 && data < isData.length ? 1 : 0;
        }
        assertThat(withData).isGreaterThan(RANDOM_TEMPLATES / 4);
        assertThat(withBoth).isGreaterThan(RANDOM_TEMPLATES / 8);
    }

    @Test
    void dataSpans_ofLettersThatChangeLength_markAllRatherThanTooLittle() {
        Rendered rendered = ChatTemplate.parse("{{ ('a' ~ x ~ 'b') | upper }}c").render(Map.of("x", "\u00df"));
        assertThat(rendered.text()).isEqualTo("ASSBc");
        assertThat(rendered.dataSpans()).containsExactly(new Span(0, 4));
    }

    @Test
    void dataSpans_ofEscapesInJson_coverTheEscape() {
        Rendered rendered = ChatTemplate.parse("{{ x | tojson }}{{ [x] }}").render(Map.of("x", "\n\""));
        assertThat(rendered.text()).isEqualTo("\"\\n\\\"\"['\\n\"']");
        assertThat(rendered.dataSpans()).containsExactly(new Span(1, 5), new Span(8, 11));
    }

    @Test
    void generationSpans_ofBlocks_coverTheirText() {
        Rendered rendered = ChatTemplate.parse("""
                {% for m in ms %}<{% generation %}{{ m }}!{% endgeneration %}>{% endfor %}""").render(Map.of("ms", List.of("one", "two")));
        assertThat(rendered.text()).isEqualTo("<one!><two!>");
        assertThat(rendered.generationSpans()).containsExactly(new Span(1, 5), new Span(7, 11));
        assertThat(rendered.dataSpans()).containsExactly(new Span(1, 4), new Span(7, 10));
    }

    @Test
    void generationSpans_throughMacrosAndVariables_stayWithTheText() {
        Rendered rendered = ChatTemplate.parse("""
                {% macro say(m) %}<{% generation %}{{ m }}{% endgeneration %}>{% endmacro %}
                {% set said %}ab{{ say(x) }}{% endset %}{{ said[2:] ~ '.' }}""").render(Map.of("x", "one"));
        assertThat(rendered.text()).isEqualTo("<one>.");
        assertThat(rendered.generationSpans()).containsExactly(new Span(1, 4));
    }

    @Test
    void generationSpans_ofEmptyBlock_areNone() {
        Rendered rendered =
                ChatTemplate.parse("a{% generation %}{% endgeneration %}b").render(Map.of());
        assertThat(rendered).isEqualTo(new Rendered("ab", List.of(), List.of()));
    }

    @Test
    void generationSpans_thatCannotBeTold_areAnError() {
        ChatTemplate template =
                ChatTemplate.parse("{% filter upper %}a{% generation %}{{ x }}{% endgeneration %}{% endfilter %}");
        assertThat(template.render(Map.of("x", "b")).generationSpans()).containsExactly(new Span(1, 2));
        assertThatThrownBy(() -> template.render(Map.of("x", "\u00df")))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("the model's");
    }

    /** A random template whose literals are lower-case letters and whose data is in letters without case. */
    private static final class RandomTemplate {
        static final String DATA_LETTERS = "\u4e00\u4e8c\u4e09\u56db\u4e94";
        private static final String[] EXACT = {
            "%s ~ %s",
            "%s + %s",
            "(%s)[1:]",
            "(%s)[:-1]",
            "(%s)[::-1]",
            "(%s)[::2]",
            "(%s).strip()",
            "(%s).strip('ab\u4e00')",
            "(%s).split('b') | join('x')",
            "(%s).split() | last",
            "(%s).replace('a', %s)",
            "(%s).replace('\u4e8c', %s)",
            "(%s).split(%s) | join(' ')",
            "(%s) | trim",
            "(%s) | tojson",
            "[%s, %s] | string",
            "[%s, %s] | join(%s)",
            "[%s, %s] | tojson(indent=2)",
            "(%s) * 2",
            "(%s) | list | join('-')",
            "(%s).partition(%s) | string",
            "(%s) | indent(2, true)",
            "[%s, %s] | sort | first",
            "(%s) | reverse",
            "{'k': %s} | string",
            "(%s).splitlines() | join",
            "[%s] | map('trim') | join",
            "(%s) if (%s) else %s",
            "d[%s] | default(%s)",
            "(%s).rsplit('c', 1)[0]",
            "(%s)[0] ~ (%s)[-1]",
            "(%s) | string | first ~ %s",
            "m(%s) ~ m(x=%s)",
            "[%s, %s] | unique | list | string",
            "(%s).removeprefix(%s)",
            "(%s) | replace('c', '')"
        };
        private static final String[] ROUGH = {
            "(%s) | upper", "(%s).title()", "(%s) | capitalize", "(%s).lower()", "strftime_now(%s)"
        };

        private final Random random;
        private boolean exact = true;

        RandomTemplate(long seed) {
            random = new Random(seed);
        }

        boolean exact() {
            return exact;
        }

        Map<String, Object> context() {
            Map<String, Object> data = new LinkedHashMap<>();
            data.put(word(), word());
            data.put(word(), List.of(word()));
            return Map.of("p", word(), "q", word() + " " + word(), "r", " " + word() + "\"'", "d", data);
        }

        private String word() {
            StringBuilder word = new StringBuilder();
            for (int i = random.nextInt(4); i >= 0; i--) {
                word.append(DATA_LETTERS.charAt(random.nextInt(DATA_LETTERS.length())));
            }
            return word.toString();
        }

        String source() {
            StringBuilder source = new StringBuilder("{% macro m(x) %}<{{ x }}>{% endmacro %}");
            for (int i = random.nextInt(3); i >= 0; i--) {
                String value = expression(3);
                source.append(
                        switch (random.nextInt(6)) {
                            case 0 -> "{% set p = " + value + " %}c";
                            case 1 -> "{% set v %}b{{ " + value + " }}{% endset %}{{ v }}";
                            case 2 -> "{% for c in (" + value + ") %}a{{ c }}{% endfor %}";
                            case 3 -> "{% for k, v in d | items %}{{ k ~ v }}{{ " + value + " }}{% endfor %}";
                            case 4 -> "{% generation %}{{ d }}{{ " + value + " }}{% endgeneration %}";
                            default -> " {{ " + value + " }} ";
                        });
            }
            return source + "{{ p }}";
        }

        private String expression(int depth) {
            if (depth == 0 || random.nextInt(4) == 0) {
                String[] leaves = {"p", "q", "r", "p", "q", "'abc'", "' b '", "'c'", "'ba\\n'"};
                return leaves[random.nextInt(leaves.length)];
            }
            boolean rough = random.nextInt(12) == 0;
            exact &= !rough;
            String form = rough ? ROUGH[random.nextInt(ROUGH.length)] : EXACT[random.nextInt(EXACT.length)];
            while (form.contains("%s")) {
                form = form.replaceFirst("%s", java.util.regex.Matcher.quoteReplacement(expression(depth - 1)));
            }
            return "(" + form + ")";
        }
    }
}
