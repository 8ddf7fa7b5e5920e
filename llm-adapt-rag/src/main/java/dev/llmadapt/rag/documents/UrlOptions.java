package dev.llmadapt.rag.documents;

import java.time.Duration;

/**
 * How pages are fetched.
 *
 * @param timeout the longest time for one page, all of it, in (0, 1 hour]
 * @param maxBytes the largest page, at least 1; a larger one is broken
 * @param userAgent how this program names itself to servers; not blank, without line ends
 */
public record UrlOptions(Duration timeout, long maxBytes, String userAgent) {
    private static final UrlOptions DEFAULTS = new UrlOptions(Duration.ofSeconds(30), 16L << 20, "llm-adapt");

    /** Checks. */
    public UrlOptions {
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("timeout must be in (0, 1 hour], timeout: " + timeout);
        }
        if (maxBytes < 1 || maxBytes > Integer.MAX_VALUE - 16) {
            throw new IllegalArgumentException("maxBytes must be in [1, 2147483631], maxBytes: " + maxBytes);
        }
        if (userAgent.isBlank() || userAgent.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("userAgent must be words on one line, userAgent: '" + userAgent + "'");
        }
    }

    /** 30 seconds, 16 MiB, {@code llm-adapt}. */
    public static UrlOptions defaults() {
        return DEFAULTS;
    }

    /** The same with another time. */
    public UrlOptions withTimeout(Duration timeout) {
        return new UrlOptions(timeout, maxBytes, userAgent);
    }

    /** The same with another size. */
    public UrlOptions withMaxBytes(long maxBytes) {
        return new UrlOptions(timeout, maxBytes, userAgent);
    }

    /** The same with another name. */
    public UrlOptions withUserAgent(String userAgent) {
        return new UrlOptions(timeout, maxBytes, userAgent);
    }
}
