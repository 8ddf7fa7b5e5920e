package dev.llmadapt.remote.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests to one server, so many at once and so many a minute; what passes is tried again. Redirects are not followed,
 * since they would carry the key elsewhere. Thread-safe.
 */
public final class Transport {
    private static final Logger LOG = LoggerFactory.getLogger(Transport.class);
    private static final long MAX_ERROR_BYTES = 1 << 20;

    private final Settings settings;
    private final Optional<String> authorization;
    private final Waiting waiting;
    private final int retries;
    private final Semaphore permits;
    private final RateLimit rate;
    private final HttpClient http;

    /**
     * How requests are sent.
     *
     * @param connectTimeout the longest time until a connection stands
     * @param answerTimeout the longest time for one whole answer, from the sending of its request
     * @param retries the most tries after the first
     * @param concurrency the most requests at once, the longest waiting first
     * @param requestsPerMinute the most requests that start within a minute, evenly spaced; 0 for no limit
     */
    public record Settings(
            Duration connectTimeout, Duration answerTimeout, int retries, int concurrency, double requestsPerMinute) {}

    /**
     * A request.
     *
     * @param method such as {@code GET}
     * @param address where to
     * @param body JSON, or null for none
     * @param limit when its time is up, waiting included, in the nanoseconds of {@link System#nanoTime}; or
     *     {@link #NO_LIMIT}
     */
    public record Call(String method, URI address, @Nullable String body, long limit) {
        /** No limit but that of all answers. */
        public static final long NO_LIMIT = Long.MAX_VALUE;

        /** A request without a limit of its own. */
        public Call(String method, URI address, @Nullable String body) {
            this(method, address, body, NO_LIMIT);
        }

        private long left() {
            return limit == NO_LIMIT ? NO_LIMIT : Math.max(0, limit - System.nanoTime());
        }

        /** Without the body, which holds what people wrote. */
        @Override
        public String toString() {
            return method + " " + address;
        }
    }

    /**
     * A transport.
     *
     * @param authorization the value of the header of that name, which is shown nowhere
     */
    public Transport(Settings settings, Optional<String> authorization, Waiting waiting) {
        this.settings = settings;
        this.authorization = authorization;
        this.waiting = waiting;
        this.retries = settings.retries();
        this.permits = new Semaphore(settings.concurrency(), true);
        this.rate = new RateLimit(settings.requestsPerMinute(), waiting);
        this.http = HttpClient.newBuilder()
                .connectTimeout(settings.connectTimeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /**
     * Sends a request and returns its whole successful answer.
     *
     * @throws OutOfTime if the request's own limit passes
     */
    public String ask(Call call) throws HttpFailure, InterruptedException {
        acquire(call);
        try {
            return tried(call, Answer::text, true);
        } finally {
            permits.release();
        }
    }

    /**
     * Sends a request and returns its successful answer as soon as it begins; the caller closes it. What breaks
     * afterwards is not tried again.
     */
    public Answer open(Call call) throws HttpFailure, InterruptedException {
        acquire(call);
        Answer opened = null;
        try {
            opened = tried(
                    call,
                    answer -> {
                        answer.begin();
                        return answer;
                    },
                    false);
            opened.whenClosed(permits::release);
            return opened;
        } finally {
            if (opened == null) {
                permits.release();
            }
        }
    }

    private void acquire(Call call) throws InterruptedException {
        if (!permits.tryAcquire(call.left(), TimeUnit.NANOSECONDS)) {
            throw new OutOfTime();
        }
    }

    @FunctionalInterface
    private interface Reading<T> {
        T read(Answer answer) throws IOException, InterruptedException;
    }

    /** Tries until there is an answer that can be read, or what happens does not pass. */
    private <T> T tried(Call call, Reading<T> reading, boolean whole) throws HttpFailure, InterruptedException {
        for (int tries = 1; ; tries++) {
            rate.await(call.left());
            HttpFailure failure;
            boolean passes;
            Optional<HttpHeaders> headers = Optional.empty();
            try {
                long now = System.nanoTime();
                boolean limited = call.left() < settings.answerTimeout().toNanos();
                long deadline =
                        limited ? call.limit() : now + settings.answerTimeout().toNanos();
                HttpResponse<BodyStream> response = send(call, deadline, limited);
                if (response.statusCode() / 100 == 2) {
                    return read(new Answer(response.headers(), response.body(), deadline, limited), reading, whole);
                }
                headers = Optional.of(response.headers());
                passes = RetryRules.passes(response.statusCode(), response.headers());
                failure = refused(call, response, deadline, tries);
            } catch (IOException e) {
                passes = passes(e);
                failure = HttpFailure.unanswered(call + " failed: " + HttpFailure.reason(e) + tried(tries), e);
            }
            Duration wait = RetryRules.wait(tries, headers, waiting);
            if (!passes || tries > retries || wait.compareTo(RetryRules.MAX_WAIT) > 0) {
                throw failure;
            }
            if (wait.toNanos() > call.left()) {
                throw new OutOfTime();
            }
            LOG.debug("{}; again in {}", failure.getMessage(), wait);
            waiting.sleep(wait);
        }
    }

    private static <T> T read(Answer answer, Reading<T> reading, boolean whole)
            throws IOException, InterruptedException {
        boolean done = false;
        try {
            T read = reading.read(answer);
            done = !whole;
            return read;
        } finally {
            if (!done) {
                answer.close();
            }
        }
    }

    private HttpResponse<BodyStream> send(Call call, long deadline, boolean limited)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(call.address())
                // servers of this kind take an upgrade to HTTP/2 on a plain connection badly
                .version("https".equals(call.address().getScheme()) ? Version.HTTP_2 : Version.HTTP_1_1)
                .header("Accept", "application/json, text/event-stream")
                .header("User-Agent", "llm-adapt");
        if (call.body() == null) {
            request.method(call.method(), BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json")
                    .method(call.method(), BodyPublishers.ofString(call.body()));
        }
        authorization.ifPresent(value -> request.header("Authorization", value));
        CompletableFuture<HttpResponse<BodyStream>> answer = http.sendAsync(request.build(), head -> new BodyStream());
        boolean taken = false;
        try {
            HttpResponse<BodyStream> response =
                    answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            taken = true;
            return response;
        } catch (TimeoutException e) {
            if (limited) {
                throw new OutOfTime();
            }
            HttpTimeoutException late = new HttpTimeoutException("no answer within " + settings.answerTimeout());
            late.initCause(e);
            throw late;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } finally {
            if (!taken) {
                answer.cancel(true);
                // an answer that came meanwhile
                CompletableFuture<?> unused = answer.whenComplete((response, e) -> {
                    if (response != null) {
                        response.body().close();
                    }
                });
            }
        }
    }

    private static HttpFailure refused(Call call, HttpResponse<BodyStream> response, long deadline, int tries)
            throws InterruptedException {
        String text;
        try (BodyStream body = response.body()) {
            text = new String(body.rest(deadline, MAX_ERROR_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            text = "";
        }
        int status = response.statusCode();
        return HttpFailure.refused(call + " was answered " + status + tried(tries), status, text, response.headers());
    }

    private static String tried(int tries) {
        return tries > 1 ? ", tried " + tries + " times" : "";
    }

    /** Whether another try may succeed: not where the answer took too long, or the certificate is not trusted. */
    private static boolean passes(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return false;
            }
        }
        return !(e instanceof HttpTimeoutException) || e instanceof HttpConnectTimeoutException;
    }
}
