package dev.llmadapt.pilot.report;

import java.util.List;

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

    /** Escapes the name of a candidate, which may break before its settings. */
    static String name(String name) {
        return escape(name).replace("(", "<wbr>(").replace("+", "+<wbr>");
    }

    /** Begins a part of the page with a heading and what it shows. */
    static void heading(StringBuilder page, String id, String title, String about) {
        page.append("<h2 id=\"")
                .append(id)
                .append("\">")
                .append(escape(title))
                .append("</h2>")
                .append(about.isEmpty() ? "" : "<p class=\"about\">" + escape(about) + "</p>")
                .append('\n');
    }

    /** Writes a list of texts; nothing where there is none. */
    static void list(StringBuilder page, List<String> items) {
        if (items.isEmpty()) {
            return;
        }
        page.append("<ul>");
        items.forEach(item -> page.append("<li>").append(escape(item)).append("</li>"));
        page.append("</ul>\n");
    }

    /** Begins what is folded. */
    static void fold(StringBuilder page, String summary) {
        page.append("<details><summary>").append(escape(summary)).append("</summary>\n");
    }

    /** A share as a length of CSS. */
    static String percentage(double share) {
        return Figures.number("%.2f%%", 100 * share);
    }

    /** A text in one line, cut after so many characters. */
    static String shortened(String text, int most) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.codePointCount(0, line.length()) <= most
                ? line
                : line.substring(0, line.offsetByCodePoints(0, most - 1)) + "…";
    }
}
