package dev.llmadapt.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The headings of a Markdown text as <a href="https://spec.commonmark.org/0.31.2/">CommonMark</a> has them: lines with
 * {@code #} signs, and paragraphs that are underlined. Lines of fenced and indented code, of HTML blocks, and of front
 * matter are not headings. Headings inside quotes and lists are left out.
 */
public final class MarkdownHeadings {
    private static final Pattern ATX = Pattern.compile(" {0,3}(#{1,6})(?:[ \\t]+(.*))?");
    private static final Pattern CLOSING = Pattern.compile("(?:^|[ \\t]+)#+[ \\t]*$");
    private static final Pattern FENCE = Pattern.compile("( {0,3})(`{3,}[^`]*|~{3,}.*)");
    private static final Pattern UNDERLINE = Pattern.compile(" {0,3}(=+|-+)[ \\t]*");
    private static final Pattern BREAK =
            Pattern.compile(" {0,3}(?:(?:\\*[ \\t]*){3,}|(?:-[ \\t]*){3,}|(?:_[ \\t]*){3,})");
    private static final Pattern ITEM = Pattern.compile("( {0,3}(?:[-+*]|\\d{1,9}[.)])[ \\t]{1,4})(?=\\S)(.*)");
    private static final Pattern CONTAINER = Pattern.compile(" {0,3}(?:>|(?:[-+*]|\\d{1,9}[.)])(?:[ \\t]|$)).*");
    private static final Pattern INDENTED = Pattern.compile("(?: {4}| {0,3}\\t).*");
    private static final Pattern KEY = Pattern.compile("[\\w\"'][^\\n]*[:=].*|\\{.*"); // or a template's

    /** The patterns that begin HTML blocks, and those that end them; without one, a blank line does. */
    private static final List<Html> HTML = List.of(
            new Html("<(?:pre|script|style|textarea)(?:[ \\t>].*)?", "</(?:pre|script|style|textarea)>", true),
            new Html("<!--.*", "-->", true),
            new Html("<\\?.*", "\\?>", true),
            new Html("<![a-z].*", ">", true),
            new Html("<!\\[cdata\\[.*", "\\]\\]>", true),
            new Html(
                    "</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|"
                            + "dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|"
                            + "header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|"
                            + "p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)"
                            + "(?:[ \\t].*|/?>.*)?",
                    "",
                    true),
            new Html("<(?:[a-z][a-z0-9-]*(?:[ \\t][^<>]*)?/?|/[a-z][a-z0-9-]*[ \\t]*)>[ \\t]*", "", false));

    private record Html(Pattern start, Pattern end, boolean interruptsText) {
        Html(String start, String end, boolean interruptsText) {
            this(Pattern.compile(" {0,3}" + start), Pattern.compile(end), interruptsText);
        }

        boolean endsIn(String line) {
            return end.pattern().isEmpty()
                    ? line.isBlank()
                    : end.matcher(line.toLowerCase(Locale.ROOT)).find();
        }
    }

    /**
     * A heading.
     *
     * @param level from 1 to 6
     * @param text its words, on one line
     * @param start the offset where its first line begins, in chars
     * @param end the offset where its last line ends, before the line break
     */
    public record Heading(int level, String text, int start, int end) {}

    private final String text;
    private final List<Heading> headings = new ArrayList<>();
    private int paragraph = -1; // where the paragraph begins that may be underlined, -1 without one
    private String fence = "";
    private int fenceIndent; // of the list item it stands in
    private List<Html> block = List.of(); // the HTML block that is open, if one is

    private MarkdownHeadings(String text) {
        this.text = text;
    }

    /** The headings of a text, in its order. */
    public static List<Heading> of(String text) {
        MarkdownHeadings all = new MarkdownHeadings(text);
        int start = frontMatterEnd(text);
        while (start < text.length()) {
            int feed = text.indexOf('\n', start);
            int end = feed < 0 ? text.length() : feed;
            boolean returned = end > start && text.charAt(end - 1) == '\r';
            all.line(text.substring(start, returned ? end - 1 : end), start);
            start = end + 1;
        }
        return all.headings;
    }

    private void line(String line, int start) {
        if (!fence.isEmpty()) {
            fenced(line, start);
            return;
        }
        if (!block.isEmpty()) {
            block = block.get(0).endsIn(line) ? List.of() : block;
            return;
        }
        int end = start + line.length();
        if (line.isBlank()) {
            paragraph = -1;
        } else if (heading(line, start)) {
            paragraph = -1;
        } else if (paragraph >= 0 && UNDERLINE.matcher(line).matches()) {
            int level = line.contains("=") ? 1 : 2;
            String words = text.substring(paragraph, start).strip().replaceAll("[ \\t]*\\r?\\n[ \\t]*", " ");
            headings.add(new Heading(level, words, paragraph, end));
            paragraph = -1;
        } else if (!opens(line)) {
            boolean begins = paragraph < 0
                    && !INDENTED.matcher(line).matches()
                    && !BREAK.matcher(line).matches()
                    && !CONTAINER.matcher(line).matches();
            boolean ends = paragraph >= 0
                    && (BREAK.matcher(line).matches() || CONTAINER.matcher(line).matches());
            paragraph = begins ? start : ends ? -1 : paragraph;
        }
    }

    private boolean heading(String line, int start) {
        Matcher atx = ATX.matcher(line);
        if (!atx.matches()) {
            return false;
        }
        String words = atx.group(2) == null ? "" : CLOSING.matcher(atx.group(2)).replaceFirst("");
        headings.add(new Heading(atx.group(1).length(), words.strip(), start, start + line.length()));
        return true;
    }

    /** Whether a line opens a fence or an HTML block. */
    private boolean opens(String line) {
        Matcher item = ITEM.matcher(line);
        boolean within = item.matches();
        Matcher opening = FENCE.matcher(within ? item.group(2) : line);
        if (opening.matches()) {
            String signs = opening.group(2);
            int length = 0;
            while (length < signs.length() && signs.charAt(length) == signs.charAt(0)) {
                length++;
            }
            fence = signs.substring(0, length);
            fenceIndent = within ? item.group(1).length() : 0;
            paragraph = -1;
            return true;
        }
        for (Html html : HTML) {
            Matcher start = html.start().matcher(line.toLowerCase(Locale.ROOT));
            if (start.matches() && (html.interruptsText() || paragraph < 0)) {
                paragraph = -1;
                boolean closed = html.endsIn(line);
                block = closed ? List.of() : List.of(html);
                return true;
            }
        }
        return false;
    }

    private void fenced(String line, int start) {
        String inner = line;
        if (fenceIndent > 0) {
            String blanks = line.substring(0, Math.min(fenceIndent, line.length()));
            if (!blanks.isBlank()) { // the list item is over, and the fence in it
                fence = "";
                line(line, start);
                return;
            }
            inner = line.substring(blanks.length());
        }
        String signs = inner.strip();
        int indent = inner.indexOf(fence.charAt(0));
        if (indent >= 0
                && indent <= 3
                && signs.length() >= fence.length()
                && signs.chars().allMatch(c -> c == fence.charAt(0))) {
            fence = "";
        }
    }

    /**
     * The offset at which the text after its front matter begins: settings between lines of {@code ---} or {@code +++}
     * before the text; 0 where there is none.
     */
    public static int frontMatterEnd(String text) {
        int start = 0;
        String mark = "";
        boolean keys = false;
        while (start < text.length()) {
            int feed = text.indexOf('\n', start);
            int end = feed < 0 ? text.length() : feed;
            String line = text.substring(start, end).stripTrailing();
            start = end + 1;
            if (mark.isEmpty()) {
                if (line.equals("---") || line.equals("+++")) {
                    mark = line;
                } else if (!line.isEmpty()) {
                    return 0;
                }
            } else if (line.equals(mark) || (mark.equals("---") && line.equals("..."))) {
                return keys ? Math.min(start, text.length()) : 0;
            } else {
                keys |= KEY.matcher(line).matches();
            }
        }
        return 0;
    }
}
