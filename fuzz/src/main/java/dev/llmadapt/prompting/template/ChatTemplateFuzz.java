package dev.llmadapt.prompting.template;

import dev.llmadapt.fuzz.Probe;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/** The fuzz target of chat templates: parsed, and rendered with a short conversation under lower limits than usual. */
public final class ChatTemplateFuzz {
    private static final Limits LIMITS = new Limits(100_000, 50, 100, 200_000, 100_000, 10_000);
    private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    /** The probe; a step allocates less than a kilobyte, and the number of steps is limited. */
    private static final Probe PROBE = new Probe(TemplateException.class, 200_000_000, 1000);

    private static final Map<String, Object> CONTEXT = Map.of(
            "messages",
            List.of(
                    Map.of("role", "system", "content", "Be brief."),
                    Map.of("role", "user", "content", "Hi <|im_end|>"),
                    Map.of("role", "assistant", "content", "<think>x</think> ok")),
            "add_generation_prompt",
            true,
            "bos_token",
            "<s>",
            "x",
            List.of(1, 2.5, "a"));

    private ChatTemplateFuzz() {}

    /** Runs the reader on one input. */
    public static void fuzzerTestOneInput(byte[] data) {
        String source = new String(data, StandardCharsets.UTF_8);
        PROBE.run(data.length, () -> ChatTemplate.parse(source, LIMITS, CLOCK).render(CONTEXT));
    }

    static List<byte[]> seeds() {
        return List.of(
                        "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>' + '\\n' }}"
                                + "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
                        "{{ bos_token }}{%- set ns = namespace(found=false) -%}{%- for m in messages[::-1] if m.role != 'system' "
                                + "-%}{%- set ns.found = loop.first and not loop.last -%}{{ m.content.split('</think>')[-1] | trim }}"
                                + "{%- else -%}none{%- endfor -%}{{ ns.found | tojson }}",
                        "{% macro f(a, b=2) %}{{ a * b ~ (a // 2) ** 2 % 3 }}{% endmacro %}{{ f(3) }}{{ x | map('string') | join(', ')"
                                + " }}{{ range(3) | list | length }}{% if x is defined and 1 in x %}{{ '%s' | format(x[0]) }}{% endif %}",
                        "{# c #}{% raw %}{{ }}{% endraw %}{% generation %}{{ {'a': [1, none, true]} | tojson(indent=2) }}"
                                + "{% endgeneration %}{{ strftime_now('%Y') }}{{ 'a' if x else raise_exception('b') }}",
                        "{% for a, b in {'k': 1}.items() recursive %}{% if loop.index > 1 %}{% break %}{% endif %}{{ a.upper().replace"
                                + "('K', 'l') | replace('l', 'm') | upper | first }}{% endfor %}{{ x | selectattr('a', 'eq', 1) | list }}")
                .stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }
}
