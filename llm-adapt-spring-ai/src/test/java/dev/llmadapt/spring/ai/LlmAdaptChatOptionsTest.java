package dev.llmadapt.spring.ai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Scheduling;
import dev.llmadapt.ToolChoice;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.test.options.AbstractChatOptionsTests;

/** Spring AI's own tests of options, and what they do not test. */
final class LlmAdaptChatOptionsTest extends AbstractChatOptionsTests<LlmAdaptChatOptions, LlmAdaptChatOptions.Builder> {
    @Override
    protected Class<LlmAdaptChatOptions> getConcreteOptionsClass() {
        return LlmAdaptChatOptions.class;
    }

    @Override
    protected LlmAdaptChatOptions.Builder readyToBuildBuilder() {
        return LlmAdaptChatOptions.builder()
                .model("support")
                .temperature(0.5)
                .maxTokens(7)
                .stopSequences(List.of("END"))
                .outputSchema("{}")
                .seed(3L)
                .minP(0.1)
                .repetitionPenalty(1.2)
                .toolChoice(ToolChoice.required())
                .templateArguments(Map.of("enable_thinking", false))
                .scheduling(Scheduling.NONE.withCaller("ann"));
    }

    @Test
    void equals_eachOfOurs_counts() {
        LlmAdaptChatOptions all = readyToBuildBuilder().build();
        assertThat(List.of(
                        all.mutate().outputSchema(null).build(),
                        all.mutate().seed(null).build(),
                        all.mutate().minP(null).build(),
                        all.mutate().repetitionPenalty(null).build(),
                        all.mutate().toolChoice(null).build(),
                        all.mutate().templateArguments(null).build(),
                        all.mutate().scheduling(null).build(),
                        all.mutate().model(null).build()))
                .doesNotContain(all)
                .doesNotHaveDuplicates();
    }

    @Test
    void combineWith_whatTheOtherSays_takesItsPlace() {
        LlmAdaptChatOptions base = readyToBuildBuilder().build();
        LlmAdaptChatOptions both = base.mutate()
                .combineWith(LlmAdaptChatOptions.builder().seed(4L).topK(2))
                .build();
        assertThat(both).isEqualTo(base.mutate().seed(4L).topK(2).build());
        assertThat(base.mutate()
                        .combineWith(StructuredOutputChatOptions.builder().outputSchema("[]"))
                        .build()
                        .getOutputSchema())
                .isEqualTo("[]");
        assertThat(base.mutate().combineWith(ChatOptions.builder().maxTokens(9)).build())
                .isEqualTo(base.mutate().maxTokens(9).build());
    }
}
