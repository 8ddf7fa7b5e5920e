package dev.llmadapt.spring.ai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.FinishReason;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.OverloadedException;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.Scheduling;
import dev.llmadapt.ScriptedModel;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToyModel;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.DefaultChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.content.Media;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.function.FunctionToolCallback;
import org.springframework.util.MimeTypeUtils;

final class LlmAdaptChatModelTest {
    private final ScriptedModel model = ScriptedModel.saying("Ber", "lin");
    private final LlmAdaptChatModel chat = new LlmAdaptChatModel(model);

    record City(String city) {}

    private static final ToolCallback WEATHER = FunctionToolCallback.builder("weather", (City city) -> "sunny")
            .description("The weather of a city.")
            .inputType(City.class)
            .build();

    private Request asked(ChatOptions options) {
        chat.call(new Prompt("Capital?", options));
        return model.request();
    }

    @Test
    void call_text_isTheAnswerWithUsageAndReason() {
        ChatResponse response = chat.call(new Prompt("Capital?"));

        assertThat(Objects.requireNonNull(response.getResult()).getOutput().getText())
                .isEqualTo("Berlin");
        assertThat(response.getResult().getMetadata().getFinishReason()).isEqualTo("STOP");
        assertThat(response.getMetadata().getModel()).isEqualTo("scripted");
        assertThat(response.getMetadata().getId()).startsWith("chat-");
        assertThat(response.getMetadata().getUsage().getPromptTokens()).isEqualTo(7);
        assertThat(response.getMetadata().getUsage().getCompletionTokens()).isEqualTo(2);
        assertThat(response.getMetadata().getUsage().getTotalTokens()).isEqualTo(9);
        assertThat(response.getMetadata().getUsage().getCacheReadInputTokens()).isEqualTo(4);
        assertThat(model.request())
                .isEqualTo(Request.of("Capital?")
                        .withOptions(GenerationOptions.defaults().withMaxTokens(LlmAdaptChatOptions.MAX_TOKENS)));
    }

    @Test
    void call_messages_areTheRequests() {
        chat.call(new Prompt(List.of(
                new SystemMessage("Be brief."),
                new UserMessage("Weather?"),
                ChatMessages.assistant("", "Hm.", List.of(new ToolCall("a", "weather", "{}"))),
                ToolResponseMessage.builder()
                        .responses(List.of(
                                new ToolResponseMessage.ToolResponse("a", "weather", "sunny"),
                                new ToolResponseMessage.ToolResponse("b", "time", "noon")))
                        .build())));

        assertThat(model.request().messages())
                .containsExactly(
                        Message.system("Be brief."),
                        Message.user("Weather?"),
                        Message.assistant("", List.of(new ToolCall("a", "weather", "{}")))
                                .withReasoning("Hm."),
                        new Message(Role.TOOL, "sunny", List.of(), "a", "weather"),
                        new Message(Role.TOOL, "noon", List.of(), "b", "time"));
    }

    @Test
    void call_options_areTheRequests() {
        Request request = asked(LlmAdaptChatOptions.builder()
                .model("support")
                .temperature(0.5)
                .topP(0.9)
                .topK(40)
                .maxTokens(17)
                .stopSequences(List.of("\n", "END"))
                .frequencyPenalty(0.0)
                .seed(5L)
                .minP(0.1)
                .repetitionPenalty(1.2)
                .templateArguments(Map.of("enable_thinking", false))
                .scheduling(Scheduling.NONE.withCaller("ann"))
                .build());

        assertThat(request.adapters()).containsExactly(AdapterUse.of("support"));
        assertThat(request.options())
                .isEqualTo(new GenerationOptions(17, 0.5, 40, 0.9, 0.1, 1.2, List.of("\n", "END"), 5, false));
        assertThat(request.templateArguments()).isEqualTo(Map.of("enable_thinking", false));
        assertThat(request.scheduling().caller()).isEqualTo("ann");
    }

    @Test
    void call_defaults_holdWhereThePromptSaysNothing() {
        LlmAdaptChatModel with = LlmAdaptChatModel.builder(model)
                .options(LlmAdaptChatOptions.builder()
                        .model("support")
                        .maxTokens(5)
                        .stopSequences(List.of("END"))
                        .toolCallbacks(WEATHER)
                        .seed(9L)
                        .build())
                .build();
        ChatResponse response =
                with.call(new Prompt("?", ChatOptions.builder().maxTokens(6).build()));

        assertThat(response.getMetadata().getModel()).isEqualTo("support");
        assertThat(model.request().options().maxTokens()).isEqualTo(6);
        assertThat(model.request().options().stop()).containsExactly("END");
        assertThat(model.request().options().seed()).isEqualTo(9);
        assertThat(model.request().tools()).hasSize(1);
        ChatClient.create(with).prompt("?").call().content();
        assertThat(model.request().options().stop()).containsExactly("END");
        assertThat(model.request().tools()).hasSize(1);
        assertThat(model.request().adapters()).containsExactly(AdapterUse.of("support"));
    }

    @Test
    void call_modelsOwnName_usesNoAdapter() {
        assertThat(asked(ChatOptions.builder().model("scripted").build()).adapters())
                .isEmpty();
    }

    @Test
    void call_sampled_hasANewSeedEachTime() {
        ChatOptions warm = ChatOptions.builder().temperature(1.0).build();
        assertThat(asked(warm).options().seed())
                .isNotEqualTo(asked(warm).options().seed());
    }

    /** What another model's integration has. */
    private static final class OtherOptions extends DefaultChatOptions {
        OtherOptions() {
            super(null, null, null, null, null, null, null, null);
        }
    }

    @Test
    void call_whatNoModelDoes_isRefusedByName() {
        Map<String, ChatOptions> refused = Map.of(
                "frequencyPenalty", ChatOptions.builder().frequencyPenalty(0.5).build(),
                "presencePenalty", ChatOptions.builder().presencePenalty(0.5).build(),
                "topP must be in (0, 1]", ChatOptions.builder().topP(1.5).build(),
                "OtherOptions", new OtherOptions(),
                "outputSchema together with tools",
                        LlmAdaptChatOptions.builder()
                                .toolCallbacks(WEATHER)
                                .outputSchema("{\"type\": \"object\"}")
                                .build());
        refused.forEach((name, options) -> {
            assertThatThrownBy(() -> asked(options))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(name);
            assertThatThrownBy(() -> chat.stream(new Prompt("?", options)))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(name);
        });
        UserMessage image = UserMessage.builder()
                .text("What is it?")
                .media(new Media(MimeTypeUtils.IMAGE_PNG, URI.create("https://example.org/cat.png")))
                .build();
        assertThatThrownBy(() -> chat.call(new Prompt(image)))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("image/png");
        assertThatThrownBy(() -> LlmAdaptChatModel.builder(model)
                        .options(LlmAdaptChatOptions.builder()
                                .presencePenalty(1.0)
                                .build())
                        .build())
                .hasMessageContaining("presencePenalty");
        assertThat(model.asked).isEmpty();
    }

    @Test
    void call_schema_constrainsTheAnswer() {
        String schema = "{\"type\": \"object\", \"properties\": {\"city\": {\"type\": \"string\"}}}";
        OutputConstraint expected = OutputConstraint.json(JsonSchema.parse(schema));
        assertThat(asked(StructuredOutputChatOptions.builder()
                                .outputSchema(schema)
                                .build())
                        .constraint())
                .isEqualTo(expected);
        assertThat(asked(LlmAdaptChatOptions.builder().outputSchema(schema).build())
                        .constraint())
                .isEqualTo(expected);
    }

    @Test
    void client_entity_isReadFromConstrainedJson() {
        ScriptedModel json = ScriptedModel.saying("{\"city\": \"Bern\"}");
        City city = ChatClient.create(new LlmAdaptChatModel(json))
                .prompt("Capital of Switzerland?")
                .call()
                .entity(City.class, spec -> spec.useProviderStructuredOutput());

        assertThat(city).isEqualTo(new City("Bern"));
        assertThat(json.request().constraint()).isInstanceOf(OutputConstraint.Json.class);
        assertThat(((OutputConstraint.Json) json.request().constraint())
                        .schema()
                        .jsonSchema())
                .contains("\"city\"");
    }

    @Test
    void client_tools_areCalledAndTheirResultsGoBack() {
        ScriptedModel calling = ScriptedModel.calling(new ToolCall("abcdefghi", "weather", "{\"city\": \"Bern\"}"));
        ScriptedModel done = ScriptedModel.saying("It is sunny.");
        String answer = ChatClient.create(new LlmAdaptChatModel(ScriptedModel.turns(calling, done)))
                .prompt("Is it warm in Bern?")
                .tools(WEATHER)
                .call()
                .content();

        assertThat(answer).isEqualTo("It is sunny.");
        assertThat(calling.request().tools()).extracting("name").containsExactly("weather");
        assertThat(calling.request().tools().get(0).parameters().jsonSchema()).contains("\"city\"");
        assertThat(done.request().messages())
                .extracting(Message::role)
                .containsExactly(Role.USER, Role.ASSISTANT, Role.TOOL);
        assertThat(done.request().last().content()).contains("sunny");
        assertThat(done.request().last().toolCallId()).isEqualTo("abcdefghi");
    }

    @Test
    void call_toolChoice_isTheRequests() {
        Request request = asked(LlmAdaptChatOptions.builder()
                .toolCallbacks(WEATHER)
                .toolChoice(ToolChoice.named("weather"))
                .build());
        assertThat(request.toolChoice()).isEqualTo(ToolChoice.named("weather"));
        assertThat(asked(ToolCallingChatOptions.builder().toolCallbacks(WEATHER).build())
                        .toolChoice())
                .isEqualTo(ToolChoice.auto());
    }

    @Test
    void call_answerWithCallsAndThought_hasThem() {
        ScriptedModel calling = ScriptedModel.answering(
                FinishReason.TOOL_CALLS, "Hm.", List.of(new ToolCall("a", "weather", "{\"city\": \"Bern\"}")));
        ChatResponse response = new LlmAdaptChatModel(calling).call(new Prompt("Weather?"));

        AssistantMessage message = Objects.requireNonNull(response.getResult()).getOutput();
        assertThat(response.hasToolCalls()).isTrue();
        assertThat(message.getToolCalls())
                .containsExactly(new AssistantMessage.ToolCall("a", "function", "weather", "{\"city\": \"Bern\"}"));
        assertThat(message.getMetadata()).containsEntry("thinking", "Hm.");
        assertThat(response.getResult().getMetadata().getFinishReason()).isEqualTo("TOOL_CALLS");
    }

    @Test
    void call_failures_stayAsTheyAre() {
        for (RuntimeException failure : List.of(
                new IllegalArgumentException("the prompt is too long"),
                new OverloadedException("too many wait"),
                new LlmAdaptException("the file broke"))) {
            assertThatThrownBy(() -> new LlmAdaptChatModel(ScriptedModel.failing(failure)).call("hello"))
                    .isSameAs(failure);
        }
    }

    @Test
    void call_timeLimitPassed_isAFailure() {
        ScriptedModel late = ScriptedModel.answering(FinishReason.INTERRUPTED, "", List.of(), "Be");
        LlmAdaptChatModel limited = LlmAdaptChatModel.builder(late)
                .options(LlmAdaptChatOptions.builder()
                        .scheduling(Scheduling.NONE.withTimeLimit(Duration.ofMillis(5)))
                        .build())
                .build();
        assertThatThrownBy(() -> limited.call("hello"))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("PT0.005S");
        assertThat(Objects.requireNonNull(new LlmAdaptChatModel(late)
                                .call(new Prompt("hello"))
                                .getResult())
                        .getMetadata()
                        .getFinishReason())
                .isEqualTo("INTERRUPTED");
    }

    @Test
    void call_isObservedAsSpringAisOwnModelsAre() {
        TestObservationRegistry registry = TestObservationRegistry.create();
        LlmAdaptChatModel observed =
                LlmAdaptChatModel.builder(model).observationRegistry(registry).build();
        observed.call(new Prompt("?", ChatOptions.builder().temperature(0.5).build()));

        TestObservationRegistryAssert.assertThat(registry)
                .hasObservationWithNameEqualTo("gen_ai.client.operation")
                .that()
                .hasLowCardinalityKeyValue("gen_ai.operation.name", "chat")
                .hasLowCardinalityKeyValue("gen_ai.system", "llm-adapt")
                .hasLowCardinalityKeyValue("gen_ai.request.model", "scripted")
                .hasLowCardinalityKeyValue("gen_ai.response.model", "scripted")
                .hasHighCardinalityKeyValue("gen_ai.request.temperature", "0.5")
                .hasHighCardinalityKeyValue("gen_ai.usage.input_tokens", "7")
                .hasHighCardinalityKeyValue("gen_ai.usage.output_tokens", "2")
                .hasHighCardinalityKeyValue("gen_ai.response.finish_reasons", "[\"STOP\"]")
                .hasBeenStopped();
    }

    @Test
    void call_toyModel_answersAsItDoesItself() {
        try (ToyModel toy = new ToyModel()) {
            String own = toy.generate(Request.of("Tell me about cats.")
                            .withOptions(GenerationOptions.defaults().withMaxTokens(12)))
                    .text();
            assertThat(new LlmAdaptChatModel(toy)
                            .call(new Prompt(
                                    "Tell me about cats.",
                                    ChatOptions.builder().maxTokens(12).build()))
                            .getResult())
                    .extracting(result -> result.getOutput().getText())
                    .isEqualTo(own);
        }
    }
}
