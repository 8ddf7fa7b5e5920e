package dev.llmadapt.rag.documents;

import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * A document: a text with its title, origin and readers.
 *
 * @param id the id, unique in the corpus
 * @param title the title, may be empty
 * @param text the text; lines that begin with {@code #} signs are headings, as in Markdown
 * @param source the origin: a path or an address
 * @param time the time of the last change
 * @param metadata further fields; passages inherit them
 * @param readers the principals that may read the document and its passages; empty means everyone
 */
public record Document(
        String id,
        String title,
        String text,
        String source,
        Instant time,
        Map<String, String> metadata,
        Set<String> readers) {
    /** Validates the id and copies the collections. */
    public Document {
        if (id.isBlank()) {
            throw new IllegalArgumentException("a document needs an id, got '" + id + "', source: " + source);
        }
        metadata = Map.copyOf(metadata);
        readers = Set.copyOf(readers);
    }

    /** Creates a document without metadata that everyone may read. */
    public Document(String id, String title, String text, String source, Instant time) {
        this(id, title, text, source, time, Map.of(), Set.of());
    }

    /** This document with other readers. */
    public Document withReaders(Set<String> readers) {
        return new Document(id, title, text, source, time, metadata, readers);
    }

    /** This document with other metadata. */
    public Document withMetadata(Map<String, String> metadata) {
        return new Document(id, title, text, source, time, metadata, readers);
    }
}
