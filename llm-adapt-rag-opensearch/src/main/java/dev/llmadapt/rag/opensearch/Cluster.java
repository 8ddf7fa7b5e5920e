package dev.llmadapt.rag.opensearch;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Where an OpenSearch cluster is and how to speak with it. Any node of it can be asked anything, so requests go round
 * the hosts, and past those that do not answer.
 *
 * @param hosts its nodes, or what stands before them, such as {@code https://search-1:9200}; at least one, by http or
 *     https
 * @param credentials who asks
 * @param tls which certificates to trust and which to show, for https; null for the JVM's own
 * @param connectTimeout how long a host may take to accept a connection, more than 0
 * @param requestTimeout how long it may take to answer in full, more than 0
 * @param patience how long trouble that may pass (hosts that do not answer, 429, 503) is waited for before it becomes
 *     an error; 0 to try every host once. A request may take this and one {@code requestTimeout} a host
 * @param backoff the first wait between tries, doubled each time up to 10 seconds, more than 0
 * @param bulkBytes about how long a request that writes may become, in [1,000, 100,000,000]; a cluster's own limit,
 *     {@code http.max_content_length}, is 100 MB unless it says otherwise
 * @param answerBytes the longest answer that is read, in [1,000, 1,000,000,000]
 */
public record Cluster(
        List<URI> hosts,
        Credentials credentials,
        @Nullable SSLContext tls,
        Duration connectTimeout,
        Duration requestTimeout,
        Duration patience,
        Duration backoff,
        int bulkBytes,
        int answerBytes) {

    /** Checks and copies. */
    public Cluster {
        hosts = List.copyOf(hosts);
        require(!hosts.isEmpty(), "a cluster needs at least one host, such as http://localhost:9200, got none");
        hosts.forEach(Cluster::check);
        require(positive(connectTimeout), "connectTimeout must be more than 0, connectTimeout: " + connectTimeout);
        require(positive(requestTimeout), "requestTimeout must be more than 0, requestTimeout: " + requestTimeout);
        require(!patience.isNegative(), "patience must be at least 0, patience: " + patience);
        require(positive(backoff), "backoff must be more than 0, backoff: " + backoff);
        require(
                bulkBytes >= 1_000 && bulkBytes <= 100_000_000,
                "bulkBytes must be in [1000, 100000000], bulkBytes: " + bulkBytes);
        require(
                answerBytes >= 1_000 && answerBytes <= 1_000_000_000,
                "answerBytes must be in [1000, 1000000000], answerBytes: " + answerBytes);
    }

    /**
     * A cluster without credentials: 5 seconds to connect, 30 to answer, a minute of patience, 200 milliseconds before
     * the second try, 5 MB a request, 64 MB an answer.
     */
    public static Cluster of(URI... hosts) {
        return new Cluster(
                List.of(hosts),
                Credentials.none(),
                null,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofMinutes(1),
                Duration.ofMillis(200),
                5_000_000,
                64_000_000);
    }

    /** The same asked by someone. */
    public Cluster withCredentials(Credentials credentials) {
        return new Cluster(
                hosts, credentials, tls, connectTimeout, requestTimeout, patience, backoff, bulkBytes, answerBytes);
    }

    /** The same with certificates of your own to trust, or to show. */
    public Cluster withTls(SSLContext tls) {
        return new Cluster(
                hosts, credentials, tls, connectTimeout, requestTimeout, patience, backoff, bulkBytes, answerBytes);
    }

    /** The same with other times to connect and to answer. */
    public Cluster withTimeouts(Duration connectTimeout, Duration requestTimeout) {
        return new Cluster(
                hosts, credentials, tls, connectTimeout, requestTimeout, patience, backoff, bulkBytes, answerBytes);
    }

    /** The same that waits longer or less long for trouble to pass. */
    public Cluster withPatience(Duration patience, Duration backoff) {
        return new Cluster(
                hosts, credentials, tls, connectTimeout, requestTimeout, patience, backoff, bulkBytes, answerBytes);
    }

    /** The same with other lengths of requests that write and of answers. */
    public Cluster withSizes(int bulkBytes, int answerBytes) {
        return new Cluster(
                hosts, credentials, tls, connectTimeout, requestTimeout, patience, backoff, bulkBytes, answerBytes);
    }

    private static void check(URI host) {
        boolean web = "http".equalsIgnoreCase(host.getScheme()) || "https".equalsIgnoreCase(host.getScheme());
        if (host.getRawUserInfo() != null) {
            // Without the address, which has a password in it
            throw new IllegalArgumentException(
                    "a host's address must not hold a user or a password; give them to withCredentials");
        }
        require(
                web && host.getHost() != null && host.getRawQuery() == null && host.getRawFragment() == null,
                "a host must be an address such as https://search-1:9200, host: " + host);
    }

    private static boolean positive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
