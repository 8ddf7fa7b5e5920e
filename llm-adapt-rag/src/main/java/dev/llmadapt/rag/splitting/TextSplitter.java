package dev.llmadapt.rag.splitting;

import dev.llmadapt.Passage;
import dev.llmadapt.rag.documents.Document;
import dev.llmadapt.rag.splitting.Tokens.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Splitters that return unchanged spans of the text. A text is cut at {@link Boundaries}, from coarse to fine, until
 * its pieces fit; neighbouring pieces are packed together while they fit.
 */
final class TextSplitter {
    private TextSplitter() {}

    /** {@link Splitter#none}. */
    static Splitter whole() {
        return document -> passages(document, List.of(new Section("", all(document))));
    }

    /** {@link Splitter#tokens}. */
    static Splitter windows(Tokens tokens, int size, int overlap) {
        Packing packing = new Packing(tokens, size, overlap, List.of());
        return document -> passages(document, packing.pack(document.text(), new Section("", all(document))));
    }

    /** {@link Splitter#sentences}. */
    static Splitter sentences(Tokens tokens, int size, int overlap, Locale locale) {
        Packing packing = new Packing(tokens, size, overlap, List.of(Boundaries.sentences(locale)));
        return document -> passages(document, packing.pack(document.text(), new Section("", all(document))));
    }

    /** {@link Splitter#recursive}. */
    static Splitter recursive(Tokens tokens, int size, int overlap, Locale locale) {
        Packing packing = new Packing(
                tokens,
                size,
                overlap,
                List.of(Boundaries.paragraphs(), Boundaries.lines(), Boundaries.sentences(locale)));
        return document -> passages(document, packing.pack(document.text(), new Section("", all(document))));
    }

    /** {@link Splitter#headings}. */
    static Splitter headings(Tokens tokens, int size, int overlap, Locale locale) {
        Packing packing = new Packing(tokens, size, overlap, List.of(Boundaries.sentences(locale)));
        return document -> {
            List<Section> passages = new ArrayList<>();
            for (Section section : Headings.sections(document.text())) {
                passages.addAll(packing.pack(document.text(), section));
            }
            return passages(document, passages);
        };
    }

    /** {@link Splitter#sentencesOf}. */
    static List<String> sentencesOf(String text, Locale locale) {
        return Boundaries.sentences(locale).cut(text, new Span(0, text.length())).stream()
                .map(span -> text.substring(span.start(), span.end()).strip())
                .filter(sentence -> !sentence.isEmpty())
                .toList();
    }

    private static Span all(Document document) {
        return new Span(0, document.text().length());
    }

    private static List<Passage> passages(Document document, List<Section> sections) {
        List<Passage> passages = new ArrayList<>();
        int[] pages = pageEnds(document.text());
        for (Section section : sections) {
            int start = section.span().start();
            int end = section.span().end();
            while (start < end && Character.isWhitespace(document.text().charAt(start))) {
                start++;
            }
            while (end > start && Character.isWhitespace(document.text().charAt(end - 1))) {
                end--;
            }
            if (start == end) {
                continue;
            }
            Map<String, String> metadata = new HashMap<>(document.metadata());
            metadata.put(PassageMetadata.DOCUMENT, document.id());
            metadata.put(PassageMetadata.SOURCE, document.source());
            metadata.put(PassageMetadata.START, Integer.toString(start));
            metadata.put(PassageMetadata.TIME, document.time().toString());
            if (pages.length
                    > 0) { // binarySearch returns -1 - (the pages that end before); no passage begins with a page's end
                metadata.put(PassageMetadata.PAGE, Integer.toString(-Arrays.binarySearch(pages, start)));
            }
            String title = document.title();
            if (!section.heading().isEmpty()) {
                title = title.isEmpty() ? section.heading() : title + " > " + section.heading();
            }
            passages.add(new Passage(
                    document.id() + "#" + passages.size(),
                    title,
                    document.text().substring(start, end),
                    0,
                    metadata,
                    document.readers()));
        }
        return passages;
    }

    private static int[] pageEnds(String text) {
        return text.chars().anyMatch(character -> character == '\f')
                ? IntStream.range(0, text.length())
                        .filter(i -> text.charAt(i) == '\f')
                        .toArray()
                : new int[0];
    }

    /**
     * A section of a text.
     *
     * @param heading the path of its headings, may be empty
     * @param span its span in the text
     */
    record Section(String heading, Span span) {}
}
