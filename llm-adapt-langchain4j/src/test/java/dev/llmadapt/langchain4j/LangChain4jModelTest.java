package dev.llmadapt.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.OverloadedException;
import dev.llmadapt.Request;
import dev.llmadapt.Scheduling;
import dev.llmadapt.Scoring;
import dev.llmadapt.Token;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.Usage;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class LangChain4jModelTest {
    private static final Request QUESTION = Request.of("Capital of Germany?");
    private static final ToolSpec WEATHER =
            ToolSpec.of("weather", "The weather.", JsonSchema.object(JsonSchema.property("city", JsonSchema.text())));

    /** A model of LangChain4j that remembers its requests. */
    private static final class Chat implements ChatModel {
        final List<ChatRequest> asked = new CopyOnWriteArrayList<>();
        final Function<ChatRequest, ChatResponse> answer;
        final Set<Capability> capabilities;
        ChatRequestParameters defaults =
                ChatRequestParameters.builder().modelName("hosted-1").build();

        Chat(Function<ChatRequest, ChatResponse> answer, Capability... capabilities) {
            this.answer = answer;
            this.capabilities = Set.of(capabilities);
        }

        @Override
        public ChatResponse doChat(ChatRequest request) {
            asked.add(request);
            return answer.apply(request);
        }

        @Override
        public ChatRequestParameters defaultRequestParameters() {
            return defaults;
        }

        @Override
        public Set<Capability> supportedCapabilities() {
            return capabilities;
        }
    }

    private static Chat saying(String text) {
        return new Chat(
                request -> response(AiMessage.from(text), FinishReason.STOP), Capability.RESPONSE_FORMAT_JSON_SCHEMA);
    }

    private static ChatResponse response(AiMessage message, FinishReason reason) {
        return ChatResponse.builder()
                .aiMessage(message)
                .tokenUsage(new TokenUsage(11, 3))
                .finishReason(reason)
                .build();
    }

    private static Chat calling(String name, String arguments) {
        return new Chat(request -> response(
                AiMessage.from(ToolExecutionRequest.builder()
                        .id("7")
                        .name(name)
                        .arguments(arguments)
                        .build()),
                FinishReason.TOOL_EXECUTION));
    }

    @Test
    void generate_text_isTheAnswerWithItsUsage() {
        Chat chat = new Chat(request ->
                response(AiMessage.builder().text("Berlin").thinking("Easy.").build(), FinishReason.LENGTH));
        Generation answer = new LangChain4jModel(chat).generate(QUESTION);

        assertThat(answer.text()).isEqualTo("Berlin");
        assertThat(answer.tokens()).extracting(Token::text).containsExactly("", "Berlin");
        assertThat(answer.tokens()).extracting(Token::reasoning).containsExactly("Easy.", "");
        assertThat(answer.usage()).isEqualTo(new Usage(11, 3));
        assertThat(answer.finishReason()).isEqualTo(dev.llmadapt.FinishReason.LENGTH);
        assertThat(answer.reasoning()).isEqualTo("Easy.");
    }

    @Test
    void generate_options_areTheParameters() {
        Chat chat = saying("yes");
        new LangChain4jModel(chat)
                .generate(QUESTION.withOptions(GenerationOptions.defaults()
                        .withMaxTokens(9)
                        .withTemperature(0.7)
                        .withTopP(0.8)
                        .withTopK(30)
                        .withStop("END")));

        ChatRequest asked = chat.asked.get(0);
        assertThat(asked.maxOutputTokens()).isEqualTo(9);
        assertThat(asked.temperature()).isEqualTo(0.7);
        assertThat(asked.topP()).isEqualTo(0.8);
        assertThat(asked.topK()).isEqualTo(30);
        assertThat(asked.stopSequences()).containsExactly("END");
        assertThat(asked.modelName()).isEqualTo("hosted-1");
    }

    @Test
    void generate_whatLangChain4jCannotSay_isRefusedByName() {
        GenerationOptions options = GenerationOptions.defaults();
        List<UnaryOperator<Request>> refused = List.of(
                request -> request.withRaw(true),
                request -> request.withAdapter("support"),
                request -> request.withTemplateArgument("enable_thinking", false),
                request -> request.plus(Message.assistant("It is")),
                request -> request.withOptions(options.withMinP(0.1)),
                request -> request.withOptions(options.withRepetitionPenalty(1.1)),
                request -> request.withOptions(options.withLogProbabilities(true)),
                request -> request.withOptions(options.withTemperature(1).withSeed(3)),
                request -> request.withConstraint(OutputConstraint.regex("a+")),
                request -> request.withConstraint(OutputConstraint.grammar("root ::= \"a\"")),
                request -> request.withTools(
                        List.of(WEATHER), dev.llmadapt.ToolChoice.auto().withParallel(false)));
        List<String> names = List.of(
                "raw text",
                "support",
                "enable_thinking",
                "assistant's message to continue",
                "minP 0.1",
                "repetitionPenalty 1.1",
                "log-probabilities",
                "seed 3",
                "a regular expression",
                "a grammar",
                "one call at most");
        Chat chat = saying("yes");
        for (int i = 0; i < refused.size(); i++) {
            Request request = refused.get(i).apply(QUESTION);
            assertThatThrownBy(() -> new LangChain4jModel(chat).generate(request))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(names.get(i));
        }
        assertThat(chat.asked).isEmpty();
    }

    @Test
    void generate_defaultsThatCannotBeUndone_areRefused() {
        Chat chat = saying("yes");
        chat.defaults = ChatRequestParameters.builder().topK(5).topP(0.5).build();
        assertThatThrownBy(() -> new LangChain4jModel(chat).generate(QUESTION))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("topK 5");

        chat.defaults = ChatRequestParameters.builder().topP(0.5).build();
        new LangChain4jModel(chat).generate(QUESTION);
        assertThat(chat.asked.get(0).topP()).isEqualTo(1.0);

        chat.defaults = ChatRequestParameters.builder().stopSequences("x").build();
        assertThatThrownBy(() -> new LangChain4jModel(chat).generate(QUESTION))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stopSequences [x]");
    }

    @Test
    void generate_choices_areAskedForInJsonAndRead() {
        Chat chat = saying("{\"answer\": \"no\"}");
        Request request = QUESTION.withConstraint(OutputConstraint.oneOf(List.of("yes", "no")));
        List<Token> heard = new ArrayList<>();
        Generation answer = new LangChain4jModel(chat).stream(request, heard::add);

        assertThat(answer.text()).isEqualTo("no");
        assertThat(heard).isEqualTo(answer.tokens());
        assertThat(chat.asked.get(0).responseFormat().type()).isEqualTo(ResponseFormatType.JSON);
        assertThat(SchemaText.of(chat.asked.get(0).responseFormat().jsonSchema().rootElement()))
                .contains("[\"yes\",\"no\"]");
        assertThatThrownBy(() -> new LangChain4jModel(saying("{\"answer\": \"maybe\"}")).generate(request))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("[yes, no]")
                .hasMessageContaining("maybe");
    }

    @Test
    void generate_json_isCheckedAndInTheOneFormOfABuiltSchema() {
        Request built = QUESTION.withConstraint(OutputConstraint.json(WEATHER.parameters()));
        Request parsed = QUESTION.withConstraint(OutputConstraint.json(JsonSchema.parse("{\"type\": \"array\"}")));

        assertThat(new LangChain4jModel(saying("{\"city\":\n\"Bern\"}"))
                        .generate(built)
                        .text())
                .isEqualTo("{\"city\": \"Bern\"}");
        assertThat(new LangChain4jModel(saying("[1,\n2]")).generate(parsed).text())
                .isEqualTo("[1,\n2]");
        assertThatThrownBy(() -> new LangChain4jModel(saying("{\"town\": \"Bern\"}")).generate(built))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("JSON of its schema");
        assertThatThrownBy(() -> new LangChain4jModel(saying("I would say [1")).generate(parsed))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("expected JSON");
    }

    @Test
    void generate_constraintOfAModelThatDeclaresNone_isRefused() {
        Chat chat = new Chat(request -> response(AiMessage.from("yes"), FinishReason.STOP));
        for (OutputConstraint constraint :
                List.of(OutputConstraint.oneOf(List.of("yes", "no")), OutputConstraint.json(WEATHER.parameters()))) {
            assertThatThrownBy(() -> new LangChain4jModel(chat).generate(QUESTION.withConstraint(constraint)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("RESPONSE_FORMAT_JSON_SCHEMA");
        }
        assertThat(chat.asked).isEmpty();
    }

    @Test
    void generate_tools_areCalled() {
        Chat chat = calling("weather", "{\"city\": \"Bern\"}");
        Generation answer = new LangChain4jModel(chat)
                .generate(QUESTION.withTools(List.of(WEATHER), dev.llmadapt.ToolChoice.required()));

        assertThat(answer.toolCalls()).containsExactly(new ToolCall("7", "weather", "{\"city\": \"Bern\"}"));
        assertThat(answer.finishReason()).isEqualTo(dev.llmadapt.FinishReason.TOOL_CALLS);
        assertThat(answer.text()).isEmpty();
        ChatRequest asked = chat.asked.get(0);
        assertThat(asked.toolChoice()).isEqualTo(ToolChoice.REQUIRED);
        assertThat(asked.toolSpecifications().get(0).description()).isEqualTo("The weather.");
        assertThat(SchemaText.of(asked.toolSpecifications().get(0).parameters()))
                .contains("\"city\"");
    }

    @Test
    void generate_namedTool_isTheOnlyOneShown() {
        Chat chat = calling("weather", "{\"city\": \"Bern\"}");
        new LangChain4jModel(chat)
                .generate(QUESTION.withTools(
                        List.of(ToolSpec.of("time", ""), WEATHER), dev.llmadapt.ToolChoice.named("weather")));

        assertThat(chat.asked.get(0).toolSpecifications()).extracting("name").containsExactly("weather");
        assertThat(chat.asked.get(0).toolChoice()).isEqualTo(ToolChoice.REQUIRED);
    }

    @Test
    void generate_toolsThatAreNotCalledAsAsked_areAnError() {
        Request required = QUESTION.withTools(List.of(WEATHER), dev.llmadapt.ToolChoice.required());
        List<Chat> broken = List.of(
                saying("It is sunny."),
                calling("time", "{}"),
                calling("weather", "{\"town\": \"Bern\"}"),
                calling("weather", "{\"city\": "));
        for (Chat chat : broken) {
            assertThatThrownBy(() -> new LangChain4jModel(chat).generate(required))
                    .isInstanceOf(LlmAdaptException.class);
        }
    }

    @Test
    void generate_failures_areThisLibrarysOwn() {
        List<RuntimeException> failures = List.of(
                new UnsupportedFeatureException("no"),
                new ModelNotFoundException("none"),
                new RateLimitException("slow down"),
                new AuthenticationException("no such key"),
                new UncheckedIOException(new ConnectException("refused")),
                new InternalServerException("busy", new HttpException(503, "busy")),
                new InternalServerException("a bug", new HttpException(500, "a bug")),
                new IllegalThreadStateException("broken"));
        List<Class<? extends RuntimeException>> expected = List.of(
                IllegalArgumentException.class,
                IllegalArgumentException.class,
                OverloadedException.class,
                UnavailableException.class,
                UnavailableException.class,
                UnavailableException.class,
                LlmAdaptException.class,
                LlmAdaptException.class);
        for (int i = 0; i < failures.size(); i++) {
            RuntimeException failure = failures.get(i);
            Chat chat = new Chat(request -> {
                throw failure;
            });
            assertThatThrownBy(() -> new LangChain4jModel(chat).generate(QUESTION))
                    .isExactlyInstanceOf(expected.get(i))
                    .hasMessageContaining("hosted-1")
                    .hasMessageContaining(failure.getMessage())
                    .hasCause(failure);
        }
    }

    @Test
    @SuppressWarnings("NullAway") // what models of others do
    void generate_noAnswer_isAnError() {
        assertThatThrownBy(() -> new LangChain4jModel(new Chat(request -> null)).generate(Request.of("hi")))
                .isExactlyInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("answered nothing");
    }

    @Test
    void generate_contentFilter_isAnError() {
        Chat chat = new Chat(request -> response(AiMessage.from(""), FinishReason.CONTENT_FILTER));

        assertThatThrownBy(() -> new LangChain4jModel(chat).generate(QUESTION))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("content filter");
    }

    @Test
    void generate_timeLimit_givesTheAnswerUp() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        Chat chat = new Chat(request -> {
            try {
                Thread.sleep(20_000);
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return response(AiMessage.from("late"), FinishReason.STOP);
        });
        Generation answer = new LangChain4jModel(chat)
                .generate(QUESTION.withScheduling(Scheduling.NONE.withTimeLimit(Duration.ofMillis(50))));

        assertThat(answer.finishReason()).isEqualTo(dev.llmadapt.FinishReason.INTERRUPTED);
        assertThat(answer.text()).isEmpty();
        assertThat(interrupted.await(10, TimeUnit.SECONDS))
                .as("the thread that asked")
                .isTrue();
    }

    @Test
    void stream_interrupted_cancelsTheStream() throws Exception {
        AtomicBoolean cancelled = new AtomicBoolean();
        CountDownLatch told = new CountDownLatch(1);
        StreamingHandle handle = new StreamingHandle() {
            @Override
            public void cancel() {
                cancelled.set(true);
                told.countDown();
            }

            @Override
            public boolean isCancelled() {
                return cancelled.get();
            }
        };
        StreamingChatModel streaming = new StreamingChatModel() {
            @Override
            public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
                handler.onPartialThinking(new PartialThinking("Hm."));
                handler.onPartialResponse(new PartialResponse("Ber"), new PartialResponseContext(handle));
            }
        };
        List<Token> heard = new ArrayList<>();
        Generation answer = new LangChain4jModel(saying("x"), streaming, LangChain4jOptions.defaults())
                .stream(QUESTION, token -> {
                    heard.add(token);
                    if (!token.text().isEmpty()) {
                        Thread.currentThread().interrupt();
                    }
                });

        assertThat(Thread.interrupted()).isTrue();
        assertThat(answer.finishReason()).isEqualTo(dev.llmadapt.FinishReason.INTERRUPTED);
        assertThat(answer.text()).isEqualTo("Ber");
        assertThat(answer.reasoning()).isEqualTo("Hm.");
        assertThat(heard).isEqualTo(answer.tokens());
        assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void stream_textThatWasNotStreamed_isHeardAtTheEnd() {
        StreamingChatModel streaming = new StreamingChatModel() {
            @Override
            public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
                handler.onPartialThinking(new PartialThinking("Hm."));
                handler.onCompleteResponse(response(AiMessage.from("Berlin"), FinishReason.STOP));
            }
        };
        List<Token> heard = new ArrayList<>();
        Generation answer = new LangChain4jModel(saying("x"), streaming, LangChain4jOptions.defaults())
                .stream(QUESTION, heard::add);

        assertThat(answer.text()).isEqualTo("Berlin");
        assertThat(answer.reasoning()).isEqualTo("Hm.");
        assertThat(heard).isEqualTo(answer.tokens()).hasSize(2);
    }

    @Test
    void stream_textThatIsLongerThanItsPieces_endsWithTheRest() {
        StreamingChatModel streaming = new StreamingChatModel() {
            @Override
            public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
                handler.onPartialResponse("Ber");
                handler.onCompleteResponse(response(AiMessage.from("Berlin"), FinishReason.STOP));
            }
        };
        List<Token> heard = new ArrayList<>();
        Generation answer = new LangChain4jModel(saying("x"), streaming, LangChain4jOptions.defaults())
                .stream(QUESTION, heard::add);

        assertThat(answer.text()).isEqualTo("Berlin");
        assertThat(heard).isEqualTo(answer.tokens()).extracting(Token::text).containsExactly("Ber", "lin");
    }

    @Test
    @SuppressWarnings("NullAway") // what models of others do
    void stream_noAnswerAtTheEnd_isAnError() {
        StreamingChatModel streaming = new StreamingChatModel() {
            @Override
            public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
                handler.onPartialResponse("Ber");
                handler.onCompleteResponse(null);
            }
        };
        assertThatThrownBy(() ->
                        new LangChain4jModel(saying("x"), streaming, LangChain4jOptions.defaults()).generate(QUESTION))
                .isExactlyInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("answered nothing");
    }

    @Test
    void generate_batch_asksSeveralAtATime() {
        CountDownLatch both = new CountDownLatch(2);
        Chat chat = new Chat(request -> {
            both.countDown();
            try {
                assertThat(both.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return response(AiMessage.from(request.messages().toString()), FinishReason.STOP);
        });
        List<Generation> answers = new LangChain4jModel(chat).generate(List.of(Request.of("one?"), Request.of("two?")));

        assertThat(answers.get(0).text()).contains("one?");
        assertThat(answers.get(1).text()).contains("two?");
    }

    @Test
    void info_namesTheModelAndScoresNothing() {
        assertThat(new LangChain4jModel(saying("")).info().name()).isEqualTo("hosted-1");
        LangChain4jModel named = new LangChain4jModel(
                saying(""), null, LangChain4jOptions.defaults().withName("mine").withContextLength(99));
        assertThat(named.info().name()).isEqualTo("mine");
        assertThat(named.info().contextLength()).isEqualTo(99);
        assertThat(named.info().scoring()).isEqualTo(Scoring.NONE);
        assertThatThrownBy(() -> named.score(QUESTION, List.of("yes")))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("byLettersConstrained");
    }
}
