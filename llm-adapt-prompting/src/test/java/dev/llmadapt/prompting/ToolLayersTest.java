package dev.llmadapt.prompting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Layers pass tools on, or refuse them by name. */
class ToolLayersTest {
    private static final ToolSpec TOOL = ToolSpec.of("time", "The time.");
    private static final ToolCall CALL = new ToolCall("c", "time", "{}");
    private static final Task TASK = ToyTask.task();
    private static final Request REQUEST = Request.of(
                    Message.user("q"), Message.assistant("", List.of(CALL)), Message.toolResult(CALL, "9:30"))
            .withTools(TOOL);

    @Test
    void layersOfThePrompt_keepToolsCallsAndResults() {
        for (Strategy strategy : List.of(ZeroShot.defaults(), FewShot.nearest(2), new RolePrompt("a clerk"))) {
            try (Model model = new ToyModel();
                    Model adapted = strategy.adapt(model, TASK, Progress.NONE)) {
                Request prepared = adapted.prepare(REQUEST);
                assertThat(prepared.tools()).as(strategy.name()).containsExactly(TOOL);
                assertThat(prepared.messages())
                        .as(strategy.name())
                        .endsWith(REQUEST.messages().get(1), REQUEST.messages().get(2));
            }
        }
    }

    @Test
    void layersOfTheAnswer_refuseToolsByName() {
        for (Strategy strategy : List.of(
                ChainOfThought.defaults(),
                SelfConsistency.of(2, 1),
                LabelChoice.constrained(),
                LabelChoice.scored(LabelChoice.Normalization.TOKENS, LabelChoice.Calibration.NONE))) {
            try (Model model = new ToyModel();
                    Model adapted = strategy.adapt(model, TASK, Progress.NONE)) {
                assertThatThrownBy(() -> adapted.generate(REQUEST))
                        .as(strategy.name())
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("cannot call tools")
                        .hasMessageContaining("[time]");
            }
        }
    }
}
