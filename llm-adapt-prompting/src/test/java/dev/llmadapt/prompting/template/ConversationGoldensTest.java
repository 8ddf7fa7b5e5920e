package dev.llmadapt.prompting.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmadapt.JsonSchema;
import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.prompting.tool.ToolFormat;
import dev.llmadapt.prompting.tool.ToolTemplate;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Conversations with tools and thoughts, laid out as a model is asked, against transformers; see
 * {@code conversations.py}. Templates that are not in the shared folder are those of packages, in the folder that
 * {@code public_templates.py} made: {@code -Dtemplates=FOLDER}.
 */
class ConversationGoldensTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2025-07-04T12:00:00Z"), ZoneOffset.UTC);
    private static final Map<String, Object> TOKENS =
            Map.of("bos_token", ChatTemplate.trusted("<s>"), "eos_token", ChatTemplate.trusted("</s>"));

    private final Map<String, Object> recorded = recorded();

    private static Map<String, Object> recorded() {
        try (InputStream in = ConversationGoldensTest.class.getResourceAsStream("conversations.json")) {
            return TestJson.parseObject(new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String source(String name) {
        Map<String, String> all = new LinkedHashMap<>(GoldenData.load().templates());
        String packages = System.getProperty("templates");
        if (packages != null) {
            GoldenData.read(Path.of(packages))
                    .templates()
                    .forEach((key, text) -> all.put(key.substring(key.indexOf("--") + 2), text));
        }
        assumeTrue(all.containsKey(name), "needs -Dtemplates=FOLDER with " + name + ", see public_templates.py");
        return Objects.requireNonNull(all.get(name));
    }

    @ParameterizedTest
    @CsvSource({
        "mistralai-Mistral-Nemo-Instruct-2407, MISTRAL",
        "Mistral-Small-3.2-24B-Instruct-2506, MISTRAL_ARGS",
        "unsloth-mistral-Devstral-Small-2507, MISTRAL_ARGS",
        "mistralai-Ministral-3-14B-Reasoning-2512, MISTRAL_ARGS",
        "smollm3, HERMES",
        "granite3.3_2b, GRANITE",
        "ibm-granite-granite-3.3-2B-Instruct, GRANITE",
        "granite4_350m, HERMES",
        "ibm-granite-granite-4.1, HERMES",
        "llama3.1_8b, LLAMA",
        "llama3.2_3b, LLAMA",
        "meta-llama-Llama-3.3-70B-Instruct, LLAMA",
        "qwen2.5_0.5b, HERMES",
        "qwen3_0.6b, HERMES",
        "qwen3-next_80b, HERMES",
        "NousResearch-Hermes-3-Llama-3.1-8B-tool_use, HERMES",
        "qwen3_training, HERMES",
        "Qwen-QwQ-32B, HERMES",
        "Bielik-11B-v3.0-Instruct, HERMES",
        "nemotron_3_nano, ",
        "openbmb-MiniCPM5-1B, ",
        "qwen3_5_think, ",
        "GLM-4.6, ",
        "MiniMax-M2, "
    })
    void render_toolsAndThoughts_equalTheReference(String name, @Nullable ToolFormat format) {
        String source = source(name);
        ChatTemplate parsed = ChatTemplate.parse(source, Limits.defaults(), CLOCK);
        // forms that are not read can be shown: the calls are the template's
        ToolTemplate template = new ToolTemplate(
                parsed, source, TOKENS, format == null ? Optional.of(ToolFormat.HERMES) : Optional.empty());
        if (format != null) {
            assertThat(template.format()).isEqualTo(format);
        }
        Map<String, Object> expected = map(map(recorded, "expected"), name);
        List<String> wrong = new ArrayList<>();
        map(recorded, "conversations").forEach((key, value) -> {
            Map<String, Object> conversation = map(map(recorded, "conversations"), key);
            String rendered;
            try {
                rendered = hash(template, parsed, conversation);
            } catch (TemplateException e) {
                rendered = "refused";
            }
            if (!rendered.equals(expected.get(key))) {
                wrong.add(key);
            }
        });
        assertThat(wrong).as(name).isEmpty();
        if (format != null) {
            assertReadable(template, format);
        }
    }

    private String hash(ToolTemplate template, ChatTemplate parsed, Map<String, Object> conversation) {
        List<Message> messages = messages(conversation);
        boolean begin = Boolean.TRUE.equals(conversation.get("begin"));
        boolean tools = Boolean.TRUE.equals(conversation.get("tools"));
        Request request = Request.of(messages.toArray(Message[]::new)).withTools(tools ? tools() : List.of());
        Rendered rendered = ToolTemplate.isNeeded(request)
                ? template.render(request, begin, false)
                : parsed.renderChat(messages, begin, false, TOKENS);
        return Sha256.of(rendered.text().getBytes(StandardCharsets.UTF_8));
    }

    /** What the template wrote for a call is read as that call. */
    private void assertReadable(ToolTemplate template, ToolFormat format) {
        Request called = Request.of(
                        messages(map(map(recorded, "conversations"), "called")).toArray(Message[]::new))
                .withTools(tools());
        Request asked = called.withMessages(called.messages().subList(0, 1));
        ToolCall call = called.last().toolCalls().get(0);
        String before = template.render(asked, false, false).text();
        String with = template.render(called, false, false).text();
        int from = with.lastIndexOf(call.name());
        String marker =
                format == ToolFormat.LLAMA ? "{" : format.triggers(tools()).get(0);
        from = with.lastIndexOf(marker, from);
        assertThat(from).as("the call is in the turn").isGreaterThanOrEqualTo(before.length());
        List<ToolCall> read = format.parse(with.substring(from)).calls();
        assertThat(read).hasSize(1);
        assertThat(read.get(0).name()).isEqualTo(call.name());
        assertThat(TestJson.parse(read.get(0).arguments())).isEqualTo(TestJson.parse(call.arguments()));
    }

    @SuppressWarnings("unchecked")
    private List<ToolSpec> tools() {
        List<ToolSpec> tools = new ArrayList<>();
        for (Map<String, Object> tool : (List<Map<String, Object>>) Objects.requireNonNull(recorded.get("tools"))) {
            Map<String, Object> function = map(tool, "function");
            tools.add(ToolSpec.of(
                    text(function, "name"),
                    text(function, "description"),
                    JsonSchema.parse(json(function.get("parameters")))));
        }
        return tools;
    }

    @SuppressWarnings("unchecked")
    private static List<Message> messages(Map<String, Object> conversation) {
        List<Message> messages = new ArrayList<>();
        for (Map<String, Object> each :
                (List<Map<String, Object>>) Objects.requireNonNull(conversation.get("messages"))) {
            List<ToolCall> calls = new ArrayList<>();
            for (Map<String, Object> call : (List<Map<String, Object>>) each.getOrDefault("tool_calls", List.of())) {
                Map<String, Object> function = map(call, "function");
                calls.add(new ToolCall(text(call, "id"), text(function, "name"), json(function.get("arguments"))));
            }
            messages.add(new Message(
                    Role.valueOf(text(each, "role").toUpperCase(Locale.ROOT)),
                    text(each, "content"),
                    calls,
                    text(each, "tool_call_id"),
                    text(each, "name"),
                    text(each, "reasoning_content")));
        }
        return messages;
    }

    private static String text(Map<String, Object> map, String key) {
        return (String) map.getOrDefault(key, "");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Map<String, Object> map, String key) {
        return (Map<String, Object>) Objects.requireNonNull(map.get(key), key);
    }

    private static String json(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            List<String> parts = new ArrayList<>();
            map.forEach((key, each) -> parts.add(JsonSchema.quoted((String) key) + ": " + json(each)));
            return "{" + String.join(", ", parts) + "}";
        } else if (value instanceof List<?> list) {
            return "["
                    + String.join(
                            ", ",
                            list.stream().map(ConversationGoldensTest::json).toList()) + "]";
        }
        return value instanceof String text ? JsonSchema.quoted(text) : String.valueOf(value);
    }
}
