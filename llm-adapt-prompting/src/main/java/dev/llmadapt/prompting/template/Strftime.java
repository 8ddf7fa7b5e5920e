package dev.llmadapt.prompting.template;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The function {@code strftime_now}: the local time in C's notation, in English. */
final class Strftime {
    private static final Map<Character, String> PATTERNS = Map.ofEntries(
            Map.entry('Y', "uuuu"),
            Map.entry('y', "uu"),
            Map.entry('m', "MM"),
            Map.entry('d', "dd"),
            Map.entry('B', "MMMM"),
            Map.entry('b', "MMM"),
            Map.entry('h', "MMM"),
            Map.entry('A', "EEEE"),
            Map.entry('a', "EEE"),
            Map.entry('H', "HH"),
            Map.entry('I', "hh"),
            Map.entry('M', "mm"),
            Map.entry('S', "ss"),
            Map.entry('p', "a"),
            Map.entry('j', "DDD"),
            Map.entry('F', "uuuu-MM-dd"),
            Map.entry('T', "HH:mm:ss"),
            Map.entry('R', "HH:mm"),
            Map.entry('D', "MM/dd/uu"));

    /** The steps that a directive costs. */
    private static final int PATTERN_WORK = 64;

    private Strftime() {}

    static Text now(Rendering r, Text format) {
        LocalDateTime now = LocalDateTime.now(r.clock());
        StringBuilder out = new StringBuilder();
        String chars = format.chars();
        for (int i = 0; i < chars.length(); i++) {
            char c = chars.charAt(i);
            if (c != '%') {
                out.append(c);
                continue;
            }
            r.work(PATTERN_WORK);
            boolean unpadded = i + 1 < chars.length() && chars.charAt(i + 1) == '-';
            i += unpadded ? 2 : 1;
            String part = i < chars.length() ? part(now, chars.charAt(i)) : null;
            if (part == null) {
                throw r.fail("unknown directive in a date's format: '" + format + "'");
            }
            out.append(unpadded && part.length() > 1 ? part.replaceFirst("^0+(?=.)", "") : part);
        }
        r.makeText(out.length(), 0);
        return Text.marked(out.toString(), format.allMarks());
    }

    private static @Nullable String part(LocalDateTime now, char directive) {
        if (directive == '%') {
            return "%";
        } else if (directive == 'e') {
            return String.format("%2d", now.getDayOfMonth());
        }
        String pattern = PATTERNS.get(directive);
        return pattern == null
                ? null
                : DateTimeFormatter.ofPattern(pattern, Locale.US).format(now);
    }
}
