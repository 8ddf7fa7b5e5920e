package dev.llmadapt.prompting.template;

import java.util.List;

/**
 * A rendered template, and where its text came from. Offsets count {@code char}s of {@code text}; spans are sorted,
 * disjoint, never empty, and touching ones are joined.
 *
 * @param text the output
 * @param generationSpans what stood in {@code {% generation %}} blocks: what the model is trained to write
 * @param dataSpans what came from the context, not from the template or from texts the application vouched for with
 *     {@link ChatTemplate#trusted}: here a special token is just text. Possibly too much, never too little. Numbers,
 *     booleans and {@code None} are not text and are not marked.
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
     * @param start the first
     * @param end after the last
     */
    public record Span(int start, int end) {
        /** Checks. */
        public Span {
            if (start < 0 || end <= start) {
                throw new IllegalArgumentException("a span must not be empty, start: " + start + ", end: " + end);
            }
        }
    }
}
