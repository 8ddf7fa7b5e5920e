package dev.llmadapt.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.responses.FunctionTool;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseFormatTextJsonSchemaConfig;
import com.openai.models.responses.ResponseFunctionToolCall;
import com.openai.models.responses.ResponseIncludable;
import com.openai.models.responses.ResponseInputItem;
import com.openai.models.responses.ResponseOutputText;
import com.openai.models.responses.ResponseReasoningItem;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import com.openai.models.responses.ResponseTextConfig;
import com.openai.models.responses.StructuredResponse;
import com.openai.models.responses.ToolChoiceOptions;
import dev.llmadapt.local.LocalModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** OpenAI's own Java client asks for responses; every answer is checked by the client's types. */
@Timeout(90)
class OpenAiJavaResponsesTest {
    private static LocalModel model;
    private static ModelServer server;
    private static OpenAIClient client;

    @BeforeAll
    static void start() {
        model = Fixtures.model();
        server = Fixtures.start(model);
        client = OpenAiJavaClientTest.client(server, "none");
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
        model.close();
    }

    private static ResponseCreateParams.Builder ask() {
        return ResponseCreateParams.builder()
                .model("tiny")
                .input("what time is it?")
                .maxOutputTokens(8);
    }

    private static FunctionTool time() {
        return FunctionTool.builder()
                .name("time")
                .strict(true)
                .parameters(FunctionTool.Parameters.builder()
                        .putAllAdditionalProperties(OpenAiJavaClientTest.json(OpenAiJavaClientTest.ZONE))
                        .build())
                .build();
    }

    private static Response create(ResponseCreateParams.Builder request) {
        return client.responses().create(request.build()).validate();
    }

    private static ResponseOutputText part(Response response) {
        return response.output()
                .get(0)
                .message()
                .orElseThrow()
                .content()
                .get(0)
                .outputText()
                .orElseThrow();
    }

    private static ResponseFunctionToolCall call(Response response) {
        return response.output().get(0).functionCall().orElseThrow();
    }

    /** The events of a stream, and what the client puts together of them. */
    private static Response stream(ResponseCreateParams.Builder request, List<ResponseStreamEvent> events) {
        ResponseAccumulator sum = ResponseAccumulator.create();
        try (StreamResponse<ResponseStreamEvent> stream = client.responses().createStreaming(request.build())) {
            stream.stream().map(ResponseStreamEvent::validate).forEach(event -> {
                events.add(event);
                sum.accumulate(event);
            });
        }
        return sum.response();
    }

    @Test
    void response_isRead() {
        Response response = create(ask().instructions("be short")
                .metadata(ResponseCreateParams.Metadata.builder()
                        .putAdditionalProperty("run", JsonValue.from("7"))
                        .build()));
        assertThat(response.status()).hasValue(ResponseStatus.INCOMPLETE);
        assertThat(response.incompleteDetails()
                        .orElseThrow()
                        .reason()
                        .orElseThrow()
                        .asString())
                .isEqualTo("max_output_tokens");
        assertThat(part(response).text()).isNotEmpty();
        assertThat(response.usage().orElseThrow().outputTokens()).isEqualTo(8);
        assertThat(response.metadata().orElseThrow().toString()).contains("run=7");
    }

    @Test
    void stream_isTheWholeResponse() {
        List<ResponseStreamEvent> events = new ArrayList<>();
        Response streamed = stream(ask(), events);
        assertThat(part(streamed).text()).isEqualTo(part(create(ask())).text());
        assertThat(events.get(0).created()).isPresent();
        assertThat(events.get(events.size() - 1).incomplete()).isPresent();
        StringBuilder text = new StringBuilder();
        events.forEach(event -> event.outputTextDelta().ifPresent(delta -> text.append(delta.delta())));
        assertThat(text.toString()).isEqualTo(part(streamed).text());
    }

    @Test
    void logprobs_areRead() {
        Response response =
                create(ask().topLogprobs(2).include(List.of(ResponseIncludable.MESSAGE_OUTPUT_TEXT_LOGPROBS)));
        assertThat(part(response).logprobs().orElseThrow())
                .hasSize(8)
                .allSatisfy(each -> assertThat(each.topLogprobs()).hasSize(2));
    }

    @Test
    void jsonSchema_isKept() {
        Response response = create(ask().maxOutputTokens(60)
                .text(ResponseTextConfig.builder()
                        .format(ResponseFormatTextJsonSchemaConfig.builder()
                                .name("zone")
                                .schema(ResponseFormatTextJsonSchemaConfig.Schema.builder()
                                        .putAllAdditionalProperties(
                                                OpenAiJavaClientTest.json(OpenAiJavaClientTest.ZONE))
                                        .build())
                                .build())
                        .build()));
        assertThat(response.status()).hasValue(ResponseStatus.COMPLETED);
        assertThat(JsonParser.parseString(part(response).text())
                        .getAsJsonObject()
                        .get("zone")
                        .getAsString())
                .isIn("UTC", "CET");
    }

    /** A class that the client makes a schema of. */
    @SuppressWarnings("UnusedVariable") // written by the client
    static final class Slot {
        enum Zone {
            UTC,
            CET
        }

        public @Nullable Zone zone;
        public boolean late;
    }

    @Test
    void schemaOfAClass_isKept() {
        StructuredResponse<Slot> response = client.responses()
                .create(ask().maxOutputTokens(120).text(Slot.class).build());
        Slot slot = response.output()
                .get(0)
                .message()
                .orElseThrow()
                .content()
                .get(0)
                .outputText()
                .orElseThrow();
        assertThat(slot.zone).isNotNull();
    }

    @Test
    void tools_areCalledAndAnswered() {
        ResponseCreateParams.Builder request = ask().maxOutputTokens(120)
                .addTool(time())
                .parallelToolCalls(false)
                .toolChoice(ToolChoiceOptions.REQUIRED);
        Response response = create(request);
        assertThat(call(response).name()).isEqualTo("time");
        List<ResponseStreamEvent> events = new ArrayList<>();
        assertThat(call(stream(request, events)).arguments())
                .isEqualTo(call(response).arguments());
        assertThat(events.stream()
                        .filter(event -> event.functionCallArgumentsDone().isPresent()))
                .hasSize(1);
        Response next = create(request.toolChoice(ToolChoiceOptions.NONE)
                .maxOutputTokens(4)
                .inputOfResponse(List.of(
                        ResponseInputItem.ofFunctionCall(call(response)),
                        ResponseInputItem.ofFunctionCallOutput(ResponseInputItem.FunctionCallOutput.builder()
                                .callId(call(response).callId())
                                .output("09:30")
                                .build()))));
        assertThat(part(next).text()).isNotEmpty();
    }

    @Test
    void thought_isReadAndSentBack() {
        ResponseCreateParams.Builder request = ask().putAdditionalBodyProperty(
                        "chat_template_kwargs", JsonValue.from(Map.of("enable_thinking", true)));
        List<ResponseStreamEvent> events = new ArrayList<>();
        ResponseReasoningItem thought =
                stream(request, events).output().get(0).reasoning().orElseThrow();
        assertThat(thought.content().orElseThrow().get(0).text()).isNotBlank();
        assertThat(events.stream().filter(event -> event.reasoningTextDone().isPresent()))
                .hasSize(1);
        Response next = create(ask().inputOfResponse(List.of(ResponseInputItem.ofReasoning(thought))));
        assertThat(next.output()).isNotEmpty();
    }

    @Test
    void whatIsNotKept_isABadRequest() {
        assertThatThrownBy(() -> create(ask().previousResponseId("resp_1")))
                .isInstanceOfSatisfying(BadRequestException.class, e -> {
                    assertThat(e.param()).hasValue("previous_response_id");
                    assertThat(e.getMessage()).contains("keeps no responses");
                });
        assertThatThrownBy(() -> create(ask().background(true))).isInstanceOf(BadRequestException.class);
    }
}
