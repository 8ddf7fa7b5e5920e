package dev.llmadapt.rag.documents;

import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** A source of documents. Each reading returns the present state. Thread-safe. */
@FunctionalInterface
public interface DocumentSource {
    /**
     * Reads all documents, one after another.
     *
     * @param documents receives each document
     * @param broken receives each document that cannot be read; reading goes on
     * @throws DocumentException if the source as a whole cannot be read
     */
    void read(Consumer<Document> documents, Consumer<Broken> broken);

    /** Counts the files whose endings stand for no readable form, by ending; none by default. */
    default Map<String, Integer> passedOver() {
        return Map.of();
    }

    /**
     * A source that reads a file, or all files under a folder in the order of their paths. The ending of a name decides
     * the form: {@code .txt .text .log} text, {@code .md .markdown} Markdown, {@code .html .htm .xhtml} HTML,
     * {@code .pdf} PDF, {@code .csv .tsv} and {@code .jsonl .ndjson} one document a row. Files with other endings are
     * {@linkplain #passedOver passed over}; hidden files are left out, and links are not followed. The id of a document
     * is its path within the folder, with slashes; for a row also {@code #} and the row's id.
     *
     * <p>Text is decoded by its byte order mark, or by the encoding that an HTML page declares, as browsers read its
     * name; otherwise as UTF-8. A file or a row with other bytes is broken. CSV has a header and commas, semicolons or
     * tabs, whichever the header has most of; a row of another width than the header is broken.
     *
     * <p>A row has the fields {@code text} or {@code content} (required), {@code id} ({@code _id}), {@code title} and
     * {@code readers}. All other fields become metadata. One called {@code updated}, {@code modified} or {@code time}
     * that contains a date or a time in ISO 8601 is the time of the last change.
     *
     * <p><b>Access lists.</b> {@code readers} is a list of names separated by commas, a JSON array of names, or
     * {@code *} for everyone. Everyone may read a row without this field. A row is broken if the field is empty, null
     * or no such list, or if another field contains a {@code readers}. Markdown may have the list in its front matter.
     * The passages of a row that cannot be read are deleted from an index, since the list may have changed.
     *
     * @throws DocumentException when reading, if there is no such file or folder
     */
    static DocumentSource files(Path fileOrFolder) {
        return new FileDocuments(fileOrFolder);
    }

    /**
     * A source that reads the rows of a query, with columns named like the fields of {@linkplain #files rows} of files.
     * Without an id column the row's number from 1 is its id.
     *
     * @param connection opens a connection; the source closes it after reading
     * @param query the SQL, written by the application and never by a user
     * @param source the name of the database in documents, such as {@code "crm/articles"}
     */
    static DocumentSource jdbc(Callable<Connection> connection, String query, String source) {
        return new JdbcDocuments(connection, query, source);
    }

    /**
     * A source that fetches pages by their addresses, one after another: HTML, text, Markdown, PDF, CSV or JSON Lines,
     * as the server says, or else as the address ends. The id of a document is its address.
     *
     * <p>Fetched pages are kept in a folder, and a page is fetched again only if it has changed (RFC 9110:
     * {@code ETag}, {@code Last-Modified}). A page that does not exist any more (404, 410) is broken and
     * {@linkplain Broken#gone() gone}; one that the server does not deliver now is broken, and its passages stay in an
     * index. Redirects are followed, but none from https to http.
     *
     * @param addresses addresses with http or https
     * @param folder the folder of fetched pages, for this source alone; created when needed
     */
    static DocumentSource urls(List<URI> addresses, Path folder, UrlOptions options) {
        return new UrlDocuments(addresses, folder, options);
    }

    /** A source that reads several sources, one after another. Of documents with the same id the first is indexed. */
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

    /** A source of documents in memory. */
    static DocumentSource of(List<Document> all) {
        List<Document> copy = List.copyOf(all);
        return (documents, broken) -> copy.forEach(documents);
    }

    /**
     * A document that cannot be read.
     *
     * @param source the origin, like {@link Document#source()}
     * @param part the part of the source, such as {@code line 3}; empty for all of it
     * @param reason the reason why it cannot be read
     * @param gone whether an index must delete its passages and those of all unread documents of its source: the
     *     document does not exist any more, or its access list cannot be read any more
     */
    record Broken(String source, String part, String reason, boolean gone) {
        /** Creates a whole source that may be readable again later. */
        public Broken(String source, String reason) {
            this(source, "", reason, false);
        }

        /** Returns the source and the part as messages name them. */
        public String place() {
            return part.isEmpty() ? source : source + ", " + part;
        }

        /** Returns the place and the reason. */
        @Override
        public String toString() {
            return place() + ": " + reason;
        }
    }
}
