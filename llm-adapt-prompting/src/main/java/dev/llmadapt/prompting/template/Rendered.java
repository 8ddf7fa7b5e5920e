package dev.llmadapt.prompting.template;

import java.util.List;

/**
 * A rendered template, and the origin of its text. Offsets count {@code char}s of {@code text}; spans are sorted,
 * disjoint and never empty, and spans that touch are joined.
 *
 * @param text the output
 * @param generationSpans the text inside {@code {% generation %}} blocks, which the model is trained to write
 * @param dataSpans the text from the context, not from the template or from {@link ChatTemplate#trusted} texts: a
 *     special token written here is ordinary text. They may cover too much, never too little. Numbers, booleans and
 *     {@code None} are not text and are not marked
 */
public record Rendered(String text, List<Span> generationSpans, List<Span> dataSpans) {
    /** Copies the spans. */
    public Rendered {
        generationSpans = List.copyOf(generationSpans);
        dataSpans = List.copyOf(dataSpans);
    }

    /**
     * A range of characters.
     *
     * @param start the index of the first character
     * @param end the index after the last character
     */
    public record Span(int start, int end) {
        /** Refuses an empty or negative range. */
        public Span {
            if (start < 0 || end <= start) {
                throw new IllegalArgumentException("a span must not be empty, start: " + start + ", end: " + end);
            }
        }
    }
}
