package dev.llmadapt.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.ToyModel;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.server.catalog.ServedModels;
import dev.llmadapt.server.http.Exchange;
import dev.llmadapt.server.http.ResponseStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The routes without an HTTP server, as another one mounts them. */
@Timeout(60)
class ModelServiceTest {
    /** A request in memory. */
    private static final class MemoryExchange implements Exchange {
        private final String path;
        private final byte[] body;
        private final Map<String, String> headers = new TreeMap<>();
        private final ByteArrayOutputStream response = new ByteArrayOutputStream();
        private String caller = "somebody";
        private String model = "";
        private int status;

        MemoryExchange(String path, String body) {
            this.path = path;
            this.body = body.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String method() {
            return "POST";
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public Optional<String> header(String name) {
            return name.equals("content-type") ? Optional.of("application/json") : Optional.empty();
        }

        @Override
        public String caller() {
            return caller;
        }

        @Override
        public void caller(String name) {
            caller = name;
        }

        @Override
        public String model() {
            return model;
        }

        @Override
        public void model(String name) {
            model = name;
        }

        @Override
        public byte[] body() {
            return body.clone();
        }

        @Override
        public void responseHeader(String name, String value) {
            headers.put(name, value);
        }

        @Override
        public void respond(int given, String type, byte[] bytes) {
            assertThat(status).isZero();
            status = given;
            response.writeBytes(bytes);
        }

        @Override
        public ResponseStream stream(String type) {
            assertThat(status).isZero();
            status = 200;
            return new ResponseStream() {
                @Override
                public void send(byte[] bytes) {
                    response.writeBytes(bytes);
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public int status() {
            return status;
        }

        String text() {
            return response.toString(StandardCharsets.UTF_8);
        }
    }

    private static MemoryExchange send(ModelService service, String path, String body) {
        MemoryExchange exchange = new MemoryExchange(path, body);
        service.handle(exchange);
        return exchange;
    }

    @Test
    void handle_aRequestOfAnotherServer_isAnswered() {
        try (ModelService service =
                ModelService.open(new ServedModels().add("tiny", new ToyModel()), ServerOptions.defaults())) {
            MemoryExchange whole = send(service, "/v1/chat/completions", Fixtures.ASK + ",\"max_tokens\":3}");
            assertThat(whole.status()).as(whole.text()).isEqualTo(200);
            assertThat(whole.model()).isEqualTo("tiny");
            assertThat(whole.headers).containsKey("x-request-id");
            MemoryExchange stream =
                    send(service, "/v1/chat/completions", Fixtures.ASK + ",\"max_tokens\":3,\"stream\":true}");
            assertThat(ServerClient.events(stream.text())).isNotEmpty();
            service.drain();
            assertThat(send(service, "/v1/chat/completions", Fixtures.ASK + "}").status())
                    .isEqualTo(503);
        }
    }

    /** Whatever stands in a request, the server answers or refuses it; nothing in it is a failure of the server. */
    @Test
    void handle_requestsWithOddValues_areAnsweredOrRefused() {
        String chat = Fixtures.ASK + ",\"max_tokens\":4,\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                + "\"stop\":[\"a\"],\"n\":2,\"seed\":1,\"temperature\":0.5,\"top_p\":0.5,\"top_k\":3,\"min_p\":0.1,"
                + "\"logprobs\":true,\"top_logprobs\":2,\"response_format\":{\"type\":\"text\"},\"tools\":[{\"type\":"
                + "\"function\",\"function\":{\"name\":\"f\",\"description\":\"d\",\"parameters\":{\"type\":\"object\"}}}],"
                + "\"tool_choice\":\"none\",\"parallel_tool_calls\":true,\"chat_template_kwargs\":{},\"logit_bias\":{}}";
        String completion =
                "{\"model\":\"tiny\",\"prompt\":[\"a\",\"b\"],\"max_tokens\":3,\"echo\":true,\"logprobs\":0,"
                        + "\"stream\":false,\"n\":1,\"suffix\":\"\",\"best_of\":1}";
        Map<String, String> requests = Map.of(
                "/v1/chat/completions", chat,
                "/v1/completions", completion,
                "/tokenize", "{\"model\":\"tiny\",\"prompt\":\"a\",\"add_special_tokens\":true}",
                "/detokenize", "{\"model\":\"tiny\",\"tokens\":[1,2]}",
                "/v1/embeddings", "{\"model\":\"tiny\",\"input\":[\"a\"],\"encoding_format\":\"float\"}",
                "/rerank", "{\"query\":\"a\",\"documents\":[\"b\"],\"top_n\":1}",
                "/v1/load_lora_adapter", "{\"lora_name\":\"a\",\"lora_path\":\"b\"}");
        int[] answered = new int[1];
        try (LocalModel model = Fixtures.model();
                ModelService service = ModelService.open(
                        new ServedModels().add("tiny", model),
                        ServerOptions.defaults()
                                .withGeneration(GenerationOptions.defaults().withMaxTokens(4)))) {
            for (long seed = 0; seed < 1500; seed++) {
                Random random = new Random(seed);
                List<String> paths = new ArrayList<>(new TreeMap<>(requests).keySet());
                String path = paths.get(random.nextInt(paths.size()));
                JsonElement body = JsonParser.parseString(requests.get(path));
                for (int i = random.nextInt(3); i >= 0; i--) {
                    change(body, random);
                }
                MemoryExchange exchange = send(service, path, body.toString());
                assertThat(exchange.status())
                        .as("seed %d: %s %s: %s", seed, path, body, exchange.text())
                        .isIn(200, 400, 404);
                assertThat(exchange.text()).doesNotContain("internal_error");
                answered[0] += exchange.status() == 200 ? 1 : 0;
            }
        }
        assertThat(answered[0]).isGreaterThan(50);
    }

    /** Puts an odd value somewhere, or takes one away. */
    private static void change(JsonElement element, Random random) {
        if (element instanceof JsonObject object && !object.isEmpty()) {
            List<String> names = new ArrayList<>(object.keySet());
            String name = names.get(random.nextInt(names.size()));
            JsonElement inside = object.get(name);
            if (random.nextBoolean() && (inside.isJsonObject() || inside.isJsonArray())) {
                change(inside, random);
            } else if (random.nextInt(4) == 0) {
                object.remove(name);
            } else {
                object.add(name, odd(random));
            }
        } else if (element instanceof JsonArray array && !array.isEmpty()) {
            int at = random.nextInt(array.size());
            if (random.nextBoolean() && !array.get(at).isJsonPrimitive()) {
                change(array.get(at), random);
            } else {
                array.set(at, odd(random));
            }
        }
    }

    private static JsonElement odd(Random random) {
        String[] values = {
            "0",
            "1",
            "-1",
            "2",
            "1.5",
            "1e400",
            "-9223372036854775809",
            "2147483648",
            "true",
            "false",
            "null",
            "\"\"",
            "\"a\"",
            "\"tiny\"",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "[]",
            "{}",
            "[null]",
            "[[]]",
            "[1]",
            "[\"a\"]",
            "{\"type\":\"x\"}",
            "{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"type\":5}}}",
            "{\"type\":\"json_object\"}",
            "{\"type\":\"function\"}",
            "{\"role\":\"user\",\"content\":\"\"}",
            "{\"role\":\"assistant\",\"content\":null}",
            "{\"role\":\"tool\",\"content\":\"x\",\"tool_call_id\":\"none\"}",
            "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"[]\"}}]}",
            "\"required\"",
            "\"auto\""
        };
        return JsonParser.parseString(values[random.nextInt(values.length)]);
    }
}
