package dev.llmadapt.rag.opensearch;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.rag.http.BoundedExchange;
import dev.llmadapt.rag.index.IndexException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP client of a cluster. Thread-safe.
 *
 * <p>A round asks the hosts in turn until one answers, those that failed recently last. After an answer that tells of a
 * temporary failure (429, 502, 503, 504, or 500 from a node that lost another) the client waits and starts another
 * round, until the patience is used up. All requests of this module may be sent twice: they write by id, create an
 * index that may exist, or only read.
 */
final class ClusterClient {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterClient.class);
    private static final Duration MAX_WAIT = Duration.ofSeconds(10);
    /** The time for which a host that failed is asked after the others. */
    private static final long AVOIDED_NANOS = Duration.ofSeconds(10).toNanos();
    /** Errors of a node with status 500 or 404 while others are leaving and shards move. */
    private static final Pattern PASSING = Pattern.compile(
            "node_(disconnected|not_connected|closed)_exception|connect_transport_exception|no_shard_available|"
                    + "shard_not_found_exception|index_shard_closed_exception|illegal_index_shard_state_exception|"
                    + "cluster_manager_not_discovered|master_not_discovered|process_cluster_event_timeout|"
                    + "receive_timeout_transport_exception|search_context_missing_exception|node_not_found|alreadyclosed|already_closed");

    private final Cluster cluster;
    private final Clock clock;
    private final HttpClient http;
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicLongArray failedAt; // by host, in the clock's nanoseconds; 0 where it did not

    ClusterClient(Cluster cluster) {
        this(cluster, Clock.SYSTEM);
    }

    ClusterClient(Cluster cluster, Clock clock) {
        this.cluster = cluster;
        this.clock = clock;
        this.failedAt = new AtomicLongArray(cluster.hosts().size());
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(cluster.connectTimeout())
                .followRedirects(HttpClient.Redirect.NEVER); // would carry credentials elsewhere
        if (cluster.tls() != null) {
            builder.sslContext(cluster.tls());
        }
        this.http = builder.build();
        if (cluster.credentials().header().isPresent()) {
            cluster.hosts().stream()
                    .filter(host -> host.getScheme().equalsIgnoreCase("http") && !isLocal(host))
                    .forEach(host -> LOG.warn("credentials travel unencrypted to {}; use https", host));
        }
    }

    Cluster cluster() {
        return cluster;
    }

    /**
     * An answer to a request.
     *
     * @param from the request and its host, for errors
     * @param status the HTTP status: a success, or the status that the caller expects
     */
    record Answer(String from, int status, JsonObject body) {}

    /** Sends a request and returns its successful answer. */
    Answer send(String method, String path, @Nullable String body) {
        return send(method, path, body, 0);
    }

    /**
     * Sends a request and returns its answer.
     *
     * @param path the path with its slash, escaped
     * @param body the JSON, or lines of JSON for {@code _bulk}
     * @param expected a status that is returned although it is no success
     * @throws UnavailableException if no host answers, or all are overloaded
     * @throws IndexException if the answer is an error
     */
    Answer send(String method, String path, @Nullable String body, int expected) {
        Patience patience = patience();
        while (true) {
            Trouble trouble = null;
            for (int host : order()) {
                URI address = cluster.hosts().get(host);
                String from = method + " " + cut(path) + " to " + address;
                HttpResponse<byte[]> response;
                try {
                    response = exchange(address, method, path, body);
                } catch (BoundedExchange.TooLong e) {
                    throw new IndexException(
                            from + ": " + e.getMessage() + "; ask for fewer passages, or raise Cluster.answerBytes", e);
                } catch (IOException e) {
                    if (isUntrusted(e)) {
                        throw new UnavailableException(
                                from + " failed: " + reason(e)
                                        + "; if the certificate is to be trusted, say so with Cluster.withTls",
                                e);
                    }
                    failed(host, e);
                    trouble = new Trouble(from + " failed: " + reason(e), Duration.ZERO, e);
                    continue;
                }
                failedAt.set(host, 0);
                int status = response.statusCode();
                if ((status >= 200 && status < 300) || status == expected) {
                    return new Answer(from, status, ClusterJson.parse(response.body(), from));
                }
                String text = new String(response.body(), StandardCharsets.UTF_8);
                if (!passes(status, text)) {
                    throw new IndexException(refusal(from, status, text), null);
                }
                trouble =
                        new Trouble(from + " was answered " + status + ", " + cause(text), retryAfter(response), null);
                if (status == 429) {
                    break; // the cluster is busy: asking another node at once adds to it
                }
            }
            patience.wait(trouble == null ? new Trouble("no host", Duration.ZERO, null) : trouble);
        }
    }

    /** Starts the patience for one request, or for several that belong together. */
    Patience patience() {
        return new Patience();
    }

    /** A temporary failure. */
    record Trouble(
            String message, Duration atLeast, @Nullable Throwable cause) {}

    /** The patience of one request: waits longer each time until it is used up. */
    final class Patience {
        private final long until = clock.nanos() + cluster.patience().toNanos();
        private Duration next = cluster.backoff();
        private int rounds = 1;

        /**
         * Waits before the next try.
         *
         * @throws UnavailableException if there is no time for another try
         */
        void wait(Trouble trouble) {
            Duration wait = next.compareTo(trouble.atLeast()) > 0 ? next : trouble.atLeast();
            if (clock.nanos() + wait.toNanos() > until) {
                throw new UnavailableException(
                        trouble.message() + "; tried " + rounds + " times within the patience of " + cluster.patience()
                                + "; check that the cluster's nodes run and are not overloaded, then do it again",
                        trouble.cause());
            }
            LOG.debug("{}; again in {}", trouble.message(), wait);
            try {
                clock.sleep(wait);
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
            rounds++;
            next = next.multipliedBy(2).compareTo(MAX_WAIT) < 0 ? next.multipliedBy(2) : MAX_WAIT;
        }
    }

    private HttpResponse<byte[]> exchange(URI host, String method, String path, @Nullable String body)
            throws IOException {
        String base = host.toString();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path))
                .header("Accept", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", path.contains("_bulk") ? "application/x-ndjson" : "application/json");
        }
        cluster.credentials().header().ifPresent(value -> request.header("Authorization", value));
        try {
            return BoundedExchange.send(http, request.build(), cluster.requestTimeout(), cluster.answerBytes());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Returns the hosts by number: in turn, those that failed recently after the others. */
    private List<Integer> order() {
        int count = cluster.hosts().size();
        int first = Math.floorMod(turn.getAndIncrement(), count);
        long now = clock.nanos();
        List<Integer> order = new ArrayList<>();
        List<Integer> last = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int host = (first + i) % count;
            long failed = failedAt.get(host);
            (failed != 0 && now - failed < AVOIDED_NANOS ? last : order).add(host);
        }
        order.addAll(last);
        return order;
    }

    private void failed(int host, IOException e) {
        long now = clock.nanos();
        if (failedAt.getAndSet(host, now == 0 ? 1 : now) == 0) {
            LOG.warn("{} does not answer: {}", cluster.hosts().get(host), reason(e));
        }
    }

    /** Whether a status tells of a temporary failure. */
    static boolean passes(int status, String text) {
        return (status == 429 && !text.contains("cluster_block_exception"))
                || status == 502
                || status == 503
                || status == 504
                || ((status == 500 || status == 404)
                        && PASSING.matcher(text.substring(0, Math.min(text.length(), 100_000)))
                                .find());
    }

    /** Returns the seconds in the header {@code Retry-After}; its other form, a date, is ignored. */
    private static Duration retryAfter(HttpResponse<?> response) {
        Optional<String> value = response.headers().firstValue("Retry-After");
        return value.isPresent() && value.get().matches("\\d{1,6}")
                ? Duration.ofSeconds(Long.parseLong(value.get()))
                : Duration.ZERO;
    }

    private static String refusal(String from, int status, String text) {
        String cause = cause(text);
        String next;
        if (cause.contains("knn_vector") || cause.contains("index.knn")) {
            next = "; does the cluster have the k-NN plugin?";
        } else if (cause.contains("cluster_block_exception")) {
            next = "; the cluster blocks it, mostly for want of disk space: free some, then lift the block";
        } else {
            next = switch (status) {
                case 401 -> "; give the credentials of a user with Cluster.withCredentials";
                case 403 -> "; the user lacks the right to do so: grant it, or take another user";
                case 404 -> "; does the index exist?";
                case 413 -> "; lower Cluster.bulkBytes below the cluster's http.max_content_length";
                default ->
                    status >= 300 && status < 400
                            ? "; redirects are not followed: name the host itself in Cluster.hosts"
                            : "";
            };
        }
        return from + " was refused: " + status + ", " + cause + next;
    }

    /** Returns the error of an answer with the expected status but another reason. */
    static IndexException refusal(Answer answer) {
        return new IndexException(
                refusal(answer.from(), answer.status(), answer.body().toString()), null);
    }

    /** Returns the reason of an error in one line. */
    private static String cause(String text) {
        try {
            JsonObject all = ClusterJson.parse(text.getBytes(StandardCharsets.UTF_8), "");
            if (all.get("error") instanceof JsonObject error) {
                return cause(error);
            }
        } catch (IndexException e) {
            // An error page of a proxy: shown as it is
        }
        return ClusterJson.shown(text);
    }

    /** Returns the type and reason of an error and of its causes. */
    static String cause(JsonObject error) {
        StringBuilder all = new StringBuilder();
        JsonObject each = error;
        for (int depth = 0; depth < 5 && each != null; depth++) {
            all.append(depth == 0 ? "" : ", caused by ")
                    .append(ClusterJson.text(each, "type", "error"))
                    .append(": ")
                    .append(ClusterJson.text(each, "reason", "none given"));
            each = cause(each, "caused_by", "failed_shards");
        }
        return ClusterJson.shown(all.toString());
    }

    /** Returns the cause of an error, or the error of the first failed shard. */
    private static @Nullable JsonObject cause(JsonObject error, String cause, String shards) {
        if (error.get(cause) instanceof JsonObject object) {
            return object;
        }
        return error.get(shards) instanceof JsonArray failed
                        && !failed.isEmpty()
                        && failed.get(0) instanceof JsonObject first
                        && first.get("reason") instanceof JsonObject reason
                ? reason
                : null;
    }

    /** Whether a failure is due to a certificate, and so permanent. */
    private static boolean isUntrusted(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return true;
            }
        }
        return false;
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        return message == null || message.isBlank()
                ? e.getClass().getSimpleName()
                : e.getClass().getSimpleName() + ", " + ClusterJson.shown(message);
    }

    private static String cut(String path) {
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }

    private static boolean isLocal(URI host) {
        String name = host.getHost().toLowerCase(Locale.ROOT);
        return name.equals("localhost") || name.startsWith("127.") || name.equals("[::1]");
    }

    private static IndexException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IndexException(
                "interrupted while waiting for the cluster; what was being written may or may not be", e);
    }

    /** A clock, so that tests need not wait. */
    interface Clock {
        Clock SYSTEM = new Clock() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                TimeUnit.NANOSECONDS.sleep(duration.toNanos());
            }
        };

        long nanos();

        void sleep(Duration duration) throws InterruptedException;
    }
}
