package dev.llmadapt.rag.documents;

import dev.llmadapt.rag.documents.DocumentSource.Broken;
import dev.llmadapt.text.MalformedText;
import dev.llmadapt.text.MarkdownHeadings;
import dev.llmadapt.text.TextEncoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.io.IOUtils;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.jsoup.Jsoup;
import org.jspecify.annotations.Nullable;

/** The forms of files that documents are read from. Parsers meet hostile files here. */
enum FileForm {
    /** Text. */
    TEXT(Set.of("txt", "text", "log"), Set.of("text/plain"), FileForm::text),
    /** Markdown; its first heading of the first level is the title. */
    MARKDOWN(Set.of("md", "markdown"), Set.of("text/markdown", "text/x-markdown"), FileForm::markdown),
    /** HTML. */
    HTML(Set.of("html", "htm", "xhtml"), Set.of("text/html", "application/xhtml+xml"), FileForm::html),
    /** PDF with text. */
    PDF(Set.of("pdf"), Set.of("application/pdf"), FileForm::pdf),
    /** One document a row. */
    CSV(Set.of("csv"), Set.of("text/csv"), RowFiles::csv),
    /** One document a row, separated by tabs. */
    TSV(Set.of("tsv", "tab"), Set.of("text/tab-separated-values"), RowFiles::tsv),
    /** One document a line. */
    JSON_LINES(
            Set.of("jsonl", "ndjson"),
            Set.of("application/x-ndjson", "application/jsonl", "application/jsonlines"),
            RowFiles::jsonLines);

    private static final long MAX_BYTES = 256L << 20; // bytes of a file that is one document

    private final Set<String> extensions;
    private final Set<String> types;
    private final Reader reader;

    FileForm(Set<String> extensions, Set<String> types, Reader reader) {
        this.extensions = extensions;
        this.types = types;
        this.reader = reader;
    }

    /** Finds the form by the ending of a name. */
    static Optional<FileForm> ofName(String name) {
        return find(form -> form.extensions.contains(ending(name)));
    }

    /** The text after the last dot of the path's last part, in lower case; empty without a dot. */
    static String ending(String name) {
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        int dot = last.lastIndexOf('.');
        return dot < 0 ? "" : last.substring(dot + 1).toLowerCase(Locale.ROOT);
    }

    /** Finds the form by a media type without parameters. */
    static Optional<FileForm> ofType(String type) {
        return find(form -> form.types.contains(type.toLowerCase(Locale.ROOT)));
    }

    private boolean holdsAccessLists() {
        return this != TEXT && this != HTML && this != PDF;
    }

    private static Optional<FileForm> find(java.util.function.Predicate<FileForm> test) {
        return java.util.Arrays.stream(values()).filter(test).findFirst();
    }

    /**
     * Reads the documents of a file. The file is broken if its parser throws; an exception of the receiver is thrown
     * on.
     */
    void read(Raw raw, Consumer<Document> documents, Consumer<Broken> broken) {
        Guarded guarded = new Guarded(documents);
        try {
            reader.read(raw, guarded, broken);
        } catch (IOException | RuntimeException | StackOverflowError e) {
            RuntimeException thrown = guarded.thrown;
            if (thrown != null) {
                throw thrown;
            }
            // An access list may have changed with what cannot be read now
            broken.accept(new Broken(raw.source(), "", reason(e), holdsAccessLists() && !(e instanceof IOException)));
        }
    }

    private static void text(Raw raw, Consumer<Document> to, Consumer<Broken> broken) throws IOException {
        to.accept(new Document(raw.id(), "", string(raw), raw.source(), raw.time()));
    }

    private static void markdown(Raw raw, Consumer<Document> to, Consumer<Broken> broken) throws IOException {
        String text = string(raw);
        String title = MarkdownHeadings.of(text).stream()
                .filter(heading -> heading.level() == 1)
                .map(MarkdownHeadings.Heading::text)
                .findFirst()
                .orElse("");
        FrontMatter front = FrontMatter.of(text);
        to.accept(new Document(raw.id(), title, front.text(), raw.source(), raw.time()).withReaders(front.readers()));
    }

    private static void html(Raw raw, Consumer<Document> to, Consumer<Broken> broken) throws IOException {
        checkSize(raw.file());
        byte[] bytes = Files.readAllBytes(raw.file());
        org.jsoup.nodes.Document page = Jsoup.parse(decoded(bytes, HtmlEncoding.of(bytes, raw.declared())));
        String title = page.title();
        to.accept(new Document(raw.id(), title, HtmlText.of(page), raw.source(), raw.time()));
    }

    private static void pdf(Raw raw, Consumer<Document> to, Consumer<Broken> broken) throws IOException {
        checkSize(raw.file());
        try (PDDocument pdf = Loader.loadPDF(raw.file().toFile(), IOUtils.createTempFileOnlyStreamCache())) {
            String title = pdf.getDocumentInformation().getTitle();
            PDFTextStripper stripper = new PDFTextStripper();
            stripper.setLineSeparator("\n");
            stripper.setPageEnd("\n\f"); // so that passages know their page
            String text = stripper.getText(pdf);
            if (text.isBlank()) {
                throw new IllegalArgumentException("it has no text; a scanned document needs text recognition first");
            }
            to.accept(new Document(raw.id(), title == null ? "" : title.strip(), text, raw.source(), raw.time()));
        }
    }

    /** Reads the text of a file. A file with bytes outside of its encoding is broken instead of a text with holes. */
    private static String string(Raw raw) throws IOException {
        checkSize(raw.file());
        return decoded(Files.readAllBytes(raw.file()), raw.declared());
    }

    private static String decoded(byte[] bytes, @Nullable TextEncoding declared) {
        try {
            return TextEncoding.decode(bytes, declared).replaceAll("\r\n?", "\n");
        } catch (MalformedText e) {
            throw new IllegalArgumentException("line " + e.line() + ": " + e.reason(), e);
        }
    }

    private static void checkSize(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MAX_BYTES) {
            throw new IllegalArgumentException("it has " + size + " bytes, expected at most " + MAX_BYTES);
        }
    }

    static String reason(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /**
     * A file that is read.
     *
     * @param file the file with the bytes
     * @param id the id of its document, and the prefix of the ids of its rows
     * @param source the origin of its documents
     * @param time the time of the last change
     * @param declared the declared encoding of the text, or null if only the file itself may tell
     */
    record Raw(
            Path file,
            String id,
            String source,
            Instant time,
            @Nullable TextEncoding declared) {}

    @FunctionalInterface
    private interface Reader {
        void read(Raw raw, Consumer<Document> to, Consumer<Broken> broken) throws IOException;
    }

    /** A receiver that remembers the exception it threw. */
    private static final class Guarded implements Consumer<Document> {
        private final Consumer<Document> to;
        private @Nullable RuntimeException thrown;

        Guarded(Consumer<Document> to) {
            this.to = to;
        }

        @Override
        public void accept(Document document) {
            try {
                to.accept(document);
            } catch (RuntimeException e) {
                thrown = e;
                throw e;
            }
        }
    }
}
