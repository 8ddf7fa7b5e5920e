package dev.llmadapt.server;

import java.time.Duration;
import java.util.Objects;

/**
 * The limits of a server.
 *
 * @param requestBytes the largest body of a request
 * @param receiveTime the longest time from the first byte of a request to its last, in whole seconds; of several
 *     servers in one process the first one's counts
 * @param concurrentAnswers how many requests are answered at a time
 * @param queueLength how many may wait beyond these; one more is refused with the status 429
 * @param requestTime the longest time of a request from its arrival to its end; then it is stopped
 * @param drainTime how long requests under way may go on when the server is closed
 * @param maxChoices the most answers that one request may ask for ({@code n})
 */
public record ServerLimits(
        long requestBytes,
        Duration receiveTime,
        int concurrentAnswers,
        int queueLength,
        Duration requestTime,
        Duration drainTime,
        int maxChoices) {
    private static final ServerLimits DEFAULTS = new ServerLimits(
            16L << 20, Duration.ofSeconds(30), 8, 64, Duration.ofMinutes(10), Duration.ofSeconds(30), 8);

    /** Refuses limits that nothing fits into. */
    public ServerLimits {
        require(requestBytes >= 1 && requestBytes <= 1L << 30, "requestBytes must be in [1, 2^30]", requestBytes);
        require(
                concurrentAnswers >= 1 && concurrentAnswers <= 1024,
                "concurrentAnswers must be in [1, 1024]",
                concurrentAnswers);
        require(queueLength >= 0 && queueLength <= 100_000, "queueLength must be in [0, 100000]", queueLength);
        require(maxChoices >= 1 && maxChoices <= 128, "maxChoices must be in [1, 128]", maxChoices);
        Objects.requireNonNull(receiveTime, "receiveTime must not be null");
        Objects.requireNonNull(requestTime, "requestTime must not be null");
        Objects.requireNonNull(drainTime, "drainTime must not be null");
        require(receiveTime.toSeconds() >= 1, "receiveTime must be at least a second", receiveTime);
        require(requestTime.toMillis() >= 1, "requestTime must be at least a millisecond", requestTime);
        require(!drainTime.isNegative(), "drainTime must not be negative", drainTime);
    }

    private static void require(boolean condition, String message, Object value) {
        if (!condition) {
            throw new IllegalArgumentException(message + ", got " + value);
        }
    }

    /**
     * Bodies of 16 MB that come within 30 seconds, 8 answers at a time, a queue of 64, 10 minutes a request, 30 seconds
     * to drain, 8 answers a request.
     */
    public static ServerLimits defaults() {
        return DEFAULTS;
    }

    /** These limits with another size of bodies. */
    public ServerLimits withRequestBytes(long requestBytes) {
        return new ServerLimits(
                requestBytes, receiveTime, concurrentAnswers, queueLength, requestTime, drainTime, maxChoices);
    }

    /** These limits with another time to receive a request. */
    public ServerLimits withReceiveTime(Duration receiveTime) {
        return new ServerLimits(
                requestBytes, receiveTime, concurrentAnswers, queueLength, requestTime, drainTime, maxChoices);
    }

    /** These limits with another number of requests answered at a time. */
    public ServerLimits withConcurrentAnswers(int concurrentAnswers) {
        return new ServerLimits(
                requestBytes, receiveTime, concurrentAnswers, queueLength, requestTime, drainTime, maxChoices);
    }

    /** These limits with another queue. */
    public ServerLimits withQueueLength(int queueLength) {
        return new ServerLimits(
                requestBytes, receiveTime, concurrentAnswers, queueLength, requestTime, drainTime, maxChoices);
    }

    /** These limits with another time of a request. */
    public ServerLimits withRequestTime(Duration requestTime) {
        return new ServerLimits(
                requestBytes, receiveTime, concurrentAnswers, queueLength, requestTime, drainTime, maxChoices);
    }

    /** These limits with another time to drain. */
    public ServerLimits withDrainTime(Duration drainTime) {
        return new ServerLimits(
                requestBytes, receiveTime, concurrentAnswers, queueLength, requestTime, drainTime, maxChoices);
    }

    /** These limits with another number of answers of one request. */
    public ServerLimits withMaxChoices(int maxChoices) {
        return new ServerLimits(
                requestBytes, receiveTime, concurrentAnswers, queueLength, requestTime, drainTime, maxChoices);
    }
}
