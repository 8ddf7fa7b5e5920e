package dev.llmadapt.spring.ai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scheduling;
import dev.llmadapt.ScriptedModel;
import dev.llmadapt.Token;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.Usage;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import reactor.core.publisher.Flux;

final class SpringAiModelTest {
    private static final Request QUESTION = Request.of("Is it sunny?");
    private static final ToolSpec WEATHER =
            ToolSpec.of("weather", "The weather.", JsonSchema.object(JsonSchema.property("city", JsonSchema.text())));

    /** A hosted model of some integration. */
    private static class Hosted implements ChatModel {
        final List<Prompt> asked = new CopyOnWriteArrayList<>();
        final Function<Prompt, ChatResponse> answer;
        ChatOptions options = LlmAdaptChatOptions.builder()
                .model("hosted-1")
                .topK(5)
                .stopSequences(List.of("x"))
                .build();

        Hosted(Function<Prompt, ChatResponse> answer) {
            this.answer = answer;
        }

        @Override
        public ChatResponse call(Prompt prompt) {
            asked.add(prompt);
            return answer.apply(prompt);
        }

        @Override
        public ChatOptions getOptions() {
            return options;
        }
    }

    private static ChatResponse response(String text, String reason, AssistantMessage.ToolCall... calls) {
        return new ChatResponse(
                List.of(new org.springframework.ai.chat.model.Generation(
                        AssistantMessage.builder()
                                .content(text)
                                .toolCalls(List.of(calls))
                                .build(),
                        ChatGenerationMetadata.builder().finishReason(reason).build())),
                ChatResponseMetadata.builder()
                        .usage(new DefaultUsage(11, 3, 14, null, 5L, null))
                        .build());
    }

    private static ChatOptions options(Hosted chat) {
        return Objects.requireNonNull(chat.asked.get(0).getOptions());
    }

    private static Hosted saying(String text) {
        return new Hosted(prompt -> response(text, "stop"));
    }

    private static Model whole(ChatModel chat) {
        return new SpringAiModel(chat, SpringAiOptions.defaults().withStreaming(false));
    }

    @Test
    void generate_text_isTheAnswerWithItsUsage() {
        Generation answer =
                whole(new Hosted(prompt -> response("Berlin", "MAX_TOKENS"))).generate(QUESTION);

        assertThat(answer.text()).isEqualTo("Berlin");
        assertThat(answer.usage()).isEqualTo(new Usage(11, 3, 5));
        assertThat(answer.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(whole(saying("")).info().name()).isEqualTo("hosted-1");
    }

    @Test
    @SuppressWarnings("NullAway") // what models of others do
    void generate_noAnswer_isAnError() {
        for (ChatResponse nothing : new ChatResponse[] {null, new ChatResponse(List.of())}) {
            assertThatThrownBy(() -> whole(new Hosted(prompt -> nothing)).generate(QUESTION))
                    .isExactlyInstanceOf(LlmAdaptException.class)
                    .hasMessageContaining("'hosted-1' answered nothing");
        }
    }

    @Test
    void generate_options_takeTheModelsPlace() {
        Hosted chat = saying("yes");
        whole(chat).generate(QUESTION);
        whole(chat)
                .generate(QUESTION.withOptions(GenerationOptions.defaults()
                        .withMaxTokens(9)
                        .withTemperature(0.7)
                        .withTopP(0.8)
                        .withTopK(30)
                        .withStop("END")));

        ChatOptions plain = chat.asked.get(0).getOptions();
        assertThat(plain)
                .isEqualTo(LlmAdaptChatOptions.builder()
                        .model("hosted-1")
                        .temperature(0.0)
                        .maxTokens(256)
                        .build());
        assertThat(chat.asked.get(1).getOptions())
                .isEqualTo(LlmAdaptChatOptions.builder()
                        .model("hosted-1")
                        .maxTokens(9)
                        .temperature(0.7)
                        .topP(0.8)
                        .topK(30)
                        .stopSequences(List.of("END"))
                        .build());
    }

    @Test
    void generate_whatSpringAiCannotSay_isRefusedByName() {
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
                request -> request.withTools(List.of(WEATHER), ToolChoice.required()),
                request -> request.withTools(List.of(WEATHER), ToolChoice.auto().withParallel(false)));
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
                "tool choice REQUIRED",
                "one call at most");
        Hosted chat = saying("yes");
        for (int i = 0; i < refused.size(); i++) {
            Request request = refused.get(i).apply(QUESTION);
            assertThatThrownBy(() -> new SpringAiModel(chat).generate(request))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(names.get(i));
        }
        chat.options = ToolCallingChatOptions.builder().build();
        assertThatThrownBy(() -> new SpringAiModel(chat)
                        .generate(QUESTION.withConstraint(OutputConstraint.oneOf(List.of("yes", "no")))))
                .hasMessageContaining("keeps no JSON schemas");
        chat.options = ChatOptions.builder().build();
        assertThatThrownBy(() -> new SpringAiModel(chat).generate(QUESTION.withTools(WEATHER)))
                .hasMessageContaining("has no tools");
        assertThat(chat.asked).isEmpty();
    }

    @Test
    void generate_choices_areAskedForInJsonAndRead() {
        Hosted chat = saying("{\"answer\": \"no\"}");
        Request request = QUESTION.withConstraint(OutputConstraint.oneOf(List.of("yes", "no")));
        List<Token> heard = new ArrayList<>();
        Generation answer = new SpringAiModel(chat).stream(request, heard::add);

        assertThat(answer.text()).isEqualTo("no");
        assertThat(heard).isEqualTo(answer.tokens());
        assertThat(LlmAdaptChatOptions.class.cast(options(chat)).getOutputSchema())
                .contains("[\"yes\",\"no\"]");
        assertThatThrownBy(() -> new SpringAiModel(saying("{\"answer\": \"maybe\"}")).generate(request))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("maybe");
    }

    @Test
    void generate_json_isCheckedAndInTheOneFormOfABuiltSchema() {
        Request built = QUESTION.withConstraint(OutputConstraint.json(WEATHER.parameters()));

        assertThat(new SpringAiModel(saying("{\"city\":\n\"Bern\"}"))
                        .generate(built)
                        .text())
                .isEqualTo("{\"city\": \"Bern\"}");
        assertThatThrownBy(() -> new SpringAiModel(saying("{\"town\": \"Bern\"}")).generate(built))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("JSON of its schema");
    }

    @Test
    void generate_tools_areCalledAndChecked() {
        Hosted chat = new Hosted(prompt -> response(
                "", "tool_calls", new AssistantMessage.ToolCall("7", "function", "weather", "{\"city\": \"Bern\"}")));
        Generation answer = whole(chat).generate(QUESTION.withTools(WEATHER));

        assertThat(answer.toolCalls()).containsExactly(new ToolCall("7", "weather", "{\"city\": \"Bern\"}"));
        assertThat(answer.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(ToolCallingChatOptions.class.cast(options(chat)).getToolCallbacks())
                .extracting(tool -> tool.getToolDefinition().name())
                .containsExactly("weather");
        Hosted broken = new Hosted(
                prompt -> response("", "tool_calls", new AssistantMessage.ToolCall("7", "function", "time", "{}")));
        assertThatThrownBy(() -> whole(broken).generate(QUESTION.withTools(WEATHER)))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("time");
    }

    @Test
    void generate_filteredAnswerAndOtherFailures_areThisLibrarysOwn() {
        assertThatThrownBy(() -> whole(new Hosted(prompt -> response("", "content_filter")))
                        .generate(QUESTION))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("content_filter");
        assertThatThrownBy(() -> whole(new Hosted(prompt -> {
                            throw new ArithmeticException("down");
                        }))
                        .generate(QUESTION))
                .isExactlyInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("hosted-1")
                .hasMessageContaining("down");
    }

    @Test
    void generate_connectionThatBreaks_isAModelThatCannotBeAsked() {
        Hosted gone = new Hosted(prompt -> {
            throw new UncheckedIOException(new ConnectException("refused"));
        });

        assertThatThrownBy(() -> whole(gone).generate(QUESTION))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("hosted-1");
    }

    @Test
    void stream_pieces_areHeardOnTheCallingThread() {
        List<Token> heard = new ArrayList<>();
        Thread caller = Thread.currentThread();
        List<Thread> threads = new ArrayList<>();
        Generation answer = new SpringAiModel(new LlmAdaptChatModel(ScriptedModel.saying("Ber", "lin")))
                .stream(QUESTION, token -> {
                    heard.add(token);
                    threads.add(Thread.currentThread());
                });

        assertThat(heard).extracting(Token::text).containsExactly("Ber", "lin");
        assertThat(threads).containsOnly(caller);
        assertThat(answer.text()).isEqualTo("Berlin");
        assertThat(answer.usage()).isEqualTo(new Usage(7, 2, 4));
    }

    @Test
    void stream_modelThatCannot_answersInOnePiece() {
        List<Token> heard = new ArrayList<>();
        Generation answer = new SpringAiModel(saying("Berlin")).stream(QUESTION, heard::add);

        assertThat(heard).extracting(Token::text).containsExactly("Berlin");
        assertThat(answer.tokens()).isEqualTo(heard);
    }

    @Test
    void stream_timeLimitAndInterrupt_cancelTheSubscription() {
        AtomicBoolean cancelled = new AtomicBoolean();
        Hosted slow = new Hosted(prompt -> response("", "stop")) {
            @Override
            public Flux<ChatResponse> stream(Prompt prompt) {
                return Flux.concat(Flux.just(response("Be", "")), Flux.<ChatResponse>never())
                        .doOnCancel(() -> cancelled.set(true));
            }
        };
        Generation late = new SpringAiModel(slow)
                .generate(QUESTION.withScheduling(
                        Scheduling.NONE.withTimeLimit(Duration.ofSeconds(3)))); // by then it is asked
        assertThat(late.finishReason()).isEqualTo(FinishReason.INTERRUPTED);
        assertThat(late.text()).isEqualTo("Be");
        await().untilTrue(cancelled);

        cancelled.set(false);
        Generation ended = new SpringAiModel(slow)
                .stream(QUESTION, token -> Thread.currentThread().interrupt());
        assertThat(Thread.interrupted()).isTrue();
        assertThat(ended.finishReason()).isEqualTo(FinishReason.INTERRUPTED);
        await().untilTrue(cancelled);
    }

    @Test
    void generate_interruptedWhileTheWholeAnswerIsWaitedFor_interruptsItsThread() {
        AtomicBoolean interrupted = new AtomicBoolean();
        Hosted slow = new Hosted(prompt -> {
            try {
                Thread.sleep(20_000);
            } catch (InterruptedException e) {
                interrupted.set(true);
            }
            return response("", "stop");
        });
        Generation late = whole(slow)
                .generate(QUESTION.withScheduling(
                        Scheduling.NONE.withTimeLimit(Duration.ofSeconds(3)))); // by then it is asked
        assertThat(late.finishReason()).isEqualTo(FinishReason.INTERRUPTED);
        await().untilTrue(interrupted);
    }

    @Test
    void strategy_overAModelOfSpringAi_isAsOverAnyModel() {
        var task = dev.llmadapt.ToyTask.task();
        Hosted chat = saying("{\"answer\": \"" + task.labels().get(0) + "\"}");
        dev.llmadapt.Strategy shouting = new dev.llmadapt.Strategy() {
            @Override
            public String name() {
                return "constrained";
            }

            @Override
            public Model adapt(Model base, dev.llmadapt.Task given, Progress progress) {
                return new dev.llmadapt.ModelLayer(base) {
                    @Override
                    protected Request apply(Request request) {
                        return request.withConstraint(OutputConstraint.oneOf(given.labels()));
                    }
                };
            }
        };
        assertThat(shouting.adapt(new SpringAiModel(chat), task, Progress.NONE)
                        .generate(task.request("where is it?"))
                        .text())
                .isEqualTo(task.labels().get(0));
    }
}
