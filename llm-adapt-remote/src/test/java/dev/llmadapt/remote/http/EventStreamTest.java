package dev.llmadapt.remote.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

final class EventStreamTest {
    @Test
    void next_commentsFieldsAndLineEnds_onlyTheData() throws Exception {
        String body = "\uFEFF: ping\n\nevent: message\r\nid: 1\r\ndata: one\r\n\r\ndata:two\rdata: halves\r\r"
                + "retry: 10\n\n\n: ping\ndata\n\nerror: {\"code\":500}\n\ndata: last";

        assertThat(events(whole(body))).containsExactly("one", "two\nhalves", "", "{\"code\":500}", "last");
    }

    @Test
    void next_bodyInPiecesOfAnySize_theSameEvents() throws Exception {
        String body = "data: Zürich 😀\r\n\r\ndata: 日本\n\n: x\n\ndata: [DONE]\n\n";
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        for (int size = 1; size <= bytes.length; size++) {
            BodyStream stream = begun();
            for (int at = 0; at < bytes.length; at += size) {
                stream.onNext(List.of(ByteBuffer.wrap(bytes, at, Math.min(size, bytes.length - at))));
            }
            stream.onComplete();

            assertThat(events(stream)).as("pieces of %d bytes", size).containsExactly("Zürich 😀", "日本", "[DONE]");
        }
    }

    @Test
    void next_connectionBreaks_isAnError() throws Exception {
        BodyStream stream = begun();
        stream.onNext(List.of(ByteBuffer.wrap("data: one\n\ndata: tw".getBytes(StandardCharsets.UTF_8))));
        stream.onError(new IOException("reset"));
        EventStream events = new EventStream(stream, soon());

        assertThat(events.next()).isEqualTo("one");
        assertThatThrownBy(events::next).isInstanceOf(IOException.class).hasMessage("reset");
    }

    @Test
    void next_nothingComes_isATimeout() {
        EventStream events = new EventStream(
                begun(), System.nanoTime() + Duration.ofMillis(10).toNanos());

        assertThatThrownBy(events::next).isInstanceOf(HttpTimeoutException.class);
    }

    private static List<String> events(BodyStream body) throws Exception {
        EventStream events = new EventStream(body, soon());
        List<String> all = new ArrayList<>();
        for (String event = events.next(); event != null; event = events.next()) {
            all.add(event);
        }
        return all;
    }

    private static BodyStream whole(String body) {
        BodyStream stream = begun();
        stream.onNext(List.of(ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8))));
        stream.onComplete();
        return stream;
    }

    private static BodyStream begun() {
        BodyStream stream = new BodyStream();
        stream.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {}
        });
        return stream;
    }

    private static long soon() {
        return System.nanoTime() + Duration.ofSeconds(10).toNanos();
    }
}
