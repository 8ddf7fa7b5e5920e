package dev.llmadapt.rag.documents;

import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** Where documents come from. Reading it again reads the present state. Thread-safe. */
@FunctionalInterface
public interface DocumentSource {
    /**
     * Reads all documents, one after the other.
     *
     * @param documents gets each
     * @param broken gets those that cannot be read; reading goes on
     * @throws DocumentException if the source as a whole cannot be read
     */
    void read(Consumer<Document> documents, Consumer<Broken> broken);

    /**
     * How many files the source has at present of which endings that stand for no form that can be read; none by
     * default.
     */
    default Map<String, Integer> passedOver() {
        return Map.of();
    }

    /**
     * A file, or all files under a folder, in the order of their paths. By their names' ends: {@code .txt .text .log}
     * text, {@code .md .markdown} Markdown, {@code .html .htm .xhtml} HTML, {@code .pdf} PDF, {@code .csv .tsv} and
     * {@code .jsonl .ndjson} a document a row. Files of other names are {@linkplain #passedOver passed over}; hidden
     * ones are left out, and links are not followed. The id of a document is its path within the folder, with slashes,
     * and for rows {@code #} and the row's id.
     *
     * <p>Text is in the encoding of its byte order mark, or the one that an HTML page says it is in, as browsers read
     * its name; otherwise in UTF-8. Bytes that are no text in it make the file, or the row, a broken one. CSV has a
     * header and commas, semicolons or tabs, whichever the header has most of; a row of another width than the header
     * is broken.
     *
     * <p>A row has the fields {@code text} or {@code content} (needed), {@code id} ({@code _id}), {@code title},
     * {@code readers}; all others become metadata, and one of them that is called {@code updated}, {@code modified} or
     * {@code time} and holds a date or a time in ISO 8601 says when the row was last changed.
     *
     * <p><b>Access lists.</b> {@code readers} holds names separated by commas or a JSON array of them, or {@code *} for
     * everyone. Where there is no such field everyone may read the row; where there is one that is empty, null or no
     * such list, the row is broken, and so it is with a {@code readers} within another field. Markdown may have such a
     * list in its front matter. What an index has of a row that cannot be read is taken out of it, since its list may
     * have changed.
     *
     * @throws DocumentException when reading, if there is no such file or folder
     */
    static DocumentSource files(Path fileOrFolder) {
        return new FileDocuments(fileOrFolder);
    }

    /**
     * The rows of a query, with the columns named as the fields of {@linkplain #files rows} of files; without an id
     * column its number from 1 is its id.
     *
     * @param connection opens a connection, which is closed after reading
     * @param query SQL of the application, never of a user
     * @param source names the database in documents: {@code "crm/articles"}
     */
    static DocumentSource jdbc(Callable<Connection> connection, String query, String source) {
        return new JdbcDocuments(connection, query, source);
    }

    /**
     * Pages by their addresses, fetched one after the other: HTML, text, Markdown, PDF, CSV, JSON Lines, by the
     * server's word, or by the address where it says nothing. The id of a document is its address.
     *
     * <p>What was fetched is kept in a folder, and the server is asked for it again only if it has changed (RFC 9110:
     * {@code ETag}, {@code Last-Modified}). A page that is gone (404, 410) is broken and
     * {@linkplain Broken#gone() gone}; one that the server does not give now is broken, and what an index has of it
     * stays. Redirects are followed, but none from https to http.
     *
     * @param addresses of http or https
     * @param folder where pages are kept, for this source alone; made when needed
     */
    static DocumentSource urls(List<URI> addresses, Path folder, UrlOptions options) {
        return new UrlDocuments(addresses, folder, options);
    }

    /** The documents of several sources, one source after the other. Of documents with one id the first is indexed. */
    static DocumentSource all(List<DocumentSource> sources) {
        List<DocumentSource> copy = List.copyOf(sources);
        return new DocumentSource() {
            @Override
            public void read(Consumer<Document> documents, Consumer<Broken> broken) {
                copy.forEach(source -> source.read(documents, broken));
            }

            @Override
            public Map<String, Integer> passedOver() {
                Map<String, Integer> all = new TreeMap<>();
                copy.forEach(source ->
                        source.passedOver().forEach((ending, count) -> all.merge(ending, count, Integer::sum)));
                return all;
            }
        };
    }

    /** Documents at hand. */
    static DocumentSource of(List<Document> all) {
        List<Document> copy = List.copyOf(all);
        return (documents, broken) -> copy.forEach(documents);
    }

    /**
     * A document that cannot be read.
     *
     * @param source where it is from, as {@link Document#source()} has it
     * @param part which part of the source it is, such as {@code line 3}; empty for all of it
     * @param reason why it cannot be read
     * @param gone whether what an index has of it, and of what else is unread of its source, must go too: it is certain
     *     that it is there no more, or its access list can no longer be read
     */
    record Broken(String source, String part, String reason, boolean gone) {
        /** A whole source that may be readable again. */
        public Broken(String source, String reason) {
            this(source, "", reason, false);
        }

        /** The source and the part, as messages name them. */
        public String place() {
            return part.isEmpty() ? source : source + ", " + part;
        }

        /** The place and the reason. */
        @Override
        public String toString() {
            return place() + ": " + reason;
        }
    }
}
