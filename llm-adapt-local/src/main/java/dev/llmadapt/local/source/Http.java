package dev.llmadapt.local.source;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serial;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads from web servers, carefully: redirects are followed by hand so that an {@code Authorization} never reaches
 * another origin and https never falls back to http, what fails for a moment is tried again, and a server that stops
 * sending is left.
 *
 * <p>Interrupting the thread ends any call with {@link ClosedByInterruptException}, interrupt status set.
 */
final class Http {
    private static final int MAX_REDIRECTS = 10;
    /** Who is told to wait for longer hears it at once: asking sooner is what the server asks not to do. */
    private static final long LONGEST_WAIT_SECONDS = 60;

    private final Environment environment;
    private final Collection<Path> certificates;
    private final Set<String> trustedHosts;
    private @Nullable HttpClient strict;
    private @Nullable HttpClient trusting;

    /**
     * A reader.
     *
     * @param certificates PEM bundles to trust beside the JDK's own certificates
     * @param trustedHosts hosts, or {@code host:port}, whose certificates are not checked at all (pip's
     *     {@code trusted-host})
     */
    Http(Environment environment, Collection<Path> certificates, Set<String> trustedHosts) {
        this.environment = environment;
        this.certificates = List.copyOf(certificates);
        this.trustedHosts = Set.copyOf(trustedHosts);
    }

    /**
     * How patient to be.
     *
     * @param attempts how often to try what may pass
     * @param firstDelay before the second attempt; it doubles before each further one
     * @param connect how long a connection may take to come about
     * @param stall a server silent for so long is left
     */
    record Policy(int attempts, Duration firstDelay, Duration connect, Duration stall) {
        static final Policy DEFAULT =
                new Policy(4, Duration.ofMillis(500), Duration.ofSeconds(10), Duration.ofSeconds(60));
    }

    /**
     * A request over HTTP.
     *
     * @param uri absolute, http or https
     * @param headers beside {@code Authorization}
     * @param authorization the value of that header for the origin of {@code uri}; empty for none
     */
    record Get(URI uri, Map<String, String> headers, String authorization) {}

    /** An answer; close it to free the connection. */
    record Reply(URI uri, int status, HttpHeaders headers, InputStream body) implements AutoCloseable {
        long contentLength() {
            String value = headers.firstValue("content-length").orElse("");
            return value.matches("[0-9]{1,18}") ? Long.parseLong(value) : -1;
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    /** An answer that is not the one hoped for. */
    static final class StatusException extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        final int status;
        /** The hub's {@code X-Error-Code}, such as {@code GatedRepo}; empty when it gave none. */
        final String errorCode;
        /** The hub's {@code X-Error-Message}; empty when it gave none. */
        final String errorMessage;

        private final long retryAfterSeconds;

        StatusException(URI uri, int status, HttpHeaders headers) {
            super("GET " + shown(uri) + " answered " + status + meaning(status) + said(headers));
            this.status = status;
            this.errorCode = headers.firstValue("x-error-code").orElse("");
            this.errorMessage = headers.firstValue("x-error-message").orElse("");
            this.retryAfterSeconds = retryAfter(headers);
        }

        private static String said(HttpHeaders headers) {
            String said = headers.firstValue("x-error-message").orElse("").replaceAll("[^ -~]", "?");
            return said.isEmpty() ? "" : ": '" + said.substring(0, Math.min(300, said.length())) + "'";
        }

        private static String meaning(int status) {
            return switch (status) {
                case 401, 403 -> " (not allowed: credentials are missing, wrong, or lack the right)";
                case 404, 410 -> " (not there)";
                case 407 -> " (the proxy wants credentials)";
                case 429 -> " (too many requests)";
                default -> "";
            };
        }

        boolean mayPass() {
            return status == 408 || status == 429 || (status >= 500 && status != 501 && status != 505);
        }
    }

    /** Trouble that another attempt cannot mend. */
    static final class FinalException extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        FinalException(String message) {
            super(message);
        }
    }

    /** Something to try; several times if need be. */
    interface Attempt<T> {
        T run() throws IOException;
    }

    /** Runs an attempt until it succeeds, fails for good, or has been tried often enough. */
    <T> T retrying(Attempt<T> attempt) throws IOException {
        Duration delay = environment.policy().firstDelay();
        for (int left = environment.policy().attempts() - 1; ; left--) {
            try {
                return attempt.run();
            } catch (ClosedByInterruptException | FinalException | FileNotFoundException e) {
                throw e;
            } catch (StatusException e) {
                if (left <= 0 || !e.mayPass() || e.retryAfterSeconds > LONGEST_WAIT_SECONDS) {
                    throw e;
                }
                sleep(e.retryAfterSeconds > 0 ? Duration.ofSeconds(e.retryAfterSeconds) : delay);
            } catch (IOException e) {
                if (left <= 0 || e instanceof javax.net.ssl.SSLHandshakeException) {
                    throw e;
                }
                sleep(delay);
            }
            delay = delay.multipliedBy(2);
        }
    }

    /**
     * A whole page.
     *
     * @param limit the most bytes it may have
     */
    Page page(Get get, int limit) throws IOException {
        return retrying(() -> {
            try (Reply reply = open(get)) {
                if (reply.status() != 200) {
                    throw status(reply);
                }
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                byte[] buffer = new byte[1 << 14];
                for (int n; (n = reply.body().read(buffer)) >= 0; ) {
                    bytes.write(buffer, 0, n);
                    if (bytes.size() > limit) {
                        throw new FinalException("GET " + shown(get.uri()) + " answers with more than " + limit
                                + " bytes, which no such page has");
                    }
                }
                String type = reply.headers().firstValue("content-type").orElse("");
                return new Page(reply.uri(), type.toLowerCase(Locale.ROOT), bytes.toString(StandardCharsets.UTF_8));
            }
        });
    }

    /** A page in UTF-8, where it was found after redirects, and its content type in lower case. */
    record Page(URI uri, String type, String text) {}

    static StatusException status(Reply reply) {
        return new StatusException(reply.uri(), reply.status(), reply.headers());
    }

    /** Seconds that a server asks to wait, as a number or a date (RFC 9110, section 10.2.3); 0 when it does not. */
    private static long retryAfter(HttpHeaders headers) {
        String value = headers.firstValue("retry-after").orElse("").strip();
        if (value.matches("[0-9]{1,9}")) {
            return Long.parseLong(value);
        }
        try {
            return Math.max(
                    0,
                    Duration.between(
                                    Instant.now(),
                                    ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                                            .toInstant())
                            .toSeconds());
        } catch (DateTimeParseException e) {
            return 0;
        }
    }

    /**
     * The headers of what is there, several times asked if need be. Redirects are followed within the origin, unless
     * they say themselves where they lead; one to elsewhere is an answer, for a hub says there what its storage does
     * not know.
     */
    Reply head(Get get) throws IOException {
        return retrying(() -> {
            try (Reply reply = exchange(get, "HEAD")) {
                if (reply.status() >= 400) {
                    throw status(reply);
                }
                return reply;
            }
        });
    }

    /** Asks once, following redirects; the answer may have any other status. */
    Reply open(Get get) throws IOException {
        return exchange(get, "GET");
    }

    private Reply exchange(Get get, String method) throws IOException {
        URI uri = get.uri();
        String authorization = get.authorization();
        for (int redirects = 0; ; redirects++) {
            HttpResponse<InputStream> response = send(method, uri, get.headers(), authorization);
            int status = response.statusCode();
            String location = response.headers().firstValue("location").orElse("");
            boolean redirect = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
            if (!redirect || location.isEmpty()) {
                return new Reply(uri, status, response.headers(), response.body());
            }
            response.body().close();
            if (redirects == MAX_REDIRECTS) {
                throw new FinalException("GET " + shown(get.uri()) + " is redirected more than " + MAX_REDIRECTS
                        + " times, last to " + shown(uri));
            }
            URI next = resolve(uri, location);
            boolean elsewhere = !origin(next).equals(origin(uri));
            if (method.equals("HEAD")
                    && (elsewhere
                            || response.headers().firstValue("x-linked-etag").isPresent())) {
                return new Reply(uri, status, response.headers(), response.body());
            }
            if (uri.getScheme().equals("https") && !next.getScheme().equals("https")) {
                throw new FinalException("GET " + shown(uri) + " is redirected from https to " + shown(next)
                        + ", which is not safe to follow");
            }
            if (elsewhere) {
                authorization = "";
            }
            uri = next;
        }
    }

    private HttpResponse<InputStream> send(String method, URI uri, Map<String, String> headers, String authorization)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(environment.policy().stall())
                .header("User-Agent", "llm-adapt")
                .header("Accept-Encoding", "identity");
        headers.forEach(request::header);
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        try {
            return client(uri)
                    .send(
                            request.build(),
                            info -> new BodyStream(environment.policy().stall()));
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (IOException e) {
            throw described(uri, e);
        } catch (IllegalArgumentException e) {
            // The JDK's client lets a length that is no number out so.
            throw new IOException("GET " + shown(uri) + " answered with headers that are none: " + e.getMessage(), e);
        }
    }

    /** Adds the address to the message of an exception, which the JDK's often lack. */
    private static IOException described(URI uri, IOException e) {
        String what = Failures.said(e);
        if (e instanceof javax.net.ssl.SSLHandshakeException) {
            javax.net.ssl.SSLHandshakeException same =
                    new javax.net.ssl.SSLHandshakeException("GET " + shown(uri) + ": "
                            + what + "; if a company's certificate stands between, name its PEM file in PIP_CERT or"
                            + " REQUESTS_CA_BUNDLE");
            same.initCause(e);
            return same;
        }
        return new IOException("GET " + shown(uri) + ": " + what, e);
    }

    private synchronized HttpClient client(URI uri) throws IOException {
        if (isTrusted(uri, trustedHosts)) {
            if (trusting == null) {
                trusting = builder().sslContext(Certificates.trustingAll()).build();
            }
            return trusting;
        }
        if (strict == null) {
            HttpClient.Builder builder = builder();
            if (!certificates.isEmpty()) {
                builder.sslContext(Certificates.trusting(certificates));
            }
            strict = builder.build();
        }
        return strict;
    }

    private HttpClient.Builder builder() {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(environment.policy().connect());
        Proxies.of(environment).ifPresent(proxies -> proxies.install(builder));
        return builder;
    }

    static boolean isTrusted(URI uri, Set<String> trustedHosts) {
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        return trustedHosts.contains(host) || trustedHosts.contains(host + ":" + port(uri));
    }

    static boolean isLoopback(URI uri) {
        String host = uri.getHost();
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.[0-9]{1,3}){3}");
    }

    private static void sleep(Duration delay) throws ClosedByInterruptException {
        try {
            Thread.sleep(delay.toMillis());
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    static ClosedByInterruptException interrupted() {
        Thread.currentThread().interrupt();
        return new ClosedByInterruptException();
    }

    /** An address that a page or a redirect gave, made absolute and checked. */
    static URI resolve(URI base, String reference) throws FinalException {
        URI uri;
        try {
            uri = base.resolve(reference.replace(" ", "%20"));
        } catch (IllegalArgumentException e) {
            throw new FinalException(shown(base) + " leads to an address that is none");
        }
        if (uri.getHost() == null || !("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
            throw new FinalException(shown(base) + " leads to " + shown(uri) + ", expected an http or https address");
        }
        return uri;
    }

    /** Scheme, host and port: whoever shares them is the same server. */
    static String origin(URI uri) {
        return uri.getScheme() + "://" + uri.getHost().toLowerCase(Locale.ROOT) + ":" + port(uri);
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
    }

    /** An address for people to read: without credentials, and without a query, which may be a signature. */
    static String shown(URI uri) {
        String host = uri.getHost() == null ? "" : uri.getHost();
        return uri.getScheme() + "://" + host + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
                + (uri.getRawPath() == null ? "" : uri.getRawPath());
    }
}
