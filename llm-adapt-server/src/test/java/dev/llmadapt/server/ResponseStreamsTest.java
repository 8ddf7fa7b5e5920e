package dev.llmadapt.server;

import static dev.llmadapt.server.ResponsesTest.ASK;
import static dev.llmadapt.server.ResponsesTest.PATH;
import static dev.llmadapt.server.ResponsesTest.TOOL;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.prompting.ChainOfThought;
import dev.llmadapt.server.catalog.ServedModels;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams of {@code /v1/responses}. */
@Timeout(60)
class ResponseStreamsTest {
    private static LocalModel model;
    private static ModelServer server;
    private static ServerClient client;

    @BeforeAll
    static void start() {
        model = Fixtures.model();
        server = Fixtures.start(model);
        client = new ServerClient(server);
    }

    @AfterAll
    static void stop() {
        server.close();
        model.close();
    }

    /** The events of a stream: each with its type in a line before it, numbered one after the other. */
    private static List<JsonObject> events(ServerClient asking, String json) {
        HttpResponse<String> response = asking.send(PATH, json);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
        assertThat(response.body()).endsWith("\n\n").doesNotContain("[DONE]");
        List<JsonObject> events = new ArrayList<>();
        for (String each : response.body().strip().split("\n\n", -1)) {
            String[] lines = each.split("\n", -1);
            assertThat(lines).hasSize(2);
            JsonObject event = ServerClient.object(lines[1].substring("data: ".length()));
            assertThat(lines[0]).isEqualTo("event: " + event.get("type").getAsString());
            assertThat(event.get("sequence_number").getAsInt()).isEqualTo(events.size());
            events.add(event);
        }
        return events;
    }

    private static List<String> types(List<JsonObject> events) {
        List<String> types = new ArrayList<>();
        for (JsonObject event : events) {
            String type = event.get("type").getAsString();
            if (!type.endsWith(".delta") || !types.get(types.size() - 1).equals(type)) {
                types.add(type);
            }
        }
        return types;
    }

    private static String joined(List<JsonObject> events, String type) {
        StringBuilder text = new StringBuilder();
        events.stream()
                .filter(event -> event.get("type").getAsString().equals(type))
                .forEach(event -> text.append(event.get("delta").getAsString()));
        return text.toString();
    }

    private static JsonObject last(List<JsonObject> events) {
        return events.get(events.size() - 1).getAsJsonObject("response");
    }

    /** A response without what differs from one to the next. */
    private static String plain(JsonObject response) {
        return response.toString()
                .replaceAll("\"(id|call_id)\":\"[^\"]*\"", "\"$1\":\"\"")
                .replaceAll("\"(created_at|cached_tokens)\":\\d+", "");
    }

    /** The items that the events end are the output of the last event, and that of the whole response. */
    private static void assertSameAsWhole(List<JsonObject> events, ServerClient asking, String json) {
        JsonArray items = new JsonArray();
        for (JsonObject event : events) {
            if (event.get("type").getAsString().equals("response.output_item.done")) {
                assertThat(event.get("output_index").getAsInt()).isEqualTo(items.size());
                items.add(event.get("item"));
            }
        }
        assertThat(last(events).getAsJsonArray("output")).isEqualTo(items);
        assertThat(plain(last(events))).isEqualTo(plain(asking.post(PATH, json + "}")));
    }

    @Test
    void stream_isInOrderAndTheWholeResponse() {
        String json = ASK + ",\"max_output_tokens\":8";
        List<JsonObject> events = events(client, json + ",\"stream\":true}");
        assertThat(types(events))
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.delta",
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.incomplete");
        assertSameAsWhole(events, client, json);
        String text = ResponsesTest.text(last(events));
        assertThat(joined(events, "response.output_text.delta")).isEqualTo(text);
        JsonObject begun = events.get(0).getAsJsonObject("response");
        assertThat(begun.get("status").getAsString()).isEqualTo("in_progress");
        assertThat(begun.getAsJsonArray("output")).isEmpty();
        assertThat(begun.get("id")).isEqualTo(last(events).get("id"));
        JsonElement item = events.get(2).getAsJsonObject("item").get("id");
        for (int i = 3; i < events.size() - 2; i++) {
            JsonObject event = events.get(i);
            assertThat(event.get("item_id")).isEqualTo(item);
            assertThat(event.get("output_index").getAsInt()).isZero();
            assertThat(event.get("content_index").getAsInt()).isZero();
        }
        assertThat(events.get(events.size() - 4).get("text").getAsString()).isEqualTo(text);
    }

    @Test
    void stream_thatEndsByItself_isCompleted() {
        String json =
                ASK + ",\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":\"x\",\"schema\":{\"enum\":[1]}}}";
        List<JsonObject> events = events(client, json + ",\"stream\":true}");
        assertThat(types(events)).endsWith("response.completed");
        assertSameAsWhole(events, client, json);
    }

    @Test
    void stream_logprobs_areOnEachPieceAndTogetherAtTheEnd() {
        String json = ASK + ",\"max_output_tokens\":6,\"include\":[\"message.output_text.logprobs\"]";
        List<JsonObject> events = events(client, json + ",\"stream\":true}");
        JsonArray pieces = new JsonArray();
        events.stream()
                .filter(event -> event.get("type").getAsString().equals("response.output_text.delta"))
                .forEach(event -> pieces.addAll(event.getAsJsonArray("logprobs")));
        assertThat(pieces).hasSize(6);
        assertThat(events.get(events.size() - 4).getAsJsonArray("logprobs")).isEqualTo(pieces);
        assertSameAsWhole(events, client, json);
    }

    @Test
    void stream_call_hasItsArgumentsInEvents() {
        String json = ASK + TOOL + ",\"tool_choice\":\"required\",\"parallel_tool_calls\":false";
        List<JsonObject> events = events(client, json + ",\"stream\":true}");
        assertThat(types(events))
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.function_call_arguments.delta",
                        "response.function_call_arguments.done",
                        "response.output_item.done",
                        "response.completed");
        JsonObject call = ResponsesTest.item(last(events), 0);
        assertThat(events.get(2).getAsJsonObject("item").get("name").getAsString())
                .isEqualTo("time");
        assertThat(events.get(2).getAsJsonObject("item").get("arguments").getAsString())
                .isEmpty();
        assertThat(events.get(2).getAsJsonObject("item").get("call_id")).isEqualTo(call.get("call_id"));
        assertThat(joined(events, "response.function_call_arguments.delta"))
                .isEqualTo(call.get("arguments").getAsString());
        assertThat(events.get(4).get("arguments")).isEqualTo(call.get("arguments"));
        assertSameAsWhole(events, client, json);
    }

    @Test
    void stream_thought_hasEventsOfItsOwn() {
        String json = ASK + ",\"max_output_tokens\":9,\"chat_template_kwargs\":{\"enable_thinking\":true}";
        List<JsonObject> events = events(client, json + ",\"stream\":true}");
        assertThat(types(events))
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.reasoning_text.delta",
                        "response.reasoning_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.incomplete");
        assertThat(joined(events, "response.reasoning_text.delta"))
                .isNotBlank()
                .isEqualTo(ResponsesTest.item(last(events), 0)
                        .getAsJsonArray("content")
                        .get(0)
                        .getAsJsonObject()
                        .get("text")
                        .getAsString());
        assertSameAsWhole(events, client, json);
    }

    @Test
    void stream_ofALayerThatThinks_hasItsThoughtAndCanBeSentBack() {
        Task task = Task.answering("a", "Answer.", List.of());
        ServedModels models = new ServedModels()
                .add("tiny", ChainOfThought.defaults().withThoughtTokens(6).adapt(new ToyModel(), task, Progress.NONE));
        try (ModelServer own = ModelServer.start(models, Fixtures.options())) {
            ServerClient asking = new ServerClient(own);
            List<JsonObject> events = events(asking, ASK + ",\"max_output_tokens\":8,\"stream\":true}");
            JsonArray output = last(events).getAsJsonArray("output");
            assertThat(output).hasSize(2);
            assertThat(types(events)).contains("response.reasoning_text.done", "response.output_text.done");
            assertThat(last(events).getAsJsonObject("usage").has("output_tokens_details"))
                    .as("the layer's calls are not counted apart")
                    .isFalse();
            JsonArray input = new JsonArray();
            input.add(ServerClient.object("{\"role\":\"user\",\"content\":\"a\"}"));
            input.addAll(output);
            input.add(ServerClient.object("{\"role\":\"user\",\"content\":\"b\"}"));
            assertThat(asking.post(PATH, "{\"input\":" + input + ",\"max_output_tokens\":4}")
                            .getAsJsonArray("output"))
                    .isNotEmpty();
        }
    }

    @Test
    void stream_thatIsStopped_failsInTheLastEvent() {
        PausedModel paused = new PausedModel();
        ServerOptions options =
                Fixtures.options().withLimits(Fixtures.options().limits().withRequestTime(Duration.ofMillis(400)));
        try (ModelServer own = ModelServer.start(new ServedModels().add("tiny", paused), options)) {
            paused.permits.release(1);
            List<JsonObject> events = events(new ServerClient(own), ASK + ",\"stream\":true}");
            assertThat(types(events)).endsWith("response.output_text.delta", "response.failed");
            JsonObject failed = last(events);
            assertThat(failed.get("status").getAsString()).isEqualTo("failed");
            JsonObject error = failed.getAsJsonObject("error");
            assertThat(error.get("code").getAsString()).isEqualTo("server_error");
            assertThat(error.get("message").getAsString()).contains("0.4 seconds");
        }
    }

    @Test
    void stream_whatIsRefused_hasAStatus() {
        client.refused(400, PATH, ASK.replace("what", "what ".repeat(300)) + ",\"stream\":true}");
        client.refused(400, PATH, ASK + ",\"stream\":true,\"background\":true}");
    }
}
