package dev.llmadapt.rag.splitting;

import dev.llmadapt.rag.Tokens.Span;
import dev.llmadapt.rag.splitting.TextSplitter.Section;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The sections of a text with Markdown's headings ({@code # ...}); lines in fenced code are none. */
final class Headings {
    private static final Pattern LINE =
            Pattern.compile("(?m)^(?: {0,3}(#{1,6})[ \\t]+(.*?)[ \\t]*#*[ \\t]*| {0,3}(```|~~~).*)$");

    private Headings() {}

    /** The text between headings, each part under the path of its headings; headings themselves are in no part. */
    static List<Section> sections(String text) {
        List<Section> sections = new ArrayList<>();
        String[] path = {"", "", "", "", "", ""};
        String fence = "";
        int start = 0;
        for (Matcher line = LINE.matcher(text); line.find(); ) {
            if (line.group(3) != null) {
                if (fence.isEmpty()) {
                    fence = line.group(3);
                } else if (fence.equals(line.group(3))) {
                    fence = "";
                }
            } else if (fence.isEmpty()) {
                add(sections, path, start, line.start(), text);
                int level = line.group(1).length();
                path[level - 1] = line.group(2);
                Arrays.fill(path, level, path.length, "");
                start = line.end();
            }
        }
        add(sections, path, start, text.length(), text);
        return sections;
    }

    private static void add(List<Section> sections, String[] path, int start, int end, String text) {
        if (!text.substring(start, end).isBlank()) {
            List<String> headings = new ArrayList<>();
            for (String heading : path) {
                if (!heading.isEmpty()) {
                    headings.add(heading);
                }
            }
            sections.add(new Section(String.join(" > ", headings), new Span(start, end)));
        }
    }
}
