package dev.llmadapt.rag.documents;

import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * A text to retrieve from.
 *
 * @param id unique in its corpus
 * @param title what it is called, may be empty
 * @param text its words; lines that begin with {@code #} signs are headings, as in Markdown
 * @param source where it came from: a path or an address
 * @param time when it was last changed
 * @param metadata what else is known of it; its passages carry it too
 * @param readers who may read it and its passages; empty means everyone
 */
public record Document(
        String id,
        String title,
        String text,
        String source,
        Instant time,
        Map<String, String> metadata,
        Set<String> readers) {
    /** Copies. */
    public Document {
        if (id.isBlank()) {
            throw new IllegalArgumentException("a document needs an id, got '" + id + "', source: " + source);
        }
        metadata = Map.copyOf(metadata);
        readers = Set.copyOf(readers);
    }

    /** A document without metadata that everyone may read. */
    public Document(String id, String title, String text, String source, Instant time) {
        this(id, title, text, source, time, Map.of(), Set.of());
    }

    /** The same for other readers. */
    public Document withReaders(Set<String> readers) {
        return new Document(id, title, text, source, time, metadata, readers);
    }

    /** The same with other metadata. */
    public Document withMetadata(Map<String, String> metadata) {
        return new Document(id, title, text, source, time, metadata, readers);
    }
}
