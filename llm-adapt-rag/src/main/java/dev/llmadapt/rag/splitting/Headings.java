package dev.llmadapt.rag.splitting;

import dev.llmadapt.rag.splitting.TextSplitter.Section;
import dev.llmadapt.rag.splitting.Tokens.Span;
import dev.llmadapt.text.MarkdownHeadings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The sections of a text with Markdown's headings. */
final class Headings {
    private Headings() {}

    /**
     * Returns the text between headings, each section under the path of its headings; the headings themselves are in no
     * section.
     */
    static List<Section> sections(String text) {
        List<Section> sections = new ArrayList<>();
        String[] path = {"", "", "", "", "", ""};
        int start = 0;
        for (MarkdownHeadings.Heading heading : MarkdownHeadings.of(text)) {
            add(sections, path, start, heading.start(), text);
            path[heading.level() - 1] = heading.text();
            Arrays.fill(path, heading.level(), path.length, "");
            start = heading.end();
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
