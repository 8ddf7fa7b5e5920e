package dev.llmadapt.rag.splitting;

import dev.llmadapt.rag.splitting.Tokens.Span;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A way to cut a span of a text into smaller spans that together cover it. */
@FunctionalInterface
interface Boundaries {
    /** Cuts a span into spans, in order and without gaps. */
    List<Span> cut(String text, Span within);

    /** Boundaries after blank lines. */
    static Boundaries paragraphs() {
        return after(Pattern.compile("\\n[ \\t]*\\n\\s*"));
    }

    /** Boundaries after line ends. */
    static Boundaries lines() {
        return after(Pattern.compile("\\n"));
    }

    /** Boundaries after sentences, and after blank lines, which end a heading without a full stop. */
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
