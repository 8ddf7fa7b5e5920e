package dev.llmadapt.local.source;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A response body as a stream that gives up when the server falls silent; the JDK's own body stream waits for ever,
 * because a request's timeout ends with the headers. At most two network buffers are held.
 */
final class BodyStream extends InputStream implements HttpResponse.BodySubscriber<InputStream> {
    /** The body is complete. */
    private enum End {
        REACHED
    }

    private final Duration stall;
    /** Lists of buffers, then {@link End} or a Throwable. */
    private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

    private Iterator<ByteBuffer> buffers = Collections.emptyIterator();
    private @Nullable ByteBuffer current;
    private boolean ended;
    private Flow.@Nullable Subscription subscription;
    private boolean closed;

    BodyStream(Duration stall) {
        this.stall = stall;
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public synchronized void onSubscribe(Flow.Subscription subscription) {
        this.subscription = subscription;
        if (closed) {
            subscription.cancel();
        } else {
            subscription.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
        if (!item.isEmpty()) {
            events.add(item);
        }
    }

    @Override
    public void onError(Throwable throwable) {
        events.add(throwable);
    }

    @Override
    public void onComplete() {
        events.add(End.REACHED);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (current == null || !current.hasRemaining()) {
            if (buffers.hasNext()) {
                current = buffers.next();
            } else if (ended || !advance()) {
                return -1;
            }
        }
        int n = Math.min(length, current.remaining());
        current.get(target, offset, n);
        return n;
    }

    @SuppressWarnings("unchecked")
    private boolean advance() throws IOException {
        Object event;
        try {
            event = events.poll(stall.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw Http.interrupted();
        }
        if (event == null) {
            throw new HttpTimeoutException("the server sent nothing for " + stall.toSeconds() + " seconds");
        }
        if (event instanceof Throwable failure) {
            ended = true;
            throw new IOException("the connection broke: " + failure.getMessage(), failure);
        }
        if (event instanceof End) {
            ended = true;
            return false;
        }
        buffers = ((List<ByteBuffer>) event).iterator();
        synchronized (this) {
            if (subscription != null && !closed) {
                subscription.request(1);
            }
        }
        return true;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (subscription != null) {
            subscription.cancel();
        }
    }
}
