package dev.llmadapt.prompting.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.Scores;
import dev.llmadapt.Timings;
import dev.llmadapt.TokenListener;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.Usage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The loop that runs tools, with a model whose answers are written here. */
class ToolLoopTest {
    private static final ToolSpec ADD = ToolSpec.of("add", "Adds.");
    private final Scripted model = new Scripted();

    /** A model that gives prepared answers and remembers what it was asked. */
    private static final class Scripted implements Model {
        final Deque<Generation> answers = new ArrayDeque<>();
        final List<Request> asked = new ArrayList<>();

        Scripted answer(String text, ToolCall... calls) {
            return answer("", text, calls);
        }

        Scripted answer(String thought, String text, ToolCall... calls) {
            answers.add(new Generation(
                    text,
                    List.of(),
                    calls.length > 0 ? FinishReason.TOOL_CALLS : FinishReason.STOP,
                    new Usage(10, 2),
                    Timings.NONE,
                    thought,
                    Optional.empty(),
                    List.of(calls)));
            return this;
        }

        @Override
        public Generation stream(Request request, TokenListener listener) {
            asked.add(request);
            return answers.remove();
        }

        @Override
        public Scores score(Request prompt, List<String> continuations) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ModelInfo info() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private static ToolCall call(String id, String name) {
        return new ToolCall(id, name, "{\"x\": 1}");
    }

    @Test
    void run_calls_areAnsweredUntilNoneComes() {
        model.answer("Let me add.", call("1", "add"), call("2", "add"))
                .answer("", call("3", "add"))
                .answer("3");
        List<String> arguments = new ArrayList<>();
        ToolLoop.Result result = ToolLoop.of(model, Map.of("add", given -> {
                    arguments.add(given);
                    return "r" + arguments.size();
                }))
                .run(Request.of("1 and 2?").withTools(List.of(ADD), ToolChoice.required()));
        assertThat(result.answer().text()).isEqualTo("3");
        assertThat(result.steps()).isEqualTo(2);
        assertThat(result.usage()).isEqualTo(new Usage(30, 6));
        assertThat(arguments).containsExactly("{\"x\": 1}", "{\"x\": 1}", "{\"x\": 1}");
        assertThat(result.conversation().messages())
                .extracting(Message::role)
                .containsExactly(
                        Role.USER, Role.ASSISTANT, Role.TOOL, Role.TOOL, Role.ASSISTANT, Role.TOOL, Role.ASSISTANT);
        assertThat(result.conversation().messages().get(3)).isEqualTo(Message.toolResult(call("2", "add"), "r2"));
        assertThat(model.asked)
                .extracting(request -> request.toolChoice().mode())
                .containsExactly(ToolChoice.Mode.REQUIRED, ToolChoice.Mode.AUTO, ToolChoice.Mode.AUTO);
    }

    @Test
    void run_thoughts_stayBetweenCalls() {
        model.answer("First add.", "", call("1", "add")).answer("Done.", "3");
        ToolLoop.Result result = ToolLoop.of(model, Map.of("add", given -> "3"))
                .run(Request.of("1 and 2?").withTools(ADD));
        assertThat(model.asked.get(1).messages()).extracting(Message::reasoning).containsExactly("", "First add.", "");
        assertThat(result.conversation().last().reasoning()).isEqualTo("Done.");
    }

    @Test
    void run_handlerFails_isToldOrThrown() {
        ToolLoop.Handler failing = given -> {
            throw new IllegalStateException("no numbers");
        };
        model.answer("", call("1", "add")).answer("sorry");
        ToolLoop loop = ToolLoop.of(model, Map.of("add", failing));
        ToolLoop.Result result = loop.run(Request.of("a").withTools(ADD));
        assertThat(result.conversation().messages().get(2).content()).isEqualTo("error: no numbers");
        model.answer("", call("1", "add"));
        assertThatThrownBy(() -> loop.withErrors(ToolLoop.Errors.THROWN)
                        .run(Request.of("a").withTools(ADD)))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("'add' failed: no numbers")
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void run_unknownTool_isAnError() {
        model.answer("", call("1", "subtract")).answer("ok");
        ToolLoop.Result result = ToolLoop.of(model, Map.of("add", given -> ""))
                .run(Request.of("a").withTools(ADD));
        assertThat(result.conversation().messages().get(2).content()).contains("no tool 'subtract'", "[add]");
    }

    @Test
    void run_withoutEnd_isRefusedAfterTheLastStep() {
        for (int i = 0; i < 3; i++) {
            model.answer("", call("1", "add"));
        }
        assertThatThrownBy(() -> ToolLoop.of(model, Map.of("add", given -> ""))
                        .withMaxSteps(2)
                        .run(Request.of("a").withTools(ADD)))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("after 2 steps");
        assertThat(model.asked).hasSize(3);
    }

    @Test
    void run_missingHandler_isRefusedBeforeTheModelIsAsked() {
        assertThatThrownBy(() -> ToolLoop.of(model, Map.of("sub", given -> ""))
                        .run(Request.of("a").withTools(ADD)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[add]");
        assertThat(model.asked).isEmpty();
    }
}
