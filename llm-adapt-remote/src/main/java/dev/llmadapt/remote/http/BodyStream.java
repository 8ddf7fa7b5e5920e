package dev.llmadapt.remote.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer as it comes, for one reader. A reader that waits can be interrupted, and closing a body that
 * has not ended gives the connection up, which tells the server to stop.
 */
final class BodyStream implements HttpResponse.BodySubscriber<BodyStream>, AutoCloseable {
    private static final Object END = new Object();

    private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>(); // lists of buffers, failures, END
    private final Deque<ByteBuffer> taken = new ArrayDeque<>();
    private Flow.@Nullable Subscription subscription; // guarded by this
    private boolean closed; // guarded by this
    private volatile boolean ended;

    @Override
    public CompletionStage<BodyStream> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        boolean late;
        synchronized (this) {
            this.subscription = subscription;
            late = closed;
        }
        if (late) {
            subscription.cancel();
        } else {
            subscription.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        arrived.add(buffers);
    }

    @Override
    public void onError(Throwable e) {
        arrived.add(e);
    }

    @Override
    public void onComplete() {
        ended = true;
        arrived.add(END);
    }

    /**
     * The next bytes; null at the end.
     *
     * @param deadline until when to wait, in the nanoseconds of {@link System#nanoTime}
     */
    @Nullable
    ByteBuffer next(long deadline) throws IOException, InterruptedException {
        while (taken.isEmpty()) {
            Object next = arrived.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (next == null) {
                throw new HttpTimeoutException("the answer was not complete in time");
            }
            if (next == END) {
                arrived.add(END);
                return null;
            }
            if (next instanceof Throwable failure) {
                throw failure instanceof IOException e ? e : new IOException(failure);
            }
            for (Object each : (List<?>) next) {
                taken.add((ByteBuffer) each);
            }
            more();
        }
        return taken.remove();
    }

    private void more() {
        Flow.Subscription from;
        synchronized (this) {
            from = subscription;
        }
        if (from != null) {
            from.request(1);
        }
    }

    /** All bytes that are left. */
    byte[] rest(long deadline, long most) throws IOException, InterruptedException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ByteBuffer next = next(deadline); next != null; next = next(deadline)) {
            byte[] bytes = new byte[next.remaining()];
            next.get(bytes);
            all.write(bytes);
            if (all.size() > most) {
                throw new IOException("the answer has more than " + most + " bytes");
            }
        }
        return all.toByteArray();
    }

    /** Gives the connection up unless the body has ended. */
    @Override
    public void close() {
        Flow.Subscription from;
        synchronized (this) {
            closed = true;
            from = subscription;
        }
        if (from != null && !ended) {
            from.cancel();
        }
    }
}
