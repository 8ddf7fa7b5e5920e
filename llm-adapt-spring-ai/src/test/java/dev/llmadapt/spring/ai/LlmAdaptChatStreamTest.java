package dev.llmadapt.spring.ai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.ScriptedModel;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.ToolCall;
import dev.llmadapt.Usage;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import reactor.core.Disposable;
import reactor.test.StepVerifier;

final class LlmAdaptChatStreamTest {
    private static AssistantMessage message(ChatResponse response) {
        return Objects.requireNonNull(response.getResult()).getOutput();
    }

    private static List<ChatResponse> all(Model model) {
        return Objects.requireNonNull(new LlmAdaptChatModel(model)
                .stream(new Prompt("?")).collectList().block(Duration.ofSeconds(20)));
    }

    @Test
    void stream_text_comesInPiecesAndEndsWithUsageAndReason() {
        List<ChatResponse> responses = all(ScriptedModel.saying("Ber", "", "lin"));

        assertThat(responses)
                .extracting(response -> message(response).getText())
                .containsExactly("Ber", "lin", "");
        ChatResponse last = responses.get(2);
        assertThat(last.getMetadata().getUsage().getCompletionTokens()).isEqualTo(3);
        assertThat(Objects.requireNonNull(last.getResult()).getMetadata().getFinishReason())
                .isEqualTo("STOP");
        assertThat(responses)
                .extracting(response -> response.getMetadata().getId())
                .containsOnly(last.getMetadata().getId());
    }

    @Test
    void stream_thoughtAndCalls_areThere() {
        List<ChatResponse> responses = all(ScriptedModel.answering(
                FinishReason.TOOL_CALLS, "Hm.", List.of(new ToolCall("1", "weather", "{}")), "Well"));

        assertThat(message(responses.get(0)).getMetadata()).containsEntry("thinking", "Hm.");
        assertThat(message(responses.get(1)).getText()).isEqualTo("Well");
        assertThat(message(responses.get(2)).getToolCalls()).hasSize(1);
        assertThat(message(responses.get(2)).getMetadata()).containsEntry("thinking", "Hm.");
    }

    @Test
    void stream_eachSubscriber_asksAnew() {
        ScriptedModel model = ScriptedModel.saying("a");
        var stream = new LlmAdaptChatModel(model).stream(new Prompt("?"));
        assertThat(model.asked).isEmpty();
        stream.blockLast();
        stream.blockLast();
        assertThat(model.asked).hasSize(2);
    }

    @Test
    void stream_failure_reachesTheSubscriber() {
        StepVerifier.create(new LlmAdaptChatModel(ScriptedModel.failing(new IllegalArgumentException("too long")))
                        .stream(new Prompt("?")))
                .expectErrorMessage("too long")
                .verify(Duration.ofSeconds(20));
    }

    @Test
    void stream_cancelledAfterAPiece_endsTheAnswer() {
        ScriptedModel model = ScriptedModel.saying("a", "b", "c");
        ExecutorService one = Executors.newSingleThreadExecutor();
        try {
            LlmAdaptChatModel chat =
                    LlmAdaptChatModel.builder(model).executor(one).build();
            assertThat(chat.stream(new Prompt("?")).take(1).collectList().block())
                    .hasSize(1);
            await().untilAsserted(() -> assertThat(model.heard).hasSizeBetween(1, 2));
            assertThat(chat.stream(new Prompt("?")).collectList().block())
                    .as("the thread answers again, uninterrupted")
                    .hasSize(4);
        } finally {
            one.shutdownNow();
        }
    }

    /** Reads a long prompt until it is interrupted. */
    private static final class Reading implements Model {
        final CountDownLatch asked = new CountDownLatch(1);
        final CountDownLatch ended = new CountDownLatch(1);

        @Override
        public Generation stream(Request request, TokenListener listener) {
            asked.countDown();
            try {
                Thread.sleep(20_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                ended.countDown();
            }
            return new Generation("", List.<Token>of(), FinishReason.INTERRUPTED, new Usage(0, 0), Timings.NONE, "");
        }

        @Override
        public Scores score(Request prompt, List<String> continuations) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ModelInfo info() {
            return new ModelInfo("reading", "", 0, 100, 10, "");
        }

        @Override
        public void close() {}
    }

    @Test
    void stream_cancelledWhileThePromptIsRead_endsTheAnswer() throws Exception {
        Reading model = new Reading();
        TestObservationRegistry registry = TestObservationRegistry.create();
        Disposable subscription = LlmAdaptChatModel.builder(model).observationRegistry(registry).build().stream(
                        new Prompt("?"))
                .subscribe();
        model.asked.await();
        subscription.dispose();

        assertThat(model.ended.await(10, TimeUnit.SECONDS)).isTrue();
        await().untilAsserted(() -> TestObservationRegistryAssert.assertThat(registry)
                .hasObservationWithNameEqualTo("gen_ai.client.operation")
                .that()
                .hasBeenStopped());
    }

    @Test
    void stream_isObserved() {
        TestObservationRegistry registry = TestObservationRegistry.create();
        String text = String.join(
                "",
                Objects.requireNonNull(ChatClient.create(LlmAdaptChatModel.builder(ScriptedModel.saying("Ber", "lin"))
                                .observationRegistry(registry)
                                .build())
                        .prompt("?")
                        .stream()
                        .content()
                        .collectList()
                        .block()));

        assertThat(text).isEqualTo("Berlin");
        await().untilAsserted(() -> TestObservationRegistryAssert.assertThat(registry)
                .hasObservationWithNameEqualTo("gen_ai.client.operation")
                .that()
                .hasHighCardinalityKeyValue("gen_ai.usage.output_tokens", "2")
                .hasLowCardinalityKeyValue("gen_ai.response.model", "scripted")
                .hasBeenStopped());
    }
}
