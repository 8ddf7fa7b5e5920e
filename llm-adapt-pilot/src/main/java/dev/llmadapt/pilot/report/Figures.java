package dev.llmadapt.pilot.report;

import dev.llmadapt.pilot.recommendation.Money;
import dev.llmadapt.pilot.statistics.Interval;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Figures as people read them: with the unit that suits their size, and few digits. */
final class Figures {
    private static final double LEAST_COST = 0.0001;
    private static final DateTimeFormatter MINUTES =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Figures() {}

    static String percent(double share) {
        return number("%.1f%%", 100 * share);
    }

    static String interval(Interval interval) {
        return number("%.1f", 100 * interval.low()) + " to " + percent(interval.high());
    }

    /** An interval of shares in percent for a narrow place. */
    static String shortInterval(Interval interval) {
        return number("%.1f", 100 * interval.low()) + "\u2013" + number("%.1f", 100 * interval.high());
    }

    /** A difference of shares, such as {@code 12.3 points}. */
    static String points(double share) {
        return number("%.1f points", 100 * share);
    }

    /** A time, such as {@code 0.2 ms}, {@code 340 ms}, {@code 12 s} or {@code 3.4 min}. */
    static String time(Duration time) {
        double millis = time.toNanos() / 1e6;
        if (millis < 0.01) {
            return millis <= 0 ? "0 ms" : "<0.01 ms";
        }
        if (millis < 999.5) {
            return number(millis < 0.1 ? "%.2f ms" : millis < 9.95 ? "%.1f ms" : "%.0f ms", millis);
        }
        double seconds = millis / 1e3;
        if (seconds < 99.5) {
            return number(seconds < 9.95 ? "%.1f s" : "%.0f s", seconds);
        }
        double minutes = seconds / 60;
        return minutes < 99.5 ? number("%.1f min", minutes) : number("%.1f h", minutes / 60);
    }

    /** A size, such as {@code 12 kB}, {@code 1.5 MB} or {@code 2.1 GB}; empty for 0, which was not measured. */
    static String bytes(long bytes) {
        if (bytes == 0) {
            return "";
        }
        if (bytes < 999_500) {
            return number(bytes < 9_950 ? "%.1f kB" : "%.0f kB", bytes / 1e3);
        }
        return bytes < 999_500_000
                ? number(bytes < 9_950_000 ? "%.1f MB" : "%.0f MB", bytes / 1e6)
                : number("%.1f GB", bytes / 1e9);
    }

    /** A price for a narrow column, with two significant digits. */
    static String cost(double amount) {
        if (amount > 0 && amount < LEAST_COST) {
            return "<0.0001";
        }
        return Money.text(amount, "");
    }

    /** A rate with three significant digits; empty for 0, which was not measured. */
    static String rate(double rate) {
        return rate == 0 ? "" : number(rate < 9.995 ? "%.2f" : rate < 99.95 ? "%.1f" : "%,.0f", rate);
    }

    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** A number of things, such as {@code 1 candidate} or {@code 1,200 examples}. */
    static String count(long count, String one) {
        return count(count) + " " + one + (count == 1 ? "" : "s");
    }

    static String instant(Instant instant) {
        return MINUTES.format(instant);
    }

    static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
