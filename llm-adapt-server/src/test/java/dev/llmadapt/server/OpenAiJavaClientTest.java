package dev.llmadapt.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.RateLimitException;
import com.openai.errors.SseException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionTokenLogprob;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import dev.llmadapt.Request;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.server.catalog.ServedModels;
import dev.llmadapt.server.http.ApiKeys;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** OpenAI's own Java client against a server; every answer is checked by the client's types. */
@Timeout(90)
class OpenAiJavaClientTest {
    static final Map<String, Object> ZONE = Map.of(
            "type",
            "object",
            "properties",
            Map.of("zone", Map.of("enum", List.of("UTC", "CET"))),
            "required",
            List.of("zone"),
            "additionalProperties",
            false);

    private static LocalModel model;
    private static ModelServer server;
    private static OpenAIClient client;

    @BeforeAll
    static void start() {
        model = Fixtures.model();
        model.loadAdapter(new AdapterOperationsTest.Negation("n"));
        ServedModels models = new ServedModels().add("tiny", model).addAdapter("negated", "tiny", "n");
        server = ModelServer.start(models, Fixtures.options().withEmbedder(new EmbeddingsTest.Lengths()));
        client = client(server, "none");
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
        model.close();
    }

    /** A client that does not try again. */
    static OpenAIClient client(ModelServer server, String key) {
        URI uri = server.uri();
        return OpenAIOkHttpClient.builder()
                .baseUrl(uri + "/v1")
                .apiKey(key)
                .maxRetries(0)
                .build();
    }

    /** Values as the client takes them. */
    static Map<String, JsonValue> json(Map<String, Object> values) {
        Map<String, JsonValue> json = new java.util.LinkedHashMap<>();
        values.forEach((name, value) -> json.put(name, JsonValue.from(value)));
        return json;
    }

    private static ChatCompletionCreateParams.Builder ask(String name) {
        return ChatCompletionCreateParams.builder()
                .model(name)
                .addUserMessage("what time is it?")
                .maxCompletionTokens(8);
    }

    private static ChatCompletion chat(ChatCompletionCreateParams.Builder request) {
        return client.chat().completions().create(request.build()).validate();
    }

    private static String text(ChatCompletion answer) {
        return answer.choices().get(0).message().content().orElseThrow();
    }

    @Test
    void models_areListed() {
        List<String> names =
                client.models().list().data().stream().map(each -> each.id()).toList();
        assertThat(names).containsExactly("tiny", "negated", "lengths");
        assertThat(client.models().retrieve("negated").validate().ownedBy()).isEqualTo("llm-adapt");
        assertThatThrownBy(() -> client.models().retrieve("none")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void chat_isThatOfTheModel() {
        ChatCompletion answer = chat(ask("tiny").addSystemMessage("be short"));
        assertThat(answer.choices().get(0).finishReason().asString()).isEqualTo("length");
        assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(8);
        assertThat(text(answer)).isNotEmpty();
    }

    @Test
    void adapter_isAModel() {
        String base = text(chat(ask("tiny")));
        ChatCompletion adapted = chat(ask("negated"));
        assertThat(adapted.model()).isEqualTo("negated");
        assertThat(text(adapted)).isNotEqualTo(base);
    }

    @Test
    void stream_isTheWholeAnswer() {
        ChatCompletionCreateParams request = ask("tiny")
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        ChatCompletionAccumulator sum = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(request)) {
            stream.stream().map(ChatCompletionChunk::validate).forEach(sum::accumulate);
        }
        ChatCompletion whole = chat(ask("tiny"));
        assertThat(text(sum.chatCompletion())).isEqualTo(text(whole));
        assertThat(sum.chatCompletion().usage().orElseThrow().totalTokens())
                .isEqualTo(whole.usage().orElseThrow().totalTokens());
    }

    @Test
    void logprobs_areRead() {
        ChatCompletion answer = chat(ask("tiny").logprobs(true).topLogprobs(2));
        List<ChatCompletionTokenLogprob> content =
                answer.choices().get(0).logprobs().orElseThrow().content().orElseThrow();
        assertThat(content).hasSize(8).allSatisfy(each -> {
            assertThat(each.logprob()).isNotPositive();
            assertThat(each.topLogprobs()).hasSize(2);
        });
    }

    @Test
    void jsonSchema_isKept() {
        ResponseFormatJsonSchema format = ResponseFormatJsonSchema.builder()
                .jsonSchema(ResponseFormatJsonSchema.JsonSchema.builder()
                        .name("zone")
                        .strict(true)
                        .schema(ResponseFormatJsonSchema.JsonSchema.Schema.builder()
                                .putAllAdditionalProperties(json(ZONE))
                                .build())
                        .build())
                .build();
        String answer = text(chat(ask("tiny").maxCompletionTokens(60).responseFormat(format)));
        assertThat(JsonParser.parseString(answer).getAsJsonObject().get("zone").getAsString())
                .isIn("UTC", "CET");
        String choice = text(chat(ask("tiny")
                .maxCompletionTokens(60)
                .putAdditionalBodyProperty(
                        "structured_outputs", JsonValue.from(Map.of("choice", List.of("left", "right"))))));
        assertThat(choice).isIn("left", "right");
    }

    @Test
    void tools_areCalledAndAnswered() {
        FunctionDefinition time = FunctionDefinition.builder()
                .name("time")
                .parameters(FunctionParameters.builder()
                        .putAllAdditionalProperties(json(ZONE))
                        .build())
                .build();
        ChatCompletionCreateParams.Builder request = ask("tiny")
                .maxCompletionTokens(120)
                .addFunctionTool(time)
                .parallelToolCalls(false)
                .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED);
        ChatCompletion answer = chat(request);
        ChatCompletionMessageFunctionToolCall call = answer.choices()
                .get(0)
                .message()
                .toolCalls()
                .orElseThrow()
                .get(0)
                .function()
                .orElseThrow();
        assertThat(call.function().name()).isEqualTo("time");
        ChatCompletionAccumulator sum = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(request.build())) {
            stream.stream().forEach(sum::accumulate);
        }
        assertThat(sum.chatCompletion().choices().get(0).message().toolCalls().orElseThrow())
                .hasSize(1);
        ChatCompletion next = chat(request.addMessage(answer.choices().get(0).message())
                .addMessage(ChatCompletionToolMessageParam.builder()
                        .toolCallId(call.id())
                        .content("09:30")
                        .build())
                .toolChoice(ChatCompletionToolChoiceOption.Auto.NONE)
                .maxCompletionTokens(4));
        assertThat(text(next)).isNotEmpty();
    }

    @Test
    void completions_areRead() {
        CompletionCreateParams.Builder request = CompletionCreateParams.builder()
                .model("tiny")
                .prompt("hello world")
                .maxTokens(4)
                .logprobs(2);
        Completion answer = client.completions().create(request.build()).validate();
        assertThat(answer.choices().get(0).logprobs().orElseThrow().tokens().orElseThrow())
                .hasSize(4);
        StringBuilder text = new StringBuilder();
        try (StreamResponse<Completion> stream = client.completions().createStreaming(request.build())) {
            stream.stream().forEach(each -> text.append(each.choices().get(0).text()));
        }
        assertThat(text.toString()).isEqualTo(answer.choices().get(0).text());
        Completion scored = client.completions()
                .create(request.maxTokens(0).echo(true).logprobs(0).build());
        assertThat(scored.choices()
                        .get(0)
                        .logprobs()
                        .orElseThrow()
                        .tokenLogprobs()
                        .orElseThrow())
                .hasSize(model.promptTokens(Request.of("hello world").withRaw(true)).length);
    }

    @Test
    void embeddings_areRead() {
        EmbeddingCreateParams.Builder request =
                EmbeddingCreateParams.builder().model("lengths").inputOfArrayOfStrings(List.of("ab cd", "x"));
        CreateEmbeddingResponse answer =
                client.embeddings().create(request.build()).validate();
        assertThat(answer.data()).hasSize(2);
        assertThat(answer.data().get(0).embedding()).containsExactly(0.625f, 2f);
        CreateEmbeddingResponse plain = client.embeddings()
                .create(request.encodingFormat(EmbeddingCreateParams.EncodingFormat.FLOAT)
                        .build());
        assertThat(plain.data().get(0).embedding()).containsExactly(0.625f, 2f);
    }

    private static void refused(
            Class<? extends OpenAIServiceException> type, String param, ChatCompletionCreateParams.Builder request) {
        assertThatThrownBy(() -> chat(request)).isInstanceOfSatisfying(type, e -> {
            assertThat(e.param()).hasValue(param);
            assertThat(e.code()).isPresent();
            assertThat(e.type()).hasValue("invalid_request_error");
            assertThat(e.getMessage()).isNotBlank();
        });
    }

    @Test
    void errors_haveTheirTypes() {
        refused(NotFoundException.class, "model", ask("none"));
        refused(BadRequestException.class, "temperature", ask("tiny").temperature(5));
        refused(BadRequestException.class, "n", ask("tiny").n(9));
        refused(BadRequestException.class, "messages", ask("tiny").addUserMessage("what ".repeat(300)));
        ServerOptions options = Fixtures.options().withKeys(ApiKeys.of(List.of("secret-key-1")));
        try (ModelServer own = ModelServer.start(new ServedModels().add("tiny", model), options)) {
            OpenAIClient right = client(own, "secret-key-1");
            OpenAIClient wrong = client(own, "secret-key-2");
            assertThat(right.models().list().data()).hasSize(1);
            assertThatThrownBy(() -> wrong.models().list()).isInstanceOfSatisfying(UnauthorizedException.class, e -> {
                assertThat(e.code()).hasValue("invalid_api_key");
                assertThat(e.type()).hasValue("authentication_error");
            });
        }
    }

    @Test
    void queueAndTime_haveTheirErrors() throws Exception {
        PausedModel paused = new PausedModel();
        ServerLimits limits = Fixtures.options()
                .limits()
                .withConcurrentAnswers(1)
                .withQueueLength(0)
                .withRequestTime(Duration.ofMillis(1500));
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (ModelServer own = ModelServer.start(
                new ServedModels().add("tiny", paused), Fixtures.options().withLimits(limits))) {
            OpenAIClient asking = client(own, "none");
            Future<?> first = threads.submit(
                    () -> asking.chat().completions().create(ask("tiny").build()));
            while (paused.running.get() == 0) {
                Thread.sleep(5);
            }
            assertThatThrownBy(
                            () -> asking.chat().completions().create(ask("tiny").build()))
                    .isInstanceOfSatisfying(RateLimitException.class, e -> {
                        assertThat(e.code()).hasValue("queue_full");
                        assertThat(e.type()).hasValue("rate_limit_error");
                    });
            assertThatThrownBy(first::get)
                    .cause()
                    .isInstanceOfSatisfying(
                            InternalServerException.class,
                            e -> assertThat(e.code()).hasValue("timeout"));
            paused.permits.release(1);
            try (StreamResponse<ChatCompletionChunk> stream =
                    asking.chat().completions().createStreaming(ask("tiny").build())) {
                assertThatThrownBy(() -> stream.stream().toList())
                        .as("an error event in the stream")
                        .isInstanceOfSatisfying(
                                SseException.class,
                                e -> assertThat(e.getMessage()).contains("1.5 seconds"));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void stream_thatIsClosed_endsTheAnswer() throws Exception {
        PausedModel paused = new PausedModel();
        try (ModelServer own = ModelServer.start(new ServedModels().add("tiny", paused), Fixtures.options())) {
            OpenAIClient asking = client(own, "none");
            List<ChatCompletionChunk> seen = new ArrayList<>();
            paused.permits.release(2);
            try (StreamResponse<ChatCompletionChunk> stream = asking.chat()
                    .completions()
                    .createStreaming(ask("tiny").maxCompletionTokens(100_000).build())) {
                Iterator<ChatCompletionChunk> chunks = stream.stream().iterator();
                seen.add(chunks.next());
                seen.add(chunks.next());
            }
            assertThat(seen).hasSize(2);
            while (paused.ended.get() == 0) {
                paused.permits.release();
                Thread.sleep(20);
            }
            assertThat(paused.ended.get()).isEqualTo(1);
        }
    }
}
