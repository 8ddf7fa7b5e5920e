package dev.llmadapt.rag;

import dev.llmadapt.rag.documents.FileDocuments;
import dev.llmadapt.rag.documents.JdbcDocuments;
import dev.llmadapt.rag.documents.UrlDocuments;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
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
     * A file, or all files under a folder, in the order of their paths. By their names' ends: {@code .txt .text .log}
     * text in UTF-8, {@code .md .markdown} Markdown, {@code .html .htm .xhtml} HTML, {@code .pdf} PDF, {@code .csv} and
     * {@code .jsonl .ndjson} a document a row. Files of other names and hidden ones are left out; links are not followed.
     * The id of a document is its path within the folder, with slashes, and for rows {@code #} and the row's id.
     *
     * <p>A row has the fields {@code text} or {@code content} (needed), {@code id} ({@code _id}), {@code title},
     * {@code readers} (names separated by commas or in a JSON array; empty lets everyone read); all others become metadata,
     * and one of them that is called {@code updated}, {@code modified} or {@code time} and holds a date or a time in ISO 8601
     * says when the row was last changed.
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
     * Pages by their addresses, fetched one after the other: HTML, text, Markdown, PDF, CSV, JSON Lines, by the server's
     * word, or by the address where it says nothing. The id of a document is its address.
     *
     * <p>What was fetched is kept in a folder, and the server is asked for it again only if it has changed (RFC 9110:
     * {@code ETag}, {@code Last-Modified}). A page that is gone (404, 410) is broken and {@linkplain Broken#gone() gone};
     * one that the server does not give now is broken, and what an index has of it stays. Redirects are followed, but none
     * from https to http.
     *
     * @param addresses of http or https
     * @param folder where pages are kept, for this source alone; made when needed
     */
    static DocumentSource urls(List<URI> addresses, Path folder, UrlOptions options) {
        return new UrlDocuments(addresses, folder, options);
    }

    /** The documents of several sources, one source after the other. Their ids must differ. */
    static DocumentSource all(List<DocumentSource> sources) {
        List<DocumentSource> copy = List.copyOf(sources);
        return (documents, broken) -> copy.forEach(source -> source.read(documents, broken));
    }

    /** Documents at hand. */
    static DocumentSource of(List<Document> all) {
        List<Document> copy = List.copyOf(all);
        return (documents, broken) -> copy.forEach(documents);
    }

    /**
     * A document that cannot be read.
     *
     * @param source which
     * @param reason why
     * @param gone whether it is certain that it is there no more, so that what an index has of it can go too
     */
    record Broken(String source, String reason, boolean gone) {
        /** One that may be readable again. */
        public Broken(String source, String reason) {
            this(source, reason, false);
        }
    }
}
