package dev.llmadapt.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.llmadapt.FinishReason;
import dev.llmadapt.ScriptedModel;
import dev.llmadapt.ToolCall;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class LlmAdaptStreamingChatModelTest {
    /** Writes down what it is told; throws or cancels where it is asked to. */
    private static class Notes implements StreamingChatResponseHandler {
        final List<String> heard = new CopyOnWriteArrayList<>();
        final Set<Thread> threads = ConcurrentHashMap.newKeySet();
        final CountDownLatch done = new CountDownLatch(1);

        void note(String what) {
            heard.add(what);
            threads.add(Thread.currentThread());
        }

        @Override
        public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
            note("text " + part.text());
        }

        @Override
        public void onPartialThinking(PartialThinking part) {
            note("thought " + part.text());
        }

        @Override
        public void onCompleteToolCall(CompleteToolCall call) {
            note("call " + call.index() + " " + call.toolExecutionRequest().name());
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            note("whole " + response.aiMessage().text() + " " + response.finishReason());
            done.countDown();
        }

        @Override
        public void onError(Throwable error) {
            note("error " + error.getClass().getSimpleName());
        }

        void await() throws InterruptedException {
            assertThat(done.await(20, TimeUnit.SECONDS))
                    .as("an answer, heard %s", heard)
                    .isTrue();
        }
    }

    @Test
    void chat_text_comesInPiecesOnOneOtherThread() throws Exception {
        Notes notes = new Notes();
        new LlmAdaptStreamingChatModel(ScriptedModel.saying("Ber", "", "lin")).chat("Capital?", notes);
        notes.await();

        assertThat(notes.heard).containsExactly("text Ber", "text lin", "whole Berlin STOP");
        assertThat(notes.threads).hasSize(1).doesNotContain(Thread.currentThread());
    }

    @Test
    void chat_thoughts_areToldWhereTheyAreAskedFor() throws Exception {
        ScriptedModel model = ScriptedModel.answering(FinishReason.STOP, "Hm.", List.of(), "Yes");
        Notes without = new Notes();
        new LlmAdaptStreamingChatModel(model).chat("?", without);
        without.await();
        Notes with = new Notes();
        new LlmAdaptStreamingChatModel(model, ChatOptions.defaults().withThinking(true)).chat("?", with);
        with.await();

        assertThat(without.heard).containsExactly("text Yes", "whole Yes STOP");
        assertThat(with.heard).containsExactly("thought Hm.", "text Yes", "whole Yes STOP");
    }

    @Test
    void chat_calls_areToldWholeBeforeTheAnswer() throws Exception {
        Notes notes = new Notes();
        new LlmAdaptStreamingChatModel(
                        ScriptedModel.calling(new ToolCall("1", "weather", "{}"), new ToolCall("2", "time", "{}")))
                .chat("?", notes);
        notes.await();

        assertThat(notes.heard).containsExactly("call 0 weather", "call 1 time", "whole null TOOL_EXECUTION");
    }

    @Test
    void chat_refused_isRefusedAtOnceOnTheCallingThread() {
        ScriptedModel model = ScriptedModel.saying("no");
        Notes notes = new Notes();

        assertThatThrownBy(() -> new LlmAdaptStreamingChatModel(model)
                        .chat(
                                ChatRequest.builder()
                                        .messages(UserMessage.from("?"))
                                        .presencePenalty(1.0)
                                        .build(),
                                notes))
                .isExactlyInstanceOf(UnsupportedFeatureException.class);
        assertThat(model.asked).isEmpty();
        assertThat(notes.heard).isEmpty();
    }

    @Test
    void chat_failure_goesToOnError() throws Exception {
        Notes notes = new Notes() {
            @Override
            public void onError(Throwable error) {
                assertThat(error)
                        .isExactlyInstanceOf(InvalidRequestException.class)
                        .hasMessage("too long");
                super.onError(error);
                done.countDown();
            }
        };
        new LlmAdaptStreamingChatModel(ScriptedModel.failing(new IllegalArgumentException("too long")))
                .chat("?", notes);
        notes.await();

        assertThat(notes.heard).containsExactly("error InvalidRequestException");
    }

    @Test
    void chat_timeLimitPassed_goesToOnError() throws Exception {
        Notes notes = new Notes() {
            @Override
            public void onError(Throwable error) {
                assertThat(error).isExactlyInstanceOf(TimeoutException.class);
                super.onError(error);
                done.countDown();
            }
        };
        new LlmAdaptStreamingChatModel(ScriptedModel.answering(FinishReason.INTERRUPTED, "", List.of(), "Be"))
                .chat("?", notes);
        notes.await();

        assertThat(notes.heard).containsExactly("text Be", "error TimeoutException");
    }

    @Test
    void chat_handlerThrows_isToldItsExceptionAndTheAnswerGoesOn() throws Exception {
        Notes notes = new Notes() {
            @Override
            public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
                super.onPartialResponse(part, context);
                throw new IllegalStateException("the handler's own");
            }

            @Override
            public void onError(Throwable error) {
                super.onError(error);
                throw new IllegalStateException("ignored");
            }
        };
        new LlmAdaptStreamingChatModel(ScriptedModel.saying("Ber", "lin")).chat("?", notes);
        notes.await();

        assertThat(notes.heard)
                .containsExactly(
                        "text Ber",
                        "error IllegalStateException",
                        "text lin",
                        "error IllegalStateException",
                        "whole Berlin STOP");
    }

    @Test
    void chat_cancelled_endsTheAnswerAndTellsNothingMore() throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        Notes notes = new Notes() {
            @Override
            public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
                super.onPartialResponse(part, context);
                context.streamingHandle().cancel();
                assertThat(context.streamingHandle().isCancelled()).isTrue();
                cancelled.countDown();
            }
        };
        ScriptedModel model = ScriptedModel.saying("a", "b", "c");
        CountDownLatch ended = new CountDownLatch(1);
        new LlmAdaptStreamingChatModel(model, ChatOptions.defaults(), answer -> {
                    new Thread(() -> {
                                answer.run();
                                ended.countDown();
                            })
                            .start();
                })
                .chat("?", notes);

        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(cancelled.getCount()).isZero();
        assertThat(notes.heard).containsExactly("text a");
        assertThat(model.heard).as("tokens that the model wrote").hasSize(1);
    }
}
