package dev.llmadapt.server.http;

import java.time.Duration;

/**
 * Limits of an endpoint.
 *
 * @param requestBytes the largest body of a request
 * @param requestTime the longest time from the beginning of a request to its last byte, in whole seconds; one for all
 *     endpoints of a process, that of the first
 * @param connections the most open connections; one for all endpoints of a process, that of the first
 */
public record HttpLimits(long requestBytes, Duration requestTime, int connections) {
    /** Refuses limits below 1. */
    public HttpLimits {
        if (requestBytes < 1 || requestBytes > Integer.MAX_VALUE - 16) {
            throw new IllegalArgumentException(
                    "requestBytes must be in [1, " + (Integer.MAX_VALUE - 16) + "], requestBytes: " + requestBytes);
        }
        if (requestTime.toSeconds() < 1) {
            throw new IllegalArgumentException("requestTime must be at least a second, requestTime: " + requestTime);
        }
        if (connections < 1) {
            throw new IllegalArgumentException("connections must be at least 1, connections: " + connections);
        }
    }
}
