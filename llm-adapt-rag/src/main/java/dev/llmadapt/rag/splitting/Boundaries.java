package dev.llmadapt.rag.splitting;

import dev.llmadapt.rag.splitting.Tokens.Span;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Ways to cut a part of a text into smaller parts that together cover it. */
@FunctionalInterface
interface Boundaries {
    /** Parts of {@code within}, in order, without gaps. */
    List<Span> cut(String text, Span within);

    /** After blank lines. */
    static Boundaries paragraphs() {
        return after(Pattern.compile("\\n[ \\t]*\\n\\s*"));
    }

    /** After line ends. */
    static Boundaries lines() {
        return after(Pattern.compile("\\n"));
    }

    /** After sentences, and after blank lines, which end a heading that has no full stop. */
    static Boundaries sentences(Locale locale) {
        return (text, within) -> {
            List<Span> sentences = new ArrayList<>();
            for (Span paragraph : paragraphs().cut(text, within)) {
                BreakIterator breaks = BreakIterator.getSentenceInstance(locale);
                breaks.setText(text.substring(paragraph.start(), paragraph.end()));
                int start = breaks.first();
                for (int end = breaks.next(); end != BreakIterator.DONE; start = end, end = breaks.next()) {
                    sentences.add(new Span(paragraph.start() + start, paragraph.start() + end));
                }
            }
            return sentences;
        };
    }

    private static Boundaries after(Pattern pattern) {
        return (text, within) -> {
            List<Span> parts = new ArrayList<>();
            Matcher matcher = pattern.matcher(text).region(within.start(), within.end());
            int start = within.start();
            while (matcher.find()) {
                parts.add(new Span(start, matcher.end()));
                start = matcher.end();
            }
            if (start < within.end()) {
                parts.add(new Span(start, within.end()));
            }
            return parts;
        };
    }
}
