package dev.llmadapt.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.CustomMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.listener.ChatModelErrorContext;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.llmadapt.AdapterUse;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.OverloadedException;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.ScriptedModel;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToyModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LlmAdaptChatModelTest {
    private static final ToolSpecification WEATHER = ToolSpecification.builder()
            .name("weather")
            .description("The weather of a city.")
            .parameters(JsonObjectSchema.builder()
                    .addStringProperty("city")
                    .required("city")
                    .build())
            .build();

    private final ScriptedModel model = ScriptedModel.saying("Ber", "lin");
    private final LlmAdaptChatModel chat = new LlmAdaptChatModel(model);

    private Request asked(ChatRequestParameters parameters) {
        chat.chat(ChatRequest.builder()
                .messages(UserMessage.from("Capital of Germany?"))
                .parameters(parameters)
                .build());
        return model.request();
    }

    @Test
    void chat_text_isTheAnswerWithItsUsageReasonAndModel() {
        ChatResponse response = chat.chat(UserMessage.from("Capital of Germany?"));

        assertThat(response.aiMessage().text()).isEqualTo("Berlin");
        assertThat(response.aiMessage().toolExecutionRequests()).isEmpty();
        assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(response.tokenUsage()).isEqualTo(new TokenUsage(7, 2, 9));
        assertThat(response.modelName()).isEqualTo("scripted");
        assertThat(response.id()).isNotBlank();
        assertThat(model.request())
                .isEqualTo(Request.of("Capital of Germany?")
                        .withOptions(GenerationOptions.defaults().withMaxTokens(ChatOptions.MAX_OUTPUT_TOKENS)));
    }

    @Test
    void chat_conversation_isTheSameConversation() {
        chat.chat(
                SystemMessage.from("Be brief."),
                UserMessage.from(TextContent.from("Weather in Bern?"), TextContent.from("And today?")),
                AiMessage.builder()
                        .text("I look.")
                        .thinking("They want weather.")
                        .toolExecutionRequests(List.of(ToolExecutionRequest.builder()
                                .id("c1")
                                .name("weather")
                                .arguments("{\"city\": \"Bern\"}")
                                .build()))
                        .build(),
                ToolExecutionResultMessage.from("c1", "weather", "sunny"),
                AiMessage.from("Sunny."),
                UserMessage.from("Thanks."));

        assertThat(model.request().messages())
                .containsExactly(
                        Message.system("Be brief."),
                        Message.user("Weather in Bern?\nAnd today?"),
                        Message.assistant("I look.", List.of(new ToolCall("c1", "weather", "{\"city\": \"Bern\"}")))
                                .withReasoning("They want weather."),
                        new Message(Role.TOOL, "sunny", List.of(), "c1", "weather"),
                        Message.assistant("Sunny."),
                        Message.user("Thanks."));
    }

    @Test
    void chat_parameters_areTheRequests() {
        Request request = asked(ChatRequestParameters.builder()
                .modelName("support")
                .temperature(0.5)
                .topP(0.9)
                .topK(40)
                .maxOutputTokens(17)
                .stopSequences("\n", "END")
                .frequencyPenalty(0.0)
                .build());

        assertThat(request.adapters()).containsExactly(AdapterUse.of("support"));
        assertThat(request.options().withSeed(0))
                .isEqualTo(GenerationOptions.defaults()
                        .withTemperature(0.5)
                        .withTopP(0.9)
                        .withTopK(40)
                        .withMaxTokens(17)
                        .withStop("\n", "END"));
    }

    @Test
    void chat_modelsOwnName_usesNoAdapter() {
        assertThat(asked(ChatRequestParameters.builder().modelName("scripted").build())
                        .adapters())
                .isEmpty();
    }

    @Test
    void chat_sampled_hasANewSeedEachTimeUnlessOneIsFixed() {
        ChatRequestParameters warm =
                ChatRequestParameters.builder().temperature(1.0).build();
        assertThat(asked(warm).options().seed())
                .isNotEqualTo(asked(warm).options().seed());

        LlmAdaptChatModel fixed = new LlmAdaptChatModel(
                model, ChatOptions.defaults().withParameters(warm).withSeed(5));
        fixed.chat("hello");
        assertThat(model.request().options().seed()).isEqualTo(5);
    }

    @Test
    void chat_defaults_holdWhereTheRequestSaysNothing() {
        LlmAdaptChatModel with = new LlmAdaptChatModel(
                model,
                ChatOptions.defaults()
                        .withParameters(ChatRequestParameters.builder()
                                .modelName("support")
                                .maxOutputTokens(5)
                                .build())
                        .withMinP(0.1)
                        .withRepetitionPenalty(1.2)
                        .withTemplateArgument("enable_thinking", false)
                        .withTimeLimit(Duration.ofSeconds(9)));
        ChatResponse response = with.chat(ChatRequest.builder()
                .messages(UserMessage.from("hello"))
                .maxOutputTokens(6)
                .build());

        Request request = model.request();
        assertThat(response.modelName()).isEqualTo("support");
        assertThat(request.adapters()).containsExactly(AdapterUse.of("support"));
        assertThat(request.options().maxTokens()).isEqualTo(6);
        assertThat(request.options().minP()).isEqualTo(0.1);
        assertThat(request.options().repetitionPenalty()).isEqualTo(1.2);
        assertThat(request.templateArguments()).isEqualTo(Map.of("enable_thinking", false));
        assertThat(request.scheduling().timeLimit()).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void chat_penalties_areRefusedByName() {
        for (ChatRequestParameters parameters : List.of(
                ChatRequestParameters.builder().frequencyPenalty(0.5).build(),
                ChatRequestParameters.builder().presencePenalty(0.5).build())) {
            String name = parameters.frequencyPenalty() != null ? "frequencyPenalty" : "presencePenalty";
            assertThatThrownBy(() -> asked(parameters))
                    .isExactlyInstanceOf(UnsupportedFeatureException.class)
                    .hasMessageContaining(name)
                    .hasMessageContaining("not supported");
            assertThatThrownBy(() -> ChatOptions.defaults().withParameters(parameters))
                    .isExactlyInstanceOf(UnsupportedFeatureException.class)
                    .hasMessageContaining(name);
        }
        assertThat(model.asked).isEmpty();
    }

    @Test
    void chat_valueOutOfRange_isAnInvalidRequest() {
        assertThatThrownBy(() -> asked(ChatRequestParameters.builder().topP(1.5).build()))
                .isExactlyInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("topP must be in (0, 1]");
    }

    @Test
    void chat_contentOtherThanText_isRefusedByName() {
        List<ChatMessage> refused = List.of(
                UserMessage.from(TextContent.from("What is it?"), ImageContent.from("https://example.org/cat.png")),
                UserMessage.from(AudioContent.from("https://example.org/cat.mp3")),
                UserMessage.from("Ann", "hello"),
                CustomMessage.from(Map.of("a", 1)));
        List<String> names = List.of("image", "audio", "'Ann'", "CUSTOM");
        for (int i = 0; i < refused.size(); i++) {
            ChatMessage message = refused.get(i);
            assertThatThrownBy(() -> chat.chat(message))
                    .isExactlyInstanceOf(UnsupportedFeatureException.class)
                    .hasMessageContaining(names.get(i))
                    .hasMessageContaining("not supported");
        }
        assertThat(model.asked).isEmpty();
    }

    @Test
    void chat_jsonWithSchema_isConstrainedToIt() {
        Request request = asked(ChatRequestParameters.builder()
                .responseFormat(JsonSchema.builder()
                        .name("Answer")
                        .rootElement(WEATHER.parameters())
                        .build())
                .build());

        assertThat(request.constraint())
                .isEqualTo(OutputConstraint.json(
                        dev.llmadapt.JsonSchema.parse("{\"type\":\"object\",\"properties\":{\"city\":{\"type\":"
                                + "\"string\"}},\"required\":[\"city\"],\"additionalProperties\":false}")));
        assertThat(chat.supportedCapabilities()).containsExactly(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
    }

    @Test
    void chat_jsonWithRawSchema_isConstrainedToItsText() {
        Request request = asked(ChatRequestParameters.builder()
                .responseFormat(JsonSchema.builder()
                        .name("Answer")
                        .rootElement(JsonRawSchema.from("{\"type\": \"array\", \"minItems\": 2}"))
                        .build())
                .build());

        assertThat(request.constraint())
                .isEqualTo(OutputConstraint.json(dev.llmadapt.JsonSchema.parse("{\"type\":\"array\",\"minItems\":2}")));
    }

    @Test
    void chat_jsonWithoutSchema_isAnyObject() {
        assertThat(asked(ChatRequestParameters.builder()
                                .responseFormat(ResponseFormat.JSON)
                                .build())
                        .constraint())
                .isEqualTo(OutputConstraint.json(dev.llmadapt.JsonSchema.parse("{\"type\": \"object\"}")));
    }

    @Test
    void chat_schemaOfAModelThatKeepsNone_isRefused() {
        LlmAdaptChatModel without =
                new LlmAdaptChatModel(model, ChatOptions.defaults().withJsonSchema(false));

        assertThat(without.supportedCapabilities()).isEmpty();
        assertThatThrownBy(() -> without.chat(ChatRequest.builder()
                        .messages(UserMessage.from("hello"))
                        .parameters(ChatRequestParameters.builder()
                                .responseFormat(JsonSchema.builder()
                                        .name("Answer")
                                        .rootElement(WEATHER.parameters())
                                        .build())
                                .build())
                        .build()))
                .isExactlyInstanceOf(UnsupportedFeatureException.class)
                .hasMessageContaining("JSON schema");
    }

    @Test
    void chat_tools_areTheRequests() {
        Request request = asked(ChatRequestParameters.builder()
                .toolSpecifications(
                        WEATHER, ToolSpecification.builder().name("time").build())
                .toolChoice(ToolChoice.REQUIRED)
                .build());

        assertThat(request.tools()).extracting("name").containsExactly("weather", "time");
        assertThat(request.tools().get(0).description()).isEqualTo("The weather of a city.");
        assertThat(request.tools().get(0).parameters().jsonSchema()).contains("\"city\"");
        assertThat(request.toolChoice()).isEqualTo(dev.llmadapt.ToolChoice.required());
    }

    @Test
    void chat_toolChoiceNone_callsNone() {
        Request request = asked(ChatRequestParameters.builder()
                .toolSpecifications(WEATHER)
                .toolChoice(ToolChoice.NONE)
                .responseFormat(ResponseFormat.JSON)
                .build());

        assertThat(request.callsTools()).isFalse();
    }

    @Test
    void chat_toolsWithJson_isRefused() {
        assertThatThrownBy(() -> asked(ChatRequestParameters.builder()
                        .toolSpecifications(WEATHER)
                        .responseFormat(ResponseFormat.JSON)
                        .build()))
                .isExactlyInstanceOf(UnsupportedFeatureException.class)
                .hasMessageContaining("JSON response format together with tools");
    }

    @Test
    void chat_answerWithCalls_hasThemAndNoText() {
        ScriptedModel calling = ScriptedModel.calling(new ToolCall("a1b2c3d4e", "weather", "{\"city\": \"Bern\"}"));
        ChatResponse response = new LlmAdaptChatModel(calling).chat(UserMessage.from("Weather?"));

        assertThat(response.finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
        assertThat(response.aiMessage().text()).isNull();
        assertThat(response.aiMessage().toolExecutionRequests())
                .containsExactly(ToolExecutionRequest.builder()
                        .id("a1b2c3d4e")
                        .name("weather")
                        .arguments("{\"city\": \"Bern\"}")
                        .build());
    }

    @Test
    void chat_thought_isInTheAnswerWhereItIsAskedFor() {
        ScriptedModel thinking = ScriptedModel.answering(dev.llmadapt.FinishReason.LENGTH, "Hm.", List.of(), "Yes");

        ChatResponse without = new LlmAdaptChatModel(thinking).chat(UserMessage.from("?"));
        ChatResponse with =
                new LlmAdaptChatModel(thinking, ChatOptions.defaults().withThinking(true)).chat(UserMessage.from("?"));

        assertThat(without.aiMessage().thinking()).isNull();
        assertThat(with.aiMessage().thinking()).isEqualTo("Hm.");
        assertThat(with.finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void chat_failures_areLangChain4jsOwn() {
        Map<RuntimeException, Class<? extends RuntimeException>> expected = Map.of(
                new IllegalArgumentException("the prompt is too long"), InvalidRequestException.class,
                new OverloadedException("too many wait"), RateLimitException.class,
                new LlmAdaptException("the file broke"), InternalServerException.class,
                new UnsupportedOperationException("no such thing"), UnsupportedFeatureException.class,
                new IllegalStateException("the model is closed"), IllegalStateException.class);
        expected.forEach((failure, type) -> assertThatThrownBy(
                        () -> new LlmAdaptChatModel(ScriptedModel.failing(failure)).chat("hello"))
                .isExactlyInstanceOf(type)
                .hasMessage(failure.getMessage()));
    }

    @Test
    void chat_timeLimitPassed_isATimeout() {
        ScriptedModel late = ScriptedModel.answering(dev.llmadapt.FinishReason.INTERRUPTED, "", List.of(), "Be");

        assertThatThrownBy(
                        () -> new LlmAdaptChatModel(late, ChatOptions.defaults().withTimeLimit(Duration.ofMillis(5)))
                                .chat("hello"))
                .isExactlyInstanceOf(TimeoutException.class)
                .hasMessageContaining("PT0.005S");
    }

    @Test
    void chat_interrupted_endsWithAnotherReason() {
        ScriptedModel late = ScriptedModel.answering(dev.llmadapt.FinishReason.INTERRUPTED, "", List.of(), "Be");
        Thread.currentThread().interrupt();
        ChatResponse response = new LlmAdaptChatModel(late).chat(UserMessage.from("hello"));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(response.finishReason()).isEqualTo(FinishReason.OTHER);
        assertThat(response.aiMessage().text()).isEqualTo("Be");
    }

    @Test
    void chat_listeners_hearRequestAnswerAndError() {
        List<String> heard = new ArrayList<>();
        ChatModelListener listener = new ChatModelListener() {
            @Override
            public void onRequest(ChatModelRequestContext context) {
                heard.add("request");
            }

            @Override
            public void onResponse(ChatModelResponseContext context) {
                heard.add("response " + context.chatResponse().aiMessage().text());
            }

            @Override
            public void onError(ChatModelErrorContext context) {
                heard.add("error " + context.error().getClass().getSimpleName());
            }
        };
        ChatOptions options = ChatOptions.defaults().withListeners(listener);
        new LlmAdaptChatModel(model, options).chat("hello");
        assertThatThrownBy(
                        () -> new LlmAdaptChatModel(ScriptedModel.failing(new IllegalArgumentException("no")), options)
                                .chat("hello"))
                .isInstanceOf(InvalidRequestException.class);

        assertThat(heard).containsExactly("request", "response Berlin", "request", "error InvalidRequestException");
    }

    @Test
    void chat_toyModel_answersAsItDoesItself() {
        try (ToyModel toy = new ToyModel()) {
            String own = toy.generate(Request.of("Tell me about cats.")
                            .withOptions(GenerationOptions.defaults().withMaxTokens(12)))
                    .text();
            ChatResponse response = new LlmAdaptChatModel(toy)
                    .chat(ChatRequest.builder()
                            .messages(UserMessage.from("Tell me about cats."))
                            .maxOutputTokens(12)
                            .build());

            assertThat(response.aiMessage().text()).isEqualTo(own);
        }
    }
}
