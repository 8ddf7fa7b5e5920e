package dev.llmadapt.server.openai;

import com.google.gson.JsonObject;
import dev.llmadapt.server.http.Exchange;
import dev.llmadapt.server.http.HttpFailure;
import dev.llmadapt.server.http.ResponseStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A response as server-sent events. It begins with the first event, so that what fails before has a status of its own.
 * Thread-safe.
 */
final class EventSink {
    private final Exchange exchange;
    private final RunningRequest request;
    private @Nullable ResponseStream stream; // guarded by this

    EventSink(Exchange exchange, RunningRequest request) {
        this.exchange = exchange;
        this.request = request;
    }

    /**
     * Sends an event.
     *
     * @throws dev.llmadapt.server.http.ClientGone if the client has gone
     */
    synchronized void send(JsonObject event) {
        send("data: " + event + "\n\n");
    }

    /**
     * Sends an event with its type, which is also in the event.
     *
     * @throws dev.llmadapt.server.http.ClientGone if the client has gone
     */
    synchronized void send(String type, JsonObject event) {
        send("event: " + type + "\ndata: " + event + "\n\n");
    }

    private synchronized void send(String lines) {
        request.send(() -> {
            ResponseStream open = stream;
            if (open == null) {
                open = exchange.stream("text/event-stream; charset=utf-8");
                stream = open;
            }
            open.send(lines.getBytes(StandardCharsets.UTF_8));
        });
    }

    /** Ends the response as a whole one. */
    synchronized void done() {
        send("data: [DONE]\n\n");
        close();
    }

    /**
     * Tells a failure: as an event if the response has begun, without the end of a whole one.
     *
     * @return whether it was told; if not, there is a status to tell it by
     */
    synchronized boolean fail(HttpFailure failure) {
        if (stream == null) {
            return false;
        }
        send("data: " + failure.json() + "\n\n");
        close();
        return true;
    }

    /** Whether the response has begun. */
    synchronized boolean hasBegun() {
        return stream != null;
    }

    /** Ends the response. */
    synchronized void close() {
        ResponseStream open = stream;
        if (open != null) {
            request.send(open::close);
        }
    }
}
