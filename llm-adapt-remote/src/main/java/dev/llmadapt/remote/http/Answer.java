package dev.llmadapt.remote.http;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A successful answer, whose body is still coming: read it whole, or its events one by one. For one thread; close it,
 * which stops the server where it has not finished, and lets the next request go.
 */
public final class Answer implements AutoCloseable {
    private static final long MAX_BYTES = 256L << 20;
    private static final long DRAIN_NANOS = 100_000_000;

    private final HttpHeaders headers;
    private final BodyStream body;
    private final long deadline;
    private final boolean limited; // whether the deadline is the request's own limit
    private final EventStream events;
    private Runnable released = () -> {};
    private @Nullable String ahead;
    private boolean closed;

    Answer(HttpHeaders headers, BodyStream body, long deadline, boolean limited) {
        this.headers = headers;
        this.body = body;
        this.deadline = deadline;
        this.limited = limited;
        this.events = new EventStream(body, deadline);
    }

    /** Whether the body is a stream of events. */
    public boolean isStream() {
        return headers.firstValue("content-type")
                .map(type -> type.toLowerCase(Locale.ROOT).startsWith("text/event-stream"))
                .orElse(false);
    }

    /** The whole body. */
    public String text() throws IOException, InterruptedException {
        try {
            return new String(body.rest(deadline, MAX_BYTES), StandardCharsets.UTF_8);
        } catch (HttpTimeoutException e) {
            throw late(e);
        }
    }

    /** The data of the next event; null at the end of the body. */
    public @Nullable String nextEvent() throws IOException, InterruptedException {
        String event = ahead;
        ahead = null;
        return event == null ? next() : event;
    }

    private @Nullable String next() throws IOException, InterruptedException {
        try {
            return events.next();
        } catch (HttpTimeoutException e) {
            throw late(e);
        }
    }

    private HttpTimeoutException late(HttpTimeoutException e) throws OutOfTime {
        if (limited) {
            throw new OutOfTime();
        }
        return e;
    }

    /** Waits for the first event, so that a connection that breaks before it can be tried again. */
    void begin() throws IOException, InterruptedException {
        if (isStream()) {
            ahead = next();
        }
    }

    /**
     * Waits a moment for the end of a body that has said all, so that its connection can be used again. One that does
     * not end is given up when it is closed.
     */
    public void drain() throws InterruptedException {
        try {
            body.rest(System.nanoTime() + DRAIN_NANOS, MAX_BYTES);
        } catch (IOException e) {
            // nothing is missing
        }
    }

    /** What to do when it is closed. */
    void whenClosed(Runnable released) {
        this.released = released;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            body.close();
            released.run();
        }
    }
}
