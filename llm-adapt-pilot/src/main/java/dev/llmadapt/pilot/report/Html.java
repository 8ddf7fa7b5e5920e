package dev.llmadapt.pilot.report;

import java.util.Locale;

/** Text for a page, made safe: whatever a user, a document or a model wrote is shown and never run. */
final class Html {
    private Html() {}

    /** Escapes text, also for attributes in quotes. */
    static String escape(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.append(c < ' ' && c != '\n' && c != '\t' ? '\uFFFD' : c);
            }
        }
        return safe.toString();
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }

    static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
