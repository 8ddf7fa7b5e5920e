package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Message;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Token;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.prompting.tool.ToolFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Requests with tools to a local model, whose weights are random: what is shown here holds for any model. */
class ToolAnswerTest {
    private static final String TEMPLATE =
            "{% for t in tools or [] %}{{ t.function.name }}{% endfor %}{% for m in messages %}"
                    + "<{{ m.role }}>{{ m.content }}{% for c in m.tool_calls or [] %}<tool_call>\n{\"name\": \"{{"
                    + " c.function.name }}\", \"arguments\": {{ c.function.arguments | tojson }}}\n</tool_call>{% endfor %}"
                    + "{% endfor %}<assistant>";
    private static final ToolSpec TIME = ToolSpec.of(
            "time", "The time.", JsonSchema.object(JsonSchema.property("zone", JsonSchema.oneOf("UTC", "CET"))));
    private static final ToolSpec STOP = ToolSpec.of("stop", "Stops.");
    private static final GenerationOptions LONG = GenerationOptions.defaults().withMaxTokens(120);

    private static LocalModel model(ModelOptions options) {
        return LocalModel.open(Golden.folder("tiny-llama"), options);
    }

    @Test
    void stream_requiredTool_isCalledAndNothingOfItIsText() {
        try (LocalModel model = model(ModelOptions.defaults().withChatTemplate(TEMPLATE))) {
            Request request = Request.of("what time is it?")
                    .withTools(List.of(TIME, STOP), ToolChoice.required().withParallel(false))
                    .withOptions(LONG.withStop("n")); // which is in the call
            List<Token> heard = new ArrayList<>();
            Generation answer = model.stream(request, heard::add);
            assertThat(answer.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
            assertThat(answer.toolCalls()).singleElement().satisfies(call -> {
                assertThat(call.id()).matches("[A-Za-z0-9]{9}");
                assertThat(call.name()).isIn("time", "stop");
            });
            assertThat(answer.text()).isEmpty();
            assertThat(heard).isEqualTo(answer.tokens()).isNotEmpty();
            assertThat(model.generate(request).toolCalls()).isEqualTo(answer.toolCalls());
        }
    }

    @Test
    void generate_namedTool_goesOnWithItsResult() {
        try (LocalModel model = model(ModelOptions.defaults().withChatTemplate(TEMPLATE))) {
            Request request = Request.of("what time is it?")
                    .withTools(List.of(TIME, STOP), ToolChoice.named("time"))
                    .withOptions(LONG);
            Generation answer = model.generate(request);
            ToolCall call = answer.toolCalls().get(0);
            assertThat(call.name()).isEqualTo("time");
            assertThat(call.arguments()).isIn("{\"zone\": \"UTC\"}", "{\"zone\": \"CET\"}");
            Request next = request.plus(answer.message())
                    .plus(Message.toolResult(call, "09:30"))
                    .withToolChoice(ToolChoice.none())
                    .withOptions(LONG.withMaxTokens(5));
            Generation last = model.generate(next);
            assertThat(last.toolCalls()).isEmpty();
            assertThat(last.usage().promptTokens()).isGreaterThan(10);
        }
    }

    @Test
    void generate_cutCall_isNoCall() {
        try (LocalModel model = model(ModelOptions.defaults().withChatTemplate(TEMPLATE))) {
            Request request = Request.of("a").withTools(List.of(TIME), ToolChoice.named("time"));
            int whole = model.generate(request.withOptions(LONG)).tokens().size();
            for (int max : List.of(1, whole / 2, whole - 1)) {
                Generation cut = model.generate(request.withOptions(LONG.withMaxTokens(max)));
                assertThat(cut.finishReason()).isEqualTo(FinishReason.LENGTH);
                assertThat(cut.text()).isEmpty();
                assertThat(cut.toolCalls()).hasSizeLessThanOrEqualTo(max == whole - 1 ? 1 : 0);
            }
        }
    }

    @Test
    void generate_auto_isTextAsWithoutTools() {
        String untold = TEMPLATE.replace("{{ t.function.name }}", "");
        try (LocalModel model = model(ModelOptions.defaults().withChatTemplate(TEMPLATE));
                LocalModel other = model(ModelOptions.defaults().withChatTemplate(untold))) {
            List<Token> heard = new ArrayList<>();
            Generation answer =
                    model.stream(Request.of("a").withTools(TIME).withOptions(LONG.withMaxTokens(30)), heard::add);
            assertThat(answer.toolCalls()).isEmpty();
            assertThat(answer.text()).isNotEmpty();
            assertThat(heard.stream().map(Token::text).collect(Collectors.joining()))
                    .isEqualTo(answer.text());
            assertThatThrownBy(() -> other.generate(Request.of("a").withTools(TIME)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("does not show tools");
        }
    }

    @Test
    void generate_formatOfTheOptions_isUsed() {
        String silent = "{{ tools[0].function.name }}{% for m in messages %}{{ m.content }}{% endfor %}";
        try (LocalModel unknown = model(ModelOptions.defaults().withChatTemplate(silent));
                LocalModel told =
                        model(ModelOptions.defaults().withChatTemplate(silent).withToolFormat(ToolFormat.PYTHONIC))) {
            Request request = Request.of("a")
                    .withTools(List.of(TIME), ToolChoice.named("time"))
                    .withOptions(LONG);
            assertThatThrownBy(() -> unknown.generate(request)).hasMessageContaining("withToolFormat");
            assertThat(told.generate(request).toolCalls()).hasSize(1);
        }
    }

    @Test
    void request_constraintOrRaw_isRefusedWithTools() {
        Request request = Request.of("a").withTools(TIME);
        assertThatThrownBy(() -> request.withConstraint(OutputConstraint.oneOf(List.of("a"))))
                .hasMessageContaining("choices")
                .hasMessageContaining("time");
        assertThatThrownBy(() -> request.withRaw(true)).hasMessageContaining("raw text has no tools");
        assertThatThrownBy(() -> Request.of("a").withTools(TIME, TIME)).hasMessageContaining("different names");
        assertThatThrownBy(() -> request.withToolChoice(ToolChoice.named("x"))).hasMessageContaining("'x'");
    }
}
