package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GuideExamples;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.prompting.tool.ToolFormat;
import dev.llmadapt.prompting.tool.ToolLoop;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The examples of {@code docs/guides/tools.md}, line for line. */
class ToolsGuideTest {
    private static final String TEMPLATE =
            "{% for t in tools %}{{ t.function.name }}{% endfor %}{% for m in messages %}"
                    + "{{ m.content }}{% for c in m.tool_calls or [] %}<tool_call>\n{\"name\": \"{{ c.function.name }}\","
                    + " \"arguments\": {{ c.function.arguments | tojson }}}\n</tool_call>{% endfor %}{% endfor %}";

    @Test
    void examples_ofTools_areCalled() {
        try (LocalModel model = LocalModel.open(
                Golden.folder("tiny-llama"),
                ModelOptions.defaults().withThreads(2).withChatTemplate(TEMPLATE))) {
            // guide
            ToolSpec weather = ToolSpec.of("get_weather", "The weather forecast of a city.", JsonSchema.parse("""
                    {"type": "object",
                     "properties": {"city": {"type": "string", "maxLength": 20}, "days": {"type": "integer", "minimum": 1, "maximum": 14}},
                     "required": ["city"]}"""));
            Request request = Request.of("Will it rain in Bern tomorrow?").withTools(weather);
            Generation answer = model.generate(request.withToolChoice(ToolChoice.required()));
            ToolCall call = answer.toolCalls().get(0);
            String result = "rain, 12 degrees"; // of what your application does with call.name() and call.arguments()
            Generation next = model.generate(request.plus(answer.message()).plus(Message.toolResult(call, result)));
            // end
            assertThat(call.name()).isEqualTo("get_weather");
            assertThat(call.arguments()).startsWith("{\"city\": ");
            assertThat(next.finishReason()).isIn(FinishReason.STOP, FinishReason.LENGTH, FinishReason.TOOL_CALLS);
            // guide
            ToolLoop loop = ToolLoop.of(model, Map.of("get_weather", arguments -> "rain, 12 degrees"));
            ToolLoop.Result run = loop.withMaxSteps(4).run(request);
            // end
            assertThat(run.answer().toolCalls()).isEmpty();
        }
    }

    @Test
    void formats_inTheGuide_areAllThatThereAre() throws java.io.IOException {
        java.nio.file.Path guide = java.nio.file.Path.of("..", "docs", "guides", "tools.md");
        String text = java.nio.file.Files.readString(guide);
        for (ToolFormat format : ToolFormat.values()) {
            assertThat(text).contains("| `" + format.key() + "` | ");
        }
    }

    @Test
    void guide_examples_areTheOnesTested() {
        assertThat(GuideExamples.tested(ToolsGuideTest.class))
                .isEqualTo(GuideExamples.shown("docs/guides/tools.md"))
                .hasSize(2);
    }
}
