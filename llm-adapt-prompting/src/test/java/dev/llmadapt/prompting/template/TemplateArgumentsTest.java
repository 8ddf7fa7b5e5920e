package dev.llmadapt.prompting.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Message;
import dev.llmadapt.Role;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arguments of real templates, and messages that are continued, against transformers; see {@code arguments.py}. */
class TemplateArgumentsTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2025-07-04T12:00:00Z"), ZoneOffset.UTC);
    private static final Map<String, Object> TOKENS =
            Map.of("bos_token", ChatTemplate.trusted("<s>"), "eos_token", ChatTemplate.trusted("</s>"));

    @Test
    @SuppressWarnings("unchecked")
    void renderChat_arguments_equalTheReference() throws IOException, NoSuchAlgorithmException {
        GoldenData golden = GoldenData.load();
        Map<String, Object> recorded;
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("arguments.json"))) {
            recorded = TestJson.parseObject(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        Map<String, Map<String, Object>> scenarios = (Map<String, Map<String, Object>>) recorded.get("scenarios");
        Map<String, String> expected = (Map<String, String>) recorded.get("expected");
        List<String> wrong = new ArrayList<>();
        int withArguments = 0;
        for (Map.Entry<String, String> each : Objects.requireNonNull(expected).entrySet()) {
            String[] name = each.getKey().split("\\|", 2);
            ChatTemplate template = ChatTemplate.parse(
                    Objects.requireNonNull(golden.templates().get(name[0])), Limits.defaults(), CLOCK);
            Map<String, Object> scenario =
                    Objects.requireNonNull(Objects.requireNonNull(scenarios).get(name[1]));
            Map<String, Object> variables = new LinkedHashMap<>(TOKENS);
            for (Map.Entry<String, Object> argument :
                    ((Map<String, Object>) Objects.requireNonNull(scenario.get("arguments"))).entrySet()) {
                if (template.variables().contains(argument.getKey())) {
                    variables.putAll(
                            template.requireArguments(Map.of(argument.getKey(), argument.getValue()), TOKENS.keySet()));
                    withArguments++;
                } else { // the reference passes it, too: the template does not look at it
                    assertThatThrownBy(() -> template.requireArguments(
                                    Map.of(argument.getKey(), argument.getValue()), TOKENS.keySet()))
                            .hasMessageContaining("does not read the argument '" + argument.getKey() + "'");
                }
            }
            boolean goesOn = Boolean.TRUE.equals(scenario.get("continue"));
            String rendered;
            try {
                rendered = sha256(template.renderChat(
                                messages((List<Map<String, String>>) scenario.get("messages")),
                                !goesOn,
                                goesOn,
                                variables)
                        .text());
            } catch (TemplateException e) {
                rendered = "refused";
            }
            if (!rendered.equals(each.getValue())) {
                wrong.add(each.getKey());
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(expected).hasSize(177);
        assertThat(withArguments).isGreaterThan(15);
    }

    private static List<Message> messages(@org.jspecify.annotations.Nullable List<Map<String, String>> values) {
        List<Message> messages = new ArrayList<>();
        for (Map<String, String> each : Objects.requireNonNull(values)) {
            Role role = Role.valueOf(Objects.requireNonNull(each.get("role")).toUpperCase(java.util.Locale.ROOT));
            messages.add(new Message(role, Objects.requireNonNull(each.get("content"))));
        }
        return messages;
    }

    private static String sha256(String text) throws NoSuchAlgorithmException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '`',
            value = {
                "{% if think %}a{% endif %}                                          @ think",
                "{% set a = 1 %}{{ a }}{{ b }}                                       @ b",
                "{% if b is not defined %}{% set b = 1 %}{% endif %}{{ b }}           @ b",
                "{% if c %}{% set a = 1 %}{% else %}{% set a = 2 %}{% endif %}{{ a }} @ c",
                "{% for m in messages %}{{ m.x }}{{ loop.index }}{% endfor %}         @ messages",
                "{% macro f(a, b=c) %}{{ a }}{{ b }}{{ d }}{{ caller() }}{% endmacro %}{{ f(1) }} @ c d",
                "{% set ns = namespace(x=false) %}{{ ns.x }}{{ strftime_now('%Y') }}{{ a }} @ a",
                "{{ 'a' ~ x[y].z(w) | default(v) }}                                   @ v w x y",
                "{% for a in b if c %}{% set d = a %}{% endfor %}{{ a }}              @ a b c",
                "plain                                                               @ ",
            })
    void variables_ofATemplate_areThoseOfItsContext(String source, @org.jspecify.annotations.Nullable String names) {
        Set<String> found = ChatTemplate.parse(source).variables();
        assertThat(found).containsExactlyInAnyOrderElementsOf(names == null ? List.of() : List.of(names.split(" ")));
    }

    @Test
    void requireArguments_whatHasNoEffect_isRefusedByName() {
        ChatTemplate template = ChatTemplate.parse("{{ messages }}{{ tools }}{{ bos_token }}{{ style }}{{ range(2) }}");
        assertThat(template.requireArguments(Map.of("style", "x"), Set.of("bos_token")))
                .containsKey("style");
        assertThatThrownBy(() -> template.requireArguments(Map.of("enable_thinking", true), Set.of("bos_token")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the model's chat template does not read the argument 'enable_thinking', so it would have no"
                                + " effect; it reads [style]");
        for (String given : List.of("messages", "tools", "bos_token", "add_generation_prompt")) {
            assertThatThrownBy(() -> template.requireArguments(Map.of(given, "x"), Set.of("bos_token")))
                    .hasMessageContaining("'" + given + "' is set by the request itself");
        }
        assertThatThrownBy(() -> template.requireArguments(Map.of("range", "x"), Set.of()))
                .hasMessageContaining("does not read the argument 'range'");
        assertThatThrownBy(() -> ChatTemplate.parse("{{ messages }}").requireArguments(Map.of("a", 1), Set.of()))
                .hasMessageEndingWith("it reads none");
    }

    @ParameterizedTest
    @CsvSource({
        "qwen3_0.6b, THINK, false",
        "qwen3-next_80b, THINK, true",
        "qwq_32b-2, THINK, true",
        "deepseek-r1_8b, THINK, false",
        "deepseek-v3.1_latest, THINK, false",
        "exaone-deep_2.4b, THOUGHT, true",
        "qwen2.5_0.5b, , false",
        "llama3.2_3b, , false"
    })
    void thinking_ofRealTemplates_isFound(
            String name, @org.jspecify.annotations.Nullable Thinking markers, boolean opened) {
        String source = Objects.requireNonNull(GoldenData.load().templates().get(name));
        Optional<Thinking> found = Thinking.of(source);
        assertThat(found).isEqualTo(Optional.ofNullable(markers));
        Rendered rendered = ChatTemplate.parse(source, Limits.defaults(), CLOCK)
                .renderChat(List.of(Message.user("Hi <think>")), true, false, TOKENS);
        assertThat(found.filter(each -> each.isOpen(rendered)).isPresent())
                .as(rendered.text())
                .isEqualTo(opened);
    }

    @Test
    void isOpen_markerInAMessage_isNotTheTemplates() {
        ChatTemplate bare = ChatTemplate.parse("{{ messages[0].content }}");
        Rendered rendered = bare.renderChat(List.of(Message.user("a <think>")), true, false, Map.of());
        assertThat(Thinking.THINK.isOpen(rendered)).isFalse();
        Rendered open = ChatTemplate.parse("{{ messages[0].content }}<think>\n")
                .renderChat(List.of(Message.user("a")), true, false, Map.of());
        assertThat(Thinking.THINK.isOpen(open)).isTrue();
    }
}
