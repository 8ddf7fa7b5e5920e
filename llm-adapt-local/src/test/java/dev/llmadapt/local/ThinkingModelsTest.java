package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.AnswerException;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Passage;
import dev.llmadapt.Request;
import dev.llmadapt.Token;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Template arguments, and models whose chat template has thoughts. */
class ThinkingModelsTest {
    private static final String TEMPLATE = "{% for m in messages %}{{ m.content }}\n{% endfor %}"
            + "{% if documents %}{% for d in documents %}{{ d.title }}: {{ d.text }}\n{% endfor %}{% endif %}"
            + "{% if add_generation_prompt %}A:{% if enable_thinking is defined and enable_thinking %}<think>\n"
            + "{% elif enable_thinking is defined %}<think>\n\n</think>\n{% endif %}{% endif %}";
    private static final ModelOptions OPTIONS =
            ModelOptions.defaults().withThreads(1).withChatTemplate(TEMPLATE);
    private static final Request REQUEST = Request.of("where is my card?")
            .withOptions(GenerationOptions.defaults().withMaxTokens(12));

    record Yes(boolean yes) {}

    @Test
    void generate_openedThought_isApartFromTheAnswer() {
        try (LocalModel model = LocalModel.open(Golden.folder("tiny-ascii"), OPTIONS)) {
            List<Token> heard = new ArrayList<>();
            Generation thinking = model.stream(REQUEST.withTemplateArgument("enable_thinking", true), heard::add);
            assertThat(thinking.text()).isEmpty();
            assertThat(thinking.reasoning()).isNotBlank();
            assertThat(thinking.finishReason()).isEqualTo(FinishReason.LENGTH);
            assertThat(heard).isEqualTo(thinking.tokens()).hasSize(12);
            assertThat(heard.stream().map(Token::reasoning).collect(Collectors.joining()))
                    .isEqualTo(thinking.reasoning());
            Generation closed = model.generate(REQUEST.withTemplateArgument("enable_thinking", false));
            assertThat(closed.reasoning()).isEmpty();
            assertThat(closed.text()).isNotBlank();
            Generation plain = model.generate(REQUEST);
            assertThat(plain.reasoning()).isEmpty();
            assertThat(plain.usage().promptTokens())
                    .isLessThan(thinking.usage().promptTokens())
                    .isLessThan(closed.usage().promptTokens());
            // the beginning of an answer is an answer
            Generation going = model.generate(REQUEST.plus(Message.assistant("it")));
            assertThat(going.reasoning()).isEmpty();
        }
    }

    @Test
    void generate_constraint_holdsAfterTheThought() {
        try (LocalModel model = LocalModel.open(Golden.folder("tiny-ascii"), OPTIONS)) {
            assertThat(model.generate(REQUEST.withOptions(GenerationOptions.defaults()), Yes.class))
                    .isNotNull();
            Request json = REQUEST.withTemplateArgument("enable_thinking", true);
            assertThatThrownBy(() -> model.generate(json, Yes.class))
                    .as("a model with random weights does not end its thought")
                    .isInstanceOf(AnswerException.class)
                    .hasMessageContaining("cut off after 12 tokens");
            assertThat(model.generate(json.withConstraint(OutputConstraint.oneOf(List.of("yes", "no"))))
                            .text())
                    .as("a choice is made at once")
                    .isIn("yes", "no");
        }
    }

    @Test
    void generate_argumentsWithoutEffect_areRefusedByName() {
        try (LocalModel model = LocalModel.open(Golden.folder("tiny-ascii"), OPTIONS)) {
            Request effort = REQUEST.withTemplateArgument("reasoning_effort", "low");
            assertThatThrownBy(() -> model.generate(effort))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the model's chat template does not read the argument 'reasoning_effort', so it would"
                            + " have no effect; it reads [documents, enable_thinking]");
            assertThatThrownBy(() -> model.score(effort, List.of("a"))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> model.generate(REQUEST.withTemplateArgument("bos_token", "x")))
                    .hasMessageContaining("'bos_token' is set by the request itself");
            int bare = model.promptTokens(REQUEST).length;
            List<Passage> documents = List.of(new Passage("1", "Cards", "A card is plastic.", 0));
            assertThat(model.promptTokens(REQUEST.withDocuments(documents)).length)
                    .isGreaterThan(bare + 10);
        }
        try (LocalModel model = LocalModel.open(
                Golden.folder("tiny-ascii"),
                ModelOptions.defaults().withThreads(1).withChatTemplate("{{ messages[0].content }}"))) {
            assertThatThrownBy(() -> model.generate(REQUEST.withDocuments(List.of())))
                    .hasMessageContaining("does not read the argument 'documents'")
                    .hasMessageEndingWith("it reads none");
        }
    }

    @Test
    void generate_toolsOfAThinkingModel_areCalledAfterTheThought() {
        String template = "{% for t in tools or [] %}{{ t.function.name }}{% endfor %}{% for m in messages %}"
                + "<{{ m.role }}>{{ m.content }}{% for c in m.tool_calls or [] %}<tool_call>\n{\"name\": \"{{"
                + " c.function.name }}\", \"arguments\": {{ c.function.arguments | tojson }}}\n</tool_call>{% endfor %}"
                + "{% endfor %}{% if add_generation_prompt %}<assistant>{% if enable_thinking %}<think>\n{% else %}"
                + "<think></think>{% endif %}{% endif %}";
        Request request = Request.of("what time is it?")
                .withTools(ToolSpec.of("stop", "Stops."))
                .withToolChoice(ToolChoice.required())
                .withOptions(GenerationOptions.defaults().withMaxTokens(100));
        try (LocalModel model = LocalModel.open(
                Golden.folder("tiny-llama"),
                ModelOptions.defaults().withThreads(1).withChatTemplate(template))) {
            Generation called = model.generate(request);
            assertThat(called.toolCalls()).isNotEmpty();
            assertThat(called.reasoning()).isEmpty();
            Generation thinking = model.generate(request.withTemplateArgument("enable_thinking", true));
            assertThat(thinking.reasoning()).isNotBlank();
            assertThat(thinking.toolCalls()).isEmpty();
            assertThat(thinking.text()).isEmpty();
            assertThat(thinking.finishReason()).isEqualTo(FinishReason.LENGTH);
            assertThatThrownBy(() -> model.generate(request.withTemplateArgument("thinking", true)))
                    .hasMessageContaining("does not read the argument 'thinking'");
        }
    }
}
