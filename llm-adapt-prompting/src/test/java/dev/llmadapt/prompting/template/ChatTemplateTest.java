package dev.llmadapt.prompting.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Message;
import dev.llmadapt.prompting.template.Rendered.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTemplateTest {
    private static final String PLAIN = """
            {{ bos_token }}{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<|end|>
            {% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}""";
    private static final Map<String, Object> BOS = Map.of("bos_token", ChatTemplate.trusted("<s>"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '`',
            value = {
                "\\n{% nope %}                  @ 2 @ unknown tag 'nope'",
                "{% if a %}\\n{% endfor %}      @ 2 @ unknown tag 'endfor'",
                "{% if a %}\\n\\n                @ 2 @ expected [elif, else, endif]",
                "{# a                          @ 1 @ comment without an end",
                "{{ 'a }}                      @ 1 @ string without an end",
                "\\n{{ 1 ? 2 }}                 @ 2 @ unexpected character '?'",
                "{% include 'x' %}             @ 1 @ unknown tag 'include'",
                "{{ 99999999999999999999 }}    @ 1 @ not an integer of at most 64 bits",
            })
    void parse_whatIsMalformed_isAnErrorWithItsLine(String template, int line, String message) {
        assertThatThrownBy(() -> ChatTemplate.parse(template.replace("\\n", "\n")))
                .isInstanceOfSatisfying(
                        TemplateException.class, e -> assertThat(e.line()).isEqualTo(line))
                .hasMessageStartingWith("template line " + line + ": ")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '`',
            value = {
                "a\\n{{ x | nope }}             @ 2 @ unknown filter 'nope', known are abs, capitalize",
                "a\\n\\n{% if x is nope %}{% endif %} @ 3 @ unknown test 'nope', known are",
                "{{ x.nope() }}                @ 1 @ unknown method 'nope'",
                "\\n{{ nope(1) }}               @ 2 @ unknown function 'nope', known are",
                "{{ x | trim(1, 2) }}          @ 1 @ filter 'trim' takes at most 1 arguments, got 2",
                "{{ x | trim(c='a') }}         @ 1 @ filter 'trim' has no parameter 'c', it has [chars]",
                "{{ x | replace('a') }}        @ 1 @ filter 'replace' needs the argument 'new'",
                "{{ x | replace('a', old='b') }} @ 1 @ got two values for 'old'",
                "{{ x.strip(1, 2) }}           @ 1 @ method 'str.strip' takes at most 1 arguments, got 2",
                "{{ x | map('nope') }}         @ 1 @ unknown filter 'nope'",
                "{{ x | select('nope') }}      @ 1 @ unknown test 'nope'",
                "{{ x | map(y) }}              @ 1 @ must name what it applies by a constant",
                "{{ range(1, 2, 3, 4) }}       @ 1 @ function 'range' takes at most 3 arguments, got 4",
                "{{ x\\n.__class__ }}           @ 2 @ '__class__'",
                "{{ range(*[1, 2]) }}          @ 1 @ '*' is supported in calls of macros",
                "{{ f(**x) }}                  @ 1 @ unpacking arguments with '**' is not supported",
                "{{ [1].append(2) }}           @ 1 @ unknown method 'append'",
            })
    void render_whatIsNotKnown_isAnErrorOnceReached(String source, int line, String message) {
        ChatTemplate template = ChatTemplate.parse(source.replace("\\n", "\n"));
        assertThat(template.unsupported())
                .anyMatch(refused -> refused.startsWith("line " + line + ": ") && refused.contains(message));
        Map<String, Object> context = Map.of("x", List.of("a"), "a", 1L);
        assertThatThrownBy(() -> template.render(context))
                .isInstanceOfSatisfying(
                        TemplateException.class, e -> assertThat(e.line()).isEqualTo(line))
                .hasMessageStartingWith("template line " + line + ": ")
                .hasMessageContaining(message);
        String guarded = "{% if tools %}" + source.replace("\\n", "\n") + "{% endif %}ok";
        assertThat(ChatTemplate.parse(guarded).render(context).text()).isEqualTo("ok");
    }

    @Test
    void render_functionThatIsNotKnown_isAnErrorOnceReached() {
        ChatTemplate template =
                ChatTemplate.parse("a{% if tools %}\n{{ from_json(tools) }}{{ tools | nope }}{% endif %}");
        assertThat(template.render(Map.of()).text()).isEqualTo("a");
        assertThat(template.unsupported()).hasSize(2).allMatch(refused -> refused.startsWith("line 2: unknown f"));
        assertThatThrownBy(() -> template.render(Map.of("tools", "[]")))
                .isInstanceOf(TemplateException.class)
                .hasMessageStartingWith("template line 2: unknown function 'from_json', known are");
    }

    @Test
    void render_error_hasItsLine() {
        ChatTemplate template = ChatTemplate.parse("a\n{% if true %}\n{{ x.y.z }}{% endif %}");
        assertThatThrownBy(() -> template.render(Map.of("x", Map.of())))
                .isInstanceOf(TemplateException.class)
                .hasMessage("template line 3: 'dict' has no 'y'");
    }

    @Test
    void render_refusalOfTheTemplate_isItsMessage() {
        ChatTemplate template = ChatTemplate.parse("{{ raise_exception('roles ' ~ x) }}");
        assertThatThrownBy(() -> template.render(Map.of("x", "must alternate")))
                .isInstanceOf(TemplateException.class)
                .hasMessage("template line 1: the template refuses its input: roles must alternate");
    }

    @Test
    void render_contentThatLooksLikeATemplate_isText() {
        String content = "{{ 7 * 7 }}{% raise %}{# #}";
        assertThat(ChatTemplate.parse("{{ x }}").render(Map.of("x", content)).text())
                .isEqualTo(content);
    }

    @Test
    void render_contextValues_areTakenAsPythonValues() {
        Map<String, Object> context = new HashMap<>();
        context.put("v", java.util.Arrays.asList(1, 2L, 1.5, true, null, "s", List.of(), Map.of("k", 1)));
        assertThat(ChatTemplate.parse("{{ v }}").render(context).text())
                .isEqualTo("[1, 2, 1.5, True, None, 's', [], {'k': 1}]");
    }

    @Test
    void render_otherContextValues_areRefused() {
        ChatTemplate template = ChatTemplate.parse("");
        assertThatThrownBy(() -> template.render(Map.of("v", List.of(new Object()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the context's 'v' holds a java.lang.Object, expected");
        assertThatThrownBy(() -> template.render(Map.of("v", Map.of(1, 2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be a String");
    }

    @Test
    void render_fromManyThreads_isTheSame() {
        ChatTemplate template = ChatTemplate.parse(PLAIN);
        List<Message> messages = List.of(Message.user("hi"), Message.assistant("ho"));
        Rendered expected = template.renderChat(messages, true, false, BOS);
        assertThat(IntStream.range(0, 1_000)
                        .parallel()
                        .mapToObj(i -> template.renderChat(messages, true, false, BOS))
                        .distinct())
                .containsExactly(expected);
    }

    @Test
    void renderChat_conversation_marksContentsAlone() {
        Rendered rendered = ChatTemplate.parse(PLAIN)
                .renderChat(List.of(Message.system("Be brief."), Message.user("<|end|>")), true, false, BOS);
        assertThat(rendered.text()).isEqualTo("<s><|system|>Be brief.<|end|>\n<|user|><|end|><|end|>\n<|assistant|>");
        assertThat(rendered.dataSpans())
                .as("roles become special tokens, so they are trusted")
                .containsExactly(new Span(13, 22), new Span(38, 45));
        assertThat(rendered.generationSpans()).isEmpty();
    }

    @Test
    void renderChat_reasoning_isDataThatTheTemplateMayShow() {
        ChatTemplate template = ChatTemplate.parse(
                "{% for m in messages %}{% if m.reasoning_content is defined %}<think>{{ m.reasoning_content }}</think>"
                        + "{% endif %}{{ m.content }};{% endfor %}");
        Rendered rendered = template.renderChat(
                List.of(
                        Message.assistant("a").withReasoning("x</think>"),
                        Message.assistant("b"),
                        Message.assistant("c").withReasoning("y")),
                false,
                true,
                Map.of());
        assertThat(rendered.text()).isEqualTo("<think>x</think></think>a;b;<think>y</think>c");
        assertThat(rendered.dataSpans().stream()
                        .map(span -> rendered.text().substring(span.start(), span.end()))
                        .toList())
                .containsExactly("x</think>", "a", "b", "y", "c");
    }

    @Test
    void renderChat_variables_reachTheTemplate() {
        ChatTemplate template =
                ChatTemplate.parse("{{ enable_thinking }}{{ tools[0].name }}{{ add_generation_prompt }}");
        assertThat(template.renderChat(
                                List.of(Message.user("x")),
                                false,
                                false,
                                Map.of("enable_thinking", false, "tools", List.of(Map.of("name", "t"))))
                        .text())
                .isEqualTo("FalsetFalse");
    }

    @Test
    void renderChat_badArguments_areRefused() {
        ChatTemplate template = ChatTemplate.parse(PLAIN);
        List<Message> one = List.of(Message.user("x"));
        assertThatThrownBy(() -> template.renderChat(List.of(), true, false, BOS))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> template.renderChat(one, true, true, BOS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("exclude each other");
        assertThatThrownBy(() -> template.renderChat(one, true, false, Map.of("messages", List.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'messages'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '`',
            value = {
                "{{ c }}<e>         @ `so far`   @ so far",
                "{{ c }}<e>         @ `so far `  @ `so far `",
                "{{ c | trim }}<e>  @ ` so far ` @ so far",
                "{{ c.rstrip() }}<e> @ ` so far ` @ ` so far`",
                "{{ c }}<e>         @ ``         @ ``",
                "{{ c | trim }}<e>  @ ``         @ ``",
                "{{ c | trim }}<e>  @ ` `        @ ``",
                "{{ c }}<e>         @ ` `        @ ` `",
                "{% if c %}{{ c }}<e>{% endif %} @ `` @ ``",
                "{{ c }}<e>         @ `a`        @ a",
                "{% generation %}{{ c }}<e>{% endgeneration %} @ so far @ so far",
            })
    void renderChat_toBeContinued_endsAfterTheContent(String printed, String content, String kept) {
        ChatTemplate template = ChatTemplate.parse(
                "{% for m in messages %}{% set c = m.content %}<{{ m.role }}>" + printed + "{% endfor %}");
        Rendered rendered =
                template.renderChat(List.of(Message.user("so far a"), Message.assistant(content)), false, true, BOS);
        assertThat(rendered.text()).isEqualTo("<user>so far a<e><assistant>" + kept);
        int start = "<user>so far a<e><assistant>".length();
        List<Span> spans = new ArrayList<>(List.of(new Span(6, 14)));
        if (!kept.isEmpty()) {
            spans.add(new Span(start, start + kept.length()));
        }
        assertThat(rendered.dataSpans()).isEqualTo(spans);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ c.split(' ')[0] }}",
                "{{ c | upper }}x",
                "{{ c | tojson }}",
                "{{ c ~ c }}",
                "none of it",
                "{{ c | replace('f', 'g') }}"
            })
    void renderChat_toBeContinuedButChanged_isAnError(String printed) {
        ChatTemplate template =
                ChatTemplate.parse("{% for m in messages %}{% set c = m.content %}" + printed + "{% endfor %}");
        assertThatThrownBy(() -> template.renderChat(List.of(Message.assistant("so far\nand")), false, true, BOS))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("cannot be continued");
    }

    @Test
    void renderChat_toBeContinued_cutsGenerationSpans() {
        ChatTemplate template = ChatTemplate.parse(
                "{% for m in messages %}a{% generation %}{{ m.content }}</s>{% endgeneration %}{% endfor %}");
        Rendered rendered = template.renderChat(List.of(Message.assistant("bc")), false, true, BOS);
        assertThat(rendered).isEqualTo(new Rendered("abc", List.of(new Span(1, 3)), List.of(new Span(1, 3))));
    }
}
