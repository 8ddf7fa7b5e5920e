package dev.llmadapt.rag.http;

import java.io.IOException;
import java.io.Serial;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A request and its whole answer, within a time and a size. */
public final class BoundedExchange {
    private BoundedExchange() {}

    /**
     * Sends a request and waits for all of the answer. The request's own timeout would end with the head of the answer;
     * this one covers the body.
     *
     * @param timeout the longest time for all of it
     * @param maxBytes the largest body
     * @throws HttpTimeoutException if it takes longer
     * @throws TooLong if the body is larger
     * @throws IOException if the exchange fails otherwise
     * @throws InterruptedException if the thread is interrupted; the exchange is given up
     */
    public static HttpResponse<byte[]> send(HttpClient client, HttpRequest request, Duration timeout, long maxBytes)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request, head -> new BoundedBody(maxBytes));
        try {
            return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            HttpTimeoutException late = new HttpTimeoutException("no answer within " + timeout);
            late.initCause(e);
            throw late;
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw failure(e);
        }
    }

    private static IOException failure(ExecutionException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof TooLong tooLong) {
                return tooLong;
            }
        }
        return e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    }

    /** An answer that is longer than allowed. */
    public static final class TooLong extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        TooLong(long limit) {
            super("the answer has more than " + limit + " bytes");
        }
    }
}
