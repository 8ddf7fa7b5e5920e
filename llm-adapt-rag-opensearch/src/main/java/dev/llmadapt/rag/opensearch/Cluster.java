package dev.llmadapt.rag.opensearch;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An OpenSearch cluster: its address and how to speak with it. Any node answers any request, so requests go round the
 * hosts and past those that do not answer.
 *
 * @param hosts the nodes, or a proxy before them, such as {@code https://search-1:9200}; at least one, by http or https
 * @param credentials the credentials of requests
 * @param tls the certificates to trust and to present, for https; null for the JVM's own
 * @param connectTimeout the maximal time to connect to a host, more than 0
 * @param requestTimeout the maximal time for a complete answer, more than 0
 * @param patience the maximal time to wait for temporary failures to pass (hosts that do not answer, 429, 503); 0 to
 *     try every host once. A request may take this time and one {@code requestTimeout} a host
 * @param backoff the first wait between two tries, more than 0; it doubles each time up to 10 seconds
 * @param bulkBytes the approximate maximal size of a write request, in [1,000, 100,000,000]; the cluster's own limit,
 *     {@code http.max_content_length}, is 100 MB by default
 * @param answerBytes the maximal size of an answer, in [1,000, 1,000,000,000]
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

    /** Validates the components and copies the collections. */
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
     * Describes a cluster with the defaults: no credentials, 5 seconds to connect, 30 to answer, a minute of patience,
     * 200 milliseconds before the second try, 5 MB a request, 64 MB an answer.
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

    /** This cluster with other credentials. */
    public Cluster withCredentials(Credentials credentials) {
        return new Cluster(
                hosts, credentials, tls, connectTimeout, requestTimeout, patience, backoff, bulkBytes, answerBytes);
    }

    /** This cluster with certificates to trust or to present. */
    public Cluster withTls(SSLContext tls) {
        return new Cluster(
                hosts, credentials, tls, connectTimeout, requestTimeout, patience, backoff, bulkBytes, answerBytes);
    }

    /** This cluster with other timeouts. */
    public Cluster withTimeouts(Duration connectTimeout, Duration requestTimeout) {
        return new Cluster(
                hosts, credentials, tls, connectTimeout, requestTimeout, patience, backoff, bulkBytes, answerBytes);
    }

    /** This cluster with other times to wait for temporary failures to pass. */
    public Cluster withPatience(Duration patience, Duration backoff) {
        return new Cluster(
                hosts, credentials, tls, connectTimeout, requestTimeout, patience, backoff, bulkBytes, answerBytes);
    }

    /** This cluster with other maximal sizes of write requests and answers. */
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
