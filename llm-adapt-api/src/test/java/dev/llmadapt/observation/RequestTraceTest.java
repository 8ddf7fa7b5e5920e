package dev.llmadapt.observation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestTraceTest {
    private final List<String> heard = new ArrayList<>();
    private final List<RequestEnd> ends = new ArrayList<>();

    private final ModelListener listener = new ModelListener() {
        @Override
        public void onQueued(RequestInfo request) {
            heard.add("queued " + request.adapters());
        }

        @Override
        public void onStarted(RequestInfo request, Duration queued) {
            heard.add("started");
        }

        @Override
        public void onFirstToken(RequestInfo request, Duration sinceCall) {
            heard.add("first token");
        }

        @Override
        public void onEnd(RequestEnd end) {
            heard.add("end");
            ends.add(end);
        }
    };

    private RequestTrace begin() {
        return RequestObserver.inProcess(listener, "tiny").begin(Operation.CHAT, 7);
    }

    @Test
    void finished_toldInOrder_withCounts() {
        RequestTrace trace = begin();
        trace.queued(List.of("bank"));
        trace.begun();
        trace.cached(3);
        trace.firstToken();
        trace.firstToken();
        trace.finished("stop", 10, 5);
        trace.failed(new IllegalStateException(), false);

        assertThat(heard).containsExactly("queued [bank]", "started", "first token", "end");
        RequestEnd end = ends.get(0);
        assertThat(end.outcome()).isEqualTo(RequestEnd.Outcome.FINISHED);
        assertThat(end.finishReason()).isEqualTo("stop");
        assertThat(end.errorType()).isEmpty();
        assertThat(end.promptTokens()).isEqualTo(10);
        assertThat(end.cachedPromptTokens()).isEqualTo(3);
        assertThat(end.completionTokens()).isEqualTo(5);
        assertThat(end.queued()).isPresent();
        assertThat(end.toFirstToken().orElseThrow()).isLessThanOrEqualTo(end.duration());
        assertThat(end.request().priority()).isEqualTo(7);
        assertThat(end.request().model()).isEqualTo("tiny");
        assertThat(end.request().provider()).isEqualTo("llm-adapt");
    }

    @Test
    void begun_isToldByTheThreadThatAsks() {
        RequestTrace trace = begin();
        assertThat(trace.hasNews()).isFalse();
        trace.begun();
        assertThat(heard).isEmpty();
        assertThat(trace.hasNews()).isTrue();
        trace.tell();
        trace.tell();
        assertThat(heard).containsExactly("started");
        assertThat(trace.hasNews()).isFalse();
    }

    @Test
    void failed_tellsTheClass_andNoAdapterThatWasNotFound() {
        begin().failed(new IllegalArgumentException("unknown adapter 'xyz'"), false);
        assertThat(ends.get(0).outcome()).isEqualTo(RequestEnd.Outcome.FAILED);
        assertThat(ends.get(0).errorType()).isEqualTo("java.lang.IllegalArgumentException");
        assertThat(ends.get(0).request().adapters()).isEmpty();
        assertThat(ends.get(0).queued()).isEmpty();
    }

    @Test
    void cancelled_tellsWhetherTheTimeWasOver() {
        begin().failed(new CancellationException(), true);
        begin().failed(new CancellationException(), false);
        begin().cancelled(true, 4, 2);
        assertThat(ends).extracting(RequestEnd::outcome).containsOnly(RequestEnd.Outcome.CANCELLED);
        assertThat(ends).extracting(RequestEnd::errorType).containsExactly("timeout", "cancelled", "timeout");
        assertThat(ends.get(2).completionTokens()).isEqualTo(2);
    }

    @Test
    void perOutputToken_isTheMeanOfThoseAfterTheFirst() {
        RequestInfo info = new RequestInfo(1, Operation.CHAT, "p", "m", List.of(), 0, Optional.empty());
        RequestEnd end = new RequestEnd(
                info,
                RequestEnd.Outcome.FINISHED,
                "stop",
                "",
                1,
                0,
                5,
                Optional.empty(),
                Optional.of(Duration.ofMillis(100)),
                Duration.ofMillis(180));
        assertThat(end.perOutputToken()).contains(Duration.ofMillis(20));
    }

    @Test
    void none_hasNoEffect() {
        RequestTrace.NONE.queued(List.of("a"));
        RequestTrace.NONE.begun();
        RequestTrace.NONE.firstToken();
        RequestTrace.NONE.finished("stop", 1, 1);
        assertThat(RequestTrace.NONE.hasNews()).isFalse();
    }

    @Test
    void recording_hasTheRequest(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("requests.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("dev.llmadapt.Request");
            recording.start();
            RequestTrace trace =
                    RequestObserver.inProcess(ModelListener.NONE, "tiny").begin(Operation.CHAT, 7);
            trace.queued(List.of("bank", "tone"));
            trace.begun();
            trace.cached(3);
            trace.firstToken();
            trace.finished("length", 10, 5);
            RequestObserver.inProcess(ModelListener.NONE, "tiny")
                    .begin(Operation.SCORE, 0)
                    .failed(new IllegalStateException("text of a prompt"), false);
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(events).hasSize(2);
        RecordedEvent event = events.get(0);
        assertThat(event.getEventType().getCategoryNames()).containsExactly("llm-adapt");
        assertThat(event.getString("operation")).isEqualTo("chat");
        assertThat(event.getString("adapters")).isEqualTo("bank,tone");
        assertThat(event.getString("outcome")).isEqualTo("finished");
        assertThat(event.getString("finishReason")).isEqualTo("length");
        assertThat(event.getInt("cachedPromptTokens")).isEqualTo(3);
        assertThat(event.getInt("promptTokens")).isEqualTo(10);
        assertThat(event.getInt("completionTokens")).isEqualTo(5);
        assertThat(event.getDuration("queueTime")).isPositive();
        assertThat(event.getDuration("timeToFirstToken"))
                .isLessThan(event.getDuration().plusMillis(1)); // two clocks
        assertThat(events.get(1).getString("errorType")).isEqualTo("java.lang.IllegalStateException");
        assertThat(events.get(1).toString()).doesNotContain("text of a prompt");
    }
}
