package dev.llmadapt.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 500ms}, {@code 90s}, {@code 11m}, {@code 2h}; {@code 0} is none. */
final class Durations {
    private static final Pattern WRITTEN = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

    private Durations() {}

    /**
     * Reads a duration.
     *
     * @param option the option it was given to
     * @throws InvalidInput if it is written otherwise
     */
    static Duration parse(String option, String text) {
        String written = text.strip();
        if (written.equals("0")) {
            return Duration.ZERO;
        }
        Matcher matcher = WRITTEN.matcher(written);
        if (!matcher.matches()) {
            throw new InvalidInput(option + " expects a time such as 500ms, 90s, 11m, 2h or 0, got '" + text + "'");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }
}
