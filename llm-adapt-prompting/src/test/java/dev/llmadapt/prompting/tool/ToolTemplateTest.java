package dev.llmadapt.prompting.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.prompting.template.ChatTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What chat templates do with tools. */
class ToolTemplateTest {
    private static final ToolSpec TOOL = ToolSpec.of("weather", "The weather.");
    private static final ToolCall CALL = new ToolCall("abc123def", "weather", "{\"city\": \"Bern\"}");
    private static final String GRANITE = "{% if tools %}{{ tools | tojson }} Answer with <|tool_call|>.{% endif %}"
            + "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}";

    private static ToolTemplate template(String source) {
        return new ToolTemplate(ChatTemplate.parse(source), source, Map.of(), Optional.empty());
    }

    @Test
    void format_realTemplates_isFoundOrRefused() throws IOException {
        Path folder = null;
        for (Path at = Path.of("").toAbsolutePath(); at != null && folder == null; at = at.getParent()) {
            Path candidate = at.resolve("shared/data/chat_templates_golden/templates");
            folder = Files.isDirectory(candidate) ? candidate : null;
        }
        Assumptions.assumeTrue(folder != null, "needs shared/data/chat_templates_golden beside the checkout");
        Map<String, String> found = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String format;
                try {
                    format = template(Files.readString(file)).format().key();
                } catch (IllegalArgumentException e) {
                    format = String.valueOf(e.getMessage()).contains("does not show tools") ? "no tools" : "unknown";
                }
                if (!format.equals("no tools")) {
                    found.merge(format, file.getFileName().toString().replace(".jinja", ""), (a, b) -> a + " " + b);
                }
            }
        }
        assertThat(found)
                .containsEntry(
                        "hermes",
                        "cogito_14b granite4_350m qwen2.5-coder_1.5b qwen2.5_0.5b qwen3-next_80b qwen3_0.6b qwq_32b-2"
                                + " qwq_32b-3 rnj-1_latest")
                .containsEntry("llama", "llama3.1_8b llama3.2-vision_90b llama3.2-vision_latest llama3.2_3b")
                .containsEntry(
                        "granite",
                        "granite3-dense_2b granite3.1-moe_1b granite3.2-vision_2b granite3.2_8b" + " granite3.3_2b");
        assertThat(found).containsEntry("unknown", "cogito_3b llama4_latest nemotron-mini_4b qwen3-coder_30b");
    }

    @Test
    void render_templateThatLeavesCallsToTheApplication_writesThemIntoTheContent() {
        ToolTemplate granite = template(GRANITE);
        Request request = Request.of(
                        Message.user("a"), Message.assistant("b", List.of(CALL)), Message.toolResult(CALL, "rain"))
                .withTools(TOOL);
        assertThat(granite.format()).isEqualTo(ToolFormat.GRANITE);
        String text = granite.render(request, true, false).text();
        assertThat(text)
                .endsWith("<user>a<assistant>b<|tool_call|>[{\"name\": \"weather\", \"arguments\": {\"city\":"
                        + " \"Bern\"}}]<tool>rain");
        assertThat(granite.render(request, true, false).dataSpans())
                .as("the marker is the format's own")
                .noneMatch(span -> text.substring(span.start(), span.end()).contains("<|tool_call|>"));
    }

    @Test
    void render_whatTheTemplateWouldLeaveOut_isRefusedByName() {
        String plain = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}";
        assertThatThrownBy(() -> template(plain).render(Request.of("a").withTools(TOOL), true, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not show tools");
        Request called = Request.of(Message.user("a"), Message.assistant("", List.of(CALL)));
        assertThatThrownBy(() -> template(plain).render(called, true, false))
                .hasMessageContaining("does not show the tool calls")
                .hasMessageContaining("hermes, llama, json");
        String deaf = "{% for m in messages %}{% if m.role == 'user' %}{{ m.content }}{% endif %}{% endfor %}";
        Request answered = Request.of(Message.user("a"), Message.toolResult(CALL, "rain"));
        assertThatThrownBy(() -> template(deaf).render(answered, true, false))
                .hasMessageContaining("does not show the results");
        String unknown = "{{ tools | tojson }}{% for m in messages %}{{ m.content }}{% if m.tool_calls %}"
                + "CALL {{ m.tool_calls[0].function | tojson }}{% endif %}{% endfor %}";
        assertThatThrownBy(() -> template(unknown).format())
                .hasMessageContaining("does not tell in which format")
                .hasMessageContaining("withToolFormat");
    }

    @Test
    void render_choiceNone_showsNoTools() {
        Request request = Request.of("a").withTools(List.of(TOOL), ToolChoice.none());
        assertThat(ToolTemplate.isNeeded(request)).isFalse();
    }

    @Test
    void render_mistral_showsToolsAndCallsWithTheirIds() {
        String mistral = "{% for m in messages %}{% if m.role == 'user' %}{% if tools is defined and loop.last %}"
                + "[AVAILABLE_TOOLS]{{ tools | tojson }}[/AVAILABLE_TOOLS]{% endif %}[INST]{{ m.content }}[/INST]"
                + "{% elif m.tool_calls is defined %}[TOOL_CALLS][{% for c in m.tool_calls %}"
                + "{{ (c.function | tojson)[:-1] }}, \"id\": \"{{ c.id }}\"}{% if not loop.last %}, {% endif %}"
                + "{% endfor %}]{% elif m.role == 'tool' %}{% if m.tool_call_id | length != 9 %}"
                + "{{ raise_exception('ids have 9 characters') }}{% endif %}[TOOL_RESULTS]{{ m.content }}"
                + "[/TOOL_RESULTS]{% else %}{{ m.content }}{% endif %}{% endfor %}";
        ToolTemplate template = template(mistral);
        assertThat(template.format()).isEqualTo(ToolFormat.MISTRAL);
        Request asked = Request.of("a").withTools(TOOL);
        assertThat(template.render(asked, true, false).text())
                .startsWith("[AVAILABLE_TOOLS][{\"type\": \"function\", \"function\": {\"name\": \"weather\"");
        Request answered =
                asked.plus(Message.assistant("", List.of(CALL, CALL))).plus(Message.toolResult(CALL, "rain"));
        String text = template.render(answered, true, false).text();
        String one = "{\"name\": \"weather\", \"arguments\": {\"city\": \"Bern\"}, \"id\": \"abc123def\"}";
        assertThat(text).contains("[TOOL_CALLS][" + one + ", " + one + "][TOOL_RESULTS]rain");
        assertThat(ToolFormat.MISTRAL
                        .parse(text.substring(text.indexOf("[TOOL_CALLS]"), text.indexOf("[TOOL_RESULTS]")))
                        .calls())
                .containsExactly(CALL, CALL);
    }

    @Test
    void render_smolLm3_showsToolsFromItsOwnVariables() {
        String smol = "{% if xml_tools %}X{{ xml_tools | string }}<tool_call>{% endif %}"
                + "{% if python_tools %}P{{ python_tools | string }}<code>{% endif %}"
                + "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}";
        Request request = Request.of("a").withTools(TOOL);
        assertThat(template(smol).format()).isEqualTo(ToolFormat.HERMES);
        assertThat(template(smol).render(request, true, false).text()).startsWith("X[{'type'");
        ToolTemplate python =
                new ToolTemplate(ChatTemplate.parse(smol), smol, Map.of(), Optional.of(ToolFormat.PYTHON_CODE));
        assertThat(python.render(request, true, false).text()).startsWith("P[{'type'");
    }
}
