package dev.llmadapt.remote;

import static dev.llmadapt.JsonSchema.property;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Scheduling;
import dev.llmadapt.Token;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.Usage;
import dev.llmadapt.remote.ScriptedServer.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is made of a server's answers. */
@Timeout(60)
final class AnswersTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final Request ASKED = Request.of("How much is two and two?");
    private static final Request LOGGED =
            ASKED.withOptions(GenerationOptions.defaults().withLogProbabilities(true));
    private static final ToolSpec WEATHER = ToolSpec.of("weather", "The weather of a city.");
    private static final ToolSpec TIME = ToolSpec.of("time", "");

    private final ScriptedServer server = new ScriptedServer();

    @AfterEach
    void stop() {
        Thread.interrupted();
        server.close();
    }

    @Test
    void stream_reasoning_isApartFromTheText() {
        server.next(CHAT, Recorded.events("vllm-reasoning.txt"));
        List<Token> heard = new ArrayList<>();

        Generation answer = open(ServerFeatures.vllm()).stream(ASKED, heard::add);

        assertThat(answer.text()).isEqualTo("Four.");
        assertThat(answer.reasoning()).isEqualTo("Two and two.");
        assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(answer.usage()).isEqualTo(new Usage(17, 9));
        assertThat(heard).isEqualTo(answer.tokens()).extracting(Token::text).containsExactly("", "", "Four", ".");
        assertThat(heard).extracting(Token::reasoning).containsExactly("Two and ", "two.", "", "");
        assertThat(heard).allSatisfy(token -> {
            assertThat(token.id()).isEqualTo(-1);
            assertThat(token.logProbability()).isNaN();
        });
    }

    @Test
    void stream_toolCallsInPieces_arePutTogetherByTheirPlace() {
        server.next(CHAT, Recorded.events("vllm-tools.txt"));

        Generation answer = open(ServerFeatures.vllm()).generate(ASKED.withTools(WEATHER, TIME));

        assertThat(answer.toolCalls())
                .containsExactly(
                        new ToolCall("call_a", "weather", "{\"city\": \"Bern\"}"),
                        new ToolCall("call_b", "time", "{}"));
        assertThat(answer.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(answer.text()).isEmpty();
    }

    @Test
    void stream_severalCallsWhereOneWasAskedFor_isAnError() {
        server.next(CHAT, Recorded.events("vllm-tools.txt"));
        Request one = ASKED.withTools(List.of(WEATHER, TIME), ToolChoice.auto().withParallel(false));

        assertThatThrownBy(() -> open(ServerFeatures.vllm()).generate(one))
                .isInstanceOf(RemoteException.class)
                .hasMessageContaining("one tool call at most");
    }

    @Test
    void stream_noCallWhereOneIsRequired_isAnError() {
        server.always(CHAT, Recorded.said("It is sunny."));

        assertThatThrownBy(() ->
                        open(ServerFeatures.vllm()).generate(ASKED.withTools(List.of(WEATHER), ToolChoice.required())))
                .isInstanceOf(RemoteException.class)
                .hasMessageContaining("answered with none");
        server.next(CHAT, Recorded.events("vllm-tools.txt"));
        assertThatThrownBy(() -> open(ServerFeatures.vllm())
                        .generate(ASKED.withTools(
                                List.of(WEATHER, TIME), ToolChoice.named("time").withParallel(true))))
                .isInstanceOf(RemoteException.class)
                .hasMessageContaining("expected a call of 'time', got 'one of 'weather''");
    }

    @Test
    void stream_callOfAToolThatTheRequestHasNot_isAnError() {
        server.next(CHAT, Recorded.events("vllm-tools.txt"));

        assertThatThrownBy(() -> open(ServerFeatures.vllm()).generate(ASKED.withTools(WEATHER)))
                .isInstanceOf(RemoteException.class)
                .hasMessageContaining("expected a call of one of its tools, got 'time'");
    }

    @Test
    void stream_callWhoseArgumentsAreNotOfItsSchema_isAnError() {
        ToolSpec town = new ToolSpec("weather", "", JsonSchema.object(property("town", JsonSchema.text())));
        server.next(CHAT, Recorded.events("vllm-tools.txt"));

        assertThatThrownBy(() -> open(ServerFeatures.vllm()).generate(ASKED.withTools(town, TIME)))
                .isInstanceOf(RemoteException.class)
                .hasMessageContaining("JSON of its schema")
                .hasMessageContaining("town");
    }

    @Test
    void stream_callCutOff_isLeftOut() {
        server.next(CHAT, Reply.events(Recorded.text("vllm-tools.txt").replace("\"tool_calls\"}", "\"length\"}")));

        Generation answer = open(ServerFeatures.vllm()).generate(ASKED.withTools(WEATHER, TIME));

        assertThat(answer.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(answer.toolCalls()).extracting(ToolCall::name).containsExactly("weather");
    }

    @Test
    void stream_logProbabilities_areOfEachTokenAlsoWithinACharacter() {
        server.next(CHAT, Recorded.events("llamacpp-logprobs.txt"));

        Generation answer = open(ServerFeatures.llamaCpp()).generate(LOGGED);

        assertThat(answer.text()).isEqualTo("Blü");
        assertThat(answer.tokens())
                .containsExactly(
                        new Token(3, "Bl", -0.25),
                        new Token(195, "", -1.5, "", List.of(), List.of(195)),
                        new Token(188, "ü", -0.5, "", List.of(), List.of(188)));
        assertThat(answer.usage()).isEqualTo(new Usage(11, 4));
    }

    @Test
    void stream_logProbabilitiesThatDoNotCome_isAnError() {
        server.next(CHAT, Recorded.events("ollama-chat.txt"));

        assertThatThrownBy(() -> open(ServerFeatures.ollama(true)).generate(LOGGED))
                .isInstanceOf(RemoteException.class)
                .hasMessageContaining("log-probabilities");
    }

    @Test
    void stream_lengthReached_isSaid() {
        server.next(CHAT, Recorded.events("ollama-chat.txt"));

        Generation answer = open(ServerFeatures.ollama(false)).generate(ASKED);

        assertThat(answer.text()).isEqualTo("Hello");
        assertThat(answer.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(answer.usage()).isEqualTo(new Usage(31, 2));
    }

    @Test
    void stream_serverThatDoesNotStream_isReadWhole() {
        server.next(CHAT, Recorded.json("openai-whole.json"));

        Generation answer = open(ServerFeatures.openAi()).generate(ASKED);

        assertThat(answer.text()).isEqualTo("Hello!");
        assertThat(answer.usage()).isEqualTo(new Usage(19, 2, 16));
    }

    @Test
    void stream_connectionCut_isAnErrorNotAShortAnswer() {
        String half = Recorded.text("vllm-reasoning.txt").substring(0, 900);
        server.next(
                CHAT,
                Reply.cutOff("text/event-stream", half),
                Reply.events(half.substring(0, half.indexOf("\n\n") + 2)));
        RemoteModel model = open(ServerFeatures.vllm());

        assertThatThrownBy(() -> model.generate(ASKED))
                .isInstanceOf(ServerUnavailableException.class)
                .hasMessageContaining("broke off after");
        assertThatThrownBy(() -> model.generate(ASKED))
                .as("a stream that ends by itself, too early")
                .isInstanceOf(RemoteException.class)
                .hasMessageContaining("without a reason why it ended");
    }

    @Test
    void stream_errorWithin_isThrownInTheServersWords() {
        server.next(CHAT, Reply.events("""
                        data: {"choices":[{"index":0,"delta":{"content":"Fo"}}]}

                        data: {"error":{"message":"out of memory","code":500}}

                        """));

        assertThatThrownBy(() -> open(ServerFeatures.vllm()).generate(ASKED))
                .isInstanceOf(RemoteException.class)
                .hasMessageContaining("out of memory");
    }

    @Test
    void stream_endThatIsNone_isAnError() {
        server.next(
                CHAT,
                Reply.events("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Fo\"},"
                        + "\"finish_reason\":\"content_filter\"}]}\n\ndata: [DONE]\n\n"));

        assertThatThrownBy(() -> open(ServerFeatures.openAi()).generate(ASKED))
                .isInstanceOf(RemoteException.class)
                .hasMessageContaining("content_filter");
    }

    @Test
    void stream_interruptedWhileWaiting_returnsTheTextSoFarAndTellsTheServer() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        server.always(CHAT, endless(gone));
        Thread caller = Thread.currentThread();
        List<Token> heard = new ArrayList<>();

        Generation answer = open(ServerFeatures.vllm()).stream(ASKED, token -> {
            heard.add(token);
            if (heard.size() == 3) {
                new Thread(caller::interrupt).start();
            }
        });

        assertThat(Thread.interrupted()).isTrue();
        assertThat(answer.finishReason()).isEqualTo(FinishReason.INTERRUPTED);
        assertThat(answer.text()).startsWith("la la la ");
        assertThat(answer.tokens()).isEqualTo(heard);
        assertThat(gone.await(20, TimeUnit.SECONDS))
                .as("the connection is given up")
                .isTrue();
    }

    @Test
    void stream_timeLimitPasses_returnsTheTextSoFarAndTellsTheServer() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        server.always(CHAT, endless(gone));
        Request limited = ASKED.withScheduling(Scheduling.NONE.withTimeLimit(Duration.ofMillis(400)));

        Generation answer = open(ServerFeatures.vllm()).generate(limited);

        assertThat(Thread.interrupted()).as("the thread was not interrupted").isFalse();
        assertThat(answer.finishReason()).isEqualTo(FinishReason.INTERRUPTED);
        assertThat(answer.text()).startsWith("la la");
        assertThat(gone.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void stream_candidates_areTheLikeliestBesideEachToken() {
        server.next(CHAT, Recorded.events("llamacpp-logprobs.txt"));
        Request request = ASKED.withOptions(GenerationOptions.defaults().withCandidates(2));

        Generation answer = open(ServerFeatures.llamaCpp()).generate(request);

        assertThat(answer.tokens().get(0).candidates()).containsExactly(new Token.Candidate(3, "Bl", -0.25));
        assertThat(server.asked(CHAT).get(0).json().get("top_logprobs").getAsInt())
                .isEqualTo(2);
        assertThatThrownBy(() -> open(ServerFeatures.openAi())
                        .generate(ASKED.withOptions(GenerationOptions.defaults().withCandidates(21))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 20 candidates");
    }

    @Test
    void stream_listenerThrows_reachesTheCallerAndTellsTheServer() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        server.always(CHAT, endless(gone));
        IllegalStateException own = new IllegalStateException("the listener's");

        assertThatThrownBy(() -> open(ServerFeatures.vllm()).stream(ASKED, token -> {
                    throw own;
                }))
                .isSameAs(own);
        assertThat(gone.await(20, TimeUnit.SECONDS))
                .as("the connection is given up")
                .isTrue();
    }

    @Test
    void generate_builtSchema_isPutIntoItsOneForm() {
        JsonSchema schema =
                JsonSchema.object(property("name", JsonSchema.text()), property("age", JsonSchema.integer()));
        Request request = ASKED.withConstraint(OutputConstraint.json(schema));
        server.next(
                CHAT, Recorded.said("{\n  \"age\": 7,\n  \"name\": \"Ann\"\n}"), Recorded.said("{\"name\": \"Ann\"}"));
        RemoteModel model = open(ServerFeatures.vllm());
        List<Token> heard = new ArrayList<>();

        Generation answer = model.stream(request, heard::add);

        assertThat(answer.text()).isEqualTo("{\"name\": \"Ann\", \"age\": 7}");
        assertThat(heard).isEqualTo(answer.tokens()).hasSize(1);
        assertThatThrownBy(() -> model.generate(request))
                .isInstanceOf(RemoteException.class)
                .hasMessageContaining("did not do what was asked");
    }

    @Test
    void generate_parsedSchema_isCheckedToBeOneValue() {
        Request request = ASKED.withConstraint(OutputConstraint.json(JsonSchema.parse("{\"type\": \"object\"}")));
        server.next(CHAT, Recorded.said("{\"a\":  1}"));
        RemoteModel model = open(ServerFeatures.vllm());

        assertThat(model.generate(request).text()).as("its layout stays").isEqualTo("{\"a\":  1}");
        for (String text : List.of("Sure: {}", "{\"a\": 1", "1, \"b\": 2", "")) {
            server.next(CHAT, Recorded.said(text));
            assertThatThrownBy(() -> model.generate(request))
                    .as(text)
                    .isInstanceOf(RemoteException.class)
                    .hasMessageContaining("did not do what was asked");
        }
    }

    @Test
    void generate_choicesWhereThereAreNone_areAskedForInJson() {
        Request request = ASKED.withConstraint(OutputConstraint.oneOf(List.of("three", "four")));
        server.next(CHAT, Recorded.said("{\"answer\":\"four\"}"), Recorded.said("{\"answer\":\"five\"}"));
        RemoteModel model = open(ServerFeatures.openAi());

        assertThat(model.generate(request).text()).isEqualTo("four");
        assertThat(server.asked(CHAT).get(0).json().toString())
                .contains("\"response_format\":{\"type\":\"json_schema\"", "\"enum\":[\"three\",\"four\"]");
        assertThatThrownBy(() -> model.generate(request))
                .isInstanceOf(RemoteException.class)
                .hasMessageContaining("[three, four]");
    }

    @Test
    void generate_choiceNotKept_isAnError() {
        server.next(CHAT, Recorded.said("five"));
        Request request = ASKED.withConstraint(OutputConstraint.oneOf(List.of("three", "four")));

        assertThatThrownBy(() -> open(ServerFeatures.vllm()).generate(request))
                .isInstanceOf(RemoteException.class)
                .hasMessageContaining("did not do what was asked");
    }

    @Test
    void generate_prices_areAddedUp() {
        server.always(CHAT, Recorded.said("Four."));
        try (RemoteModel model = RemoteModel.open(RemoteOptions.of(server.base(), "m")
                .withFeatures(ServerFeatures.openAi())
                .withPrices(2, 8))) {
            model.generate(ASKED);
            model.generate(ASKED);

            assertThat(model.cost(new Usage(1_000_000, 0))).isEqualTo(2);
            assertThat(model.spent()).isCloseTo(12, within(1e-9));
        }
    }

    @Test
    void generate_batch_runsAtOnceInOrderAndEndsWithTheFirstFailure() {
        server.always(CHAT, (exchange, asked) -> {
            String text = asked.json()
                    .getAsJsonArray("messages")
                    .get(0)
                    .getAsJsonObject()
                    .get("content")
                    .getAsString();
            (text.equals("bad") ? Reply.json(400, "{\"error\":{\"message\":\"no\"}}") : Recorded.said("re " + text))
                    .to(exchange, asked);
        });
        RemoteModel model = open(ServerFeatures.vllm());
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            requests.add(Request.of("q" + i));
        }

        List<Generation> answers = model.generate(requests);

        for (int i = 0; i < 20; i++) {
            assertThat(answers.get(i).text()).isEqualTo("re q" + i);
        }
        requests.set(5, Request.of("bad"));
        assertThatThrownBy(() -> model.generate(requests)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Reply endless(CountDownLatch gone) {
        return (exchange, asked) -> {
            exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            try {
                while (true) {
                    exchange.getResponseBody()
                            .write("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"la \"}}]}\n\n"
                                    .getBytes(StandardCharsets.UTF_8));
                    exchange.getResponseBody().flush();
                    TimeUnit.MILLISECONDS.sleep(5);
                }
            } catch (IOException | InterruptedException e) {
                gone.countDown();
                exchange.close();
            }
        };
    }

    private RemoteModel open(ServerFeatures features) {
        return RemoteModel.open(RemoteOptions.of(server.base(), "m").withFeatures(features), new ManualWaiting());
    }
}
