package dev.llmadapt.remote.http;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** What is tried again, and after how long: as the official clients of OpenAI do. */
final class RetryRules {
    /** What a server may ask to wait; one that asks for more is not waited for. */
    static final Duration MAX_WAIT = Duration.ofMinutes(2);

    private static final double FIRST_SECONDS = 0.5;
    private static final double MAX_SECONDS = 8;
    private static final double JITTER = 0.25;

    private RetryRules() {}

    /** Whether an answer of this status says that another try may succeed. */
    static boolean passes(int status, HttpHeaders headers) {
        Optional<String> advice = headers.firstValue("x-should-retry");
        if (advice.isPresent() && advice.get().matches("true|false")) {
            return advice.get().equals("true");
        }
        return status == 408 || status == 409 || status == 429 || status >= 500;
    }

    /**
     * The wait before another try.
     *
     * @param tries how many there were
     * @param headers of the last answer; empty where there was none
     */
    static Duration wait(int tries, Optional<HttpHeaders> headers, Waiting waiting) {
        Optional<Duration> asked = headers.flatMap(all -> asked(all, waiting.now()));
        if (asked.isPresent()) {
            return asked.get();
        }
        double seconds = Math.min(FIRST_SECONDS * Math.pow(2, tries - 1), MAX_SECONDS);
        return Duration.ofNanos((long) (seconds * (1 - JITTER * waiting.chance()) * 1e9));
    }

    /** What a server asks to wait: milliseconds, seconds, or until a date. */
    private static Optional<Duration> asked(HttpHeaders headers, Instant now) {
        Optional<Duration> millis = headers.firstValue("retry-after-ms").flatMap(text -> number(text, 1e6));
        if (millis.isPresent()) {
            return millis;
        }
        return headers.firstValue("retry-after")
                .flatMap(text -> number(text, 1e9).or(() -> until(text, now)));
    }

    private static Optional<Duration> number(String text, double nanos) {
        return text.strip().matches("\\d{1,9}(\\.\\d{1,9})?")
                ? Optional.of(Duration.ofNanos((long) Math.min(Double.parseDouble(text.strip()) * nanos, 1e18)))
                : Optional.empty();
    }

    private static Optional<Duration> until(String text, Instant now) {
        try {
            Duration left = Duration.between(
                    now,
                    ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
            return left.isNegative() ? Optional.of(Duration.ZERO) : Optional.of(left);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
