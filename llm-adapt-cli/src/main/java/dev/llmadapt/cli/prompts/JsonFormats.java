package dev.llmadapt.cli.prompts;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.List;

/** The formats of texts that {@link SchemaCheck} knows. */
final class JsonFormats {
    private static final List<String> KNOWN = List.of("date", "date-time", "time", "email", "ipv4", "uri", "uuid");

    private JsonFormats() {}

    /** Refuses a format that is not known. */
    static void require(String format, String place) {
        if (!KNOWN.contains(format)) {
            throw new IllegalArgumentException(place + " '" + format + "' is not supported, expected one of " + KNOWN);
        }
    }

    static boolean is(String text, String format) {
        try {
            return switch (format) {
                case "date" -> text.length() == 10 && LocalDate.parse(text) != null;
                case "date-time" -> text.length() >= 20 && OffsetDateTime.parse(text.replace(' ', 'x')) != null;
                case "time" -> text.length() >= 9 && OffsetTime.parse(text) != null;
                case "email" -> text.matches("[^@\\s]+@[^@\\s.]+(\\.[^@\\s.]+)*");
                case "ipv4" -> text.matches("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
                case "uri" -> new URI(text).isAbsolute();
                default -> text.matches("(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
            };
        } catch (DateTimeException | URISyntaxException e) {
            return false;
        }
    }
}
