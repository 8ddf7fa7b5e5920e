package dev.llmadapt.prompting.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The law that hostile templates neither hang, nor overflow a small stack, nor exhaust the memory. */
class LimitsTest {
    private static final int SMALL_STACK = 512 * 1024;

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '`',
            value = {
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}                                            @ depth",
                "{% macro m() %}{{ caller() }}{% endmacro %}{% macro n() %}{% call m() %}{{ n() }}{% endcall %}{% endmacro %}{{ n() }} @ depth",
                "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}                                    @ depth",
                "{% set ns = namespace(a=[]) %}{% for i in range(9999) %}{% set ns.a = [ns.a] %}{% endfor %}{{ ns.a }} @ depth",
                "{% set ns = namespace(a=[]) %}{% for i in range(9999) %}{% set ns.a = [ns.a] %}{% endfor %}{{ ns.a | tojson }} @ depth",
                "{% set ns = namespace(a=[], b=[]) %}{% for i in range(9999) %}{% set ns.a = [ns.a] %}{% set ns.b = [ns.b] %}{% endfor %}{{ ns.a == ns.b }} @ depth",
                "{% set ns = namespace(a=[], b=[]) %}{% for i in range(9999) %}{% set ns.a = [ns.a] %}{% set ns.b = [ns.b] %}{% endfor %}{{ ns.a < ns.b }} @ depth",
                "{% set ns = namespace(a=[1, 2]) %}{% for i in range(60) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ ns.a }} @ characters|steps",
                "{% set ns = namespace(a=[1], b=[1]) %}{% for i in range(60) %}{% set ns.a = [ns.a, ns.a] %}{% set ns.b = [ns.b, ns.b] %}{% endfor %}{{ ns.a == ns.b }} @ steps",
                "{{ range(10 ** 12) }}                                                                      @ rangeSize",
                "{{ range(-9223372036854775807, 9223372036854775807) }}                                     @ rangeSize",
                "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}           @ steps",
                "{{ 'a' * 10 ** 9 }}                                                                        @ characters",
                "{{ ('a' * 1000) * 10 ** 6 }}                                                               @ characters",
                "{{ [0] * 10 ** 9 }}                                                                        @ steps",
                "{{ [0] * 9223372036854775807 }}                                                            @ steps",
                "{% set ns = namespace(s='ab') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %} @ characters",
                "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %} @ steps",
                "{% set s = 'a' * 4000000 %}{% for i in range(99999) %}{{ s }}{% endfor %}                  @ characters",
                "{% set s = 'a' * 4000000 %}{% for i in range(99999) %}{% set t = s | upper %}{% endfor %}  @ steps",
                "{% set s = ' ' * 4000000 %}{% for i in range(99999) %}{% set t = s.strip() %}{% endfor %}  @ steps",
                "{% set s = 'a' * 4000000 %}{% for i in range(99999) %}{% set t = 'b' in s %}{% endfor %}   @ steps",
                "{% set s = 'a' * 2000000 %}{% set t = 'a' * 999999 ~ 'b' %}{% for i in range(99999) %}{% set u = t in s %}{% endfor %} @ steps",
                "{% set s = 'a' * 400000 %}{% for i in range(99999) %}{% set u = s.split('aaaaaaaaaaaaaaaaaaaaaaaa') %}{% endfor %} @ steps",
                "{% set s = 'a' * 4000000 %}{{ s.replace('', s) }}                                          @ characters",
                "{{ 'a\\nb' | indent(10 ** 9) }}                                                             @ characters",
                "{{ [1] | tojson(indent=10 ** 9) }}                                                         @ characters",
                "{% set s = ('%A' * 400000) %}{{ strftime_now(s) }}                                         @ steps",
                "{% set s = 'a' * 1000000 %}{% for i in range(99999) %}{% set t = s | length %}{% endfor %} @ steps",
                "{% set s = ('a.' * 1000000) %}{% for i in range(99999) %}{% set t = [{}] | map(attribute=s, default=1) | list %}{% endfor %} @ steps",
                "{% set s = 'b' * 400000 %}{% for i in range(99999) %}{% set t = {s: 1}[s ~ ''] %}{% endfor %} @ steps",
                "{% set s = 'ba' * 200000 %}{% for i in range(99999) %}{% set t = s | list | sort %}{% endfor %} @ steps",
            })
    void render_hostileTemplate_namesTheLimit(String template, String limits) throws Exception {
        @Nullable
        Throwable thrown = runOnSmallStack(
                () -> ChatTemplate.parse(template.replace("\\n", "\n")).render(Map.of()));
        assertThat(thrown).isInstanceOf(TemplateException.class);
        String message = Objects.requireNonNull(thrown).toString();
        assertThat(List.of(limits.split("\\|")))
                .as(message)
                .anyMatch(limit -> message.contains("the limit '" + limit + "' of "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '`',
            value = {
                "{{ | ( | 1 | ) | }}                  @ nesting",
                "{{ | [ | 1 | ] | }}                  @ nesting",
                "{{ | {'a': | 1 | } | }}              @ nesting",
                "{{ | not  | 1 | | }}                 @ nesting",
                "{{ | - | 1 | | }}                    @ nesting",
                "{{ | 1 if 1 else  | 1 | | }}         @ nesting",
                "{{ | m( | 1 | ) | }}                 @ nesting",
                "{{ | 1\\|default( | 1 | ) | }}       @ nesting",
                "{{ | 1 is in  [ | 1 | ] | }}         @ nesting",
                "{{ | a[ | 1 | ] | }}                 @ nesting",
                "{% | set  |  x = 1 | | %}            @ -",
                " | {% if 1 %} | x | {% endif %} |    @ nesting",
                " | {% for x in [1] %} | x | {% endfor %} | @ nesting",
                " | {% macro m() %} | x | {% endmacro %} | @ nesting",
                "{% set | ( | a | ) |  = 1 %}         @ nesting",
                "{{ | | 1 | + 1 | }}                  @ depth",
                "{{ | | 1 | ~ 1 | }}                  @ -",
                "{{ | | 1 | \\|string | }}            @ depth",
                "{{ | | 1 | .a | }}                   @ depth",
                "{{ | | 1 |  or 0 | }}                @ -",
                "{{ | | 1 |  if 1 | }}                @ depth",
                "{{ | | 1 |  < 2 | }}                 @ -",
                "{{ | | 1 | ** 1 | }}                 @ depth",
            })
    void parse_deepSource_namesTheLimitOrRenders(String form, String limit) throws Exception {
        String[] parts = form.replace("\\|", "\u0000").split("\\|", -1);
        int times = 20_000;
        String source = (parts[0].strip() + " " + parts[1].repeat(times) + parts[2] + parts[3].repeat(times) + " "
                        + parts[4].strip())
                .replace('\u0000', '|');
        @Nullable
        Throwable thrown = runOnSmallStack(() -> ChatTemplate.parse(source).render(Map.of()));
        if (limit.equals("nesting") || limit.equals("depth")) {
            assertThat(thrown)
                    .isInstanceOf(TemplateException.class)
                    .hasMessageContaining("the limit '" + limit + "' of ");
        } else {
            assertThat(thrown == null || thrown instanceof TemplateException)
                    .as("%s", thrown)
                    .isTrue();
        }
    }

    @Test
    void render_deepContext_namesTheLimit() throws Exception {
        List<Object> deep = List.of();
        for (int i = 0; i < 100_000; i++) {
            deep = List.of(deep);
        }
        Map<String, Object> context = Map.of("deep", deep);
        @Nullable
        Throwable thrown = runOnSmallStack(() -> ChatTemplate.parse("x").render(context));
        assertThat(thrown).isInstanceOf(TemplateException.class).hasMessageContaining("'depth'");
    }

    @Test
    void render_contextThatHoldsItself_namesTheLimit() {
        List<Object> circle = new ArrayList<>();
        circle.add(circle);
        assertThatThrownBy(() -> ChatTemplate.parse("x").render(Map.of("circle", circle)))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("'depth'");
    }

    @Test
    void parse_longSource_namesTheLimit() {
        Limits limits = Limits.defaults().withSourceCharacters(10);
        assertThatThrownBy(() -> ChatTemplate.parse("12345678901", limits, Clock.systemUTC()))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("'sourceCharacters' of 10");
        assertThatCode(() -> ChatTemplate.parse("1234567890", limits, Clock.systemUTC()))
                .doesNotThrowAnyException();
    }

    @Test
    void parse_manyTags_takesLinearTime() {
        String source = "{% if x %}" + "{{ x }}{# c #} {%- set y = 1 %}".repeat(30_000) + "{% endif %}";
        assertThat(ChatTemplate.parse(source).render(Map.of()).text()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"4, 4", "5, 5"})
    void characters_atTheLimit_render(int limit, int size) {
        Limits limits = Limits.defaults().withCharacters(limit);
        ChatTemplate template = ChatTemplate.parse("{{ 'a' * n }}", limits, Clock.systemUTC());
        assertThat(template.render(Map.of("n", size)).text()).hasSize(size);
        assertThatThrownBy(() -> template.render(Map.of("n", size + 1)))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("'characters' of " + limit);
    }

    @Test
    void defaults_longConversation_renders() {
        List<Map<String, Object>> messages = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            messages.add(Map.of("role", "user", "content", "word ".repeat(200)));
        }
        ChatTemplate template = ChatTemplate.parse("""
                {% for m in messages %}<|{{ m.role }}|>{{ m.content | trim + '\\n' }}{% endfor %}""");
        assertThat(template.render(Map.of("messages", messages)).text()).hasSize(2_000 * (8 + 999 + 1));
    }

    @Test
    void limits_belowOne_areRefused() {
        assertThatThrownBy(() -> Limits.defaults().withSteps(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("steps must be at least 1, steps: 0");
    }

    private static @Nullable Throwable runOnSmallStack(Runnable work) throws InterruptedException {
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        work.run();
                    } catch (Throwable e) {
                        thrown.set(e);
                    }
                },
                "small stack",
                SMALL_STACK);
        thread.start();
        thread.join();
        return thrown.get();
    }
}
