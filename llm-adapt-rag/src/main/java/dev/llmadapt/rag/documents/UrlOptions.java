package dev.llmadapt.rag.documents;

import java.time.Duration;

/**
 * Options of fetching pages.
 *
 * @param timeout the maximal time for one page with its body, in (0, 1 hour]
 * @param maxBytes the maximal size of a page, at least 1; a larger page is broken
 * @param userAgent the name of this program in requests; not blank, without line ends
 */
public record UrlOptions(Duration timeout, long maxBytes, String userAgent) {
    private static final UrlOptions DEFAULTS = new UrlOptions(Duration.ofSeconds(30), 16L << 20, "llm-adapt");

    /** Validates the components. */
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

    /** The default options: 30 seconds, 16 MiB, {@code llm-adapt}. */
    public static UrlOptions defaults() {
        return DEFAULTS;
    }

    /** These options with another timeout. */
    public UrlOptions withTimeout(Duration timeout) {
        return new UrlOptions(timeout, maxBytes, userAgent);
    }

    /** These options with another maximal size. */
    public UrlOptions withMaxBytes(long maxBytes) {
        return new UrlOptions(timeout, maxBytes, userAgent);
    }

    /** These options with another user agent. */
    public UrlOptions withUserAgent(String userAgent) {
        return new UrlOptions(timeout, maxBytes, userAgent);
    }
}
