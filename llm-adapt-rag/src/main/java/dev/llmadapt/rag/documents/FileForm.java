package dev.llmadapt.rag.documents;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import dev.llmadapt.rag.Document;
import dev.llmadapt.rag.DocumentSource.Broken;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    /** PDF with text in it. */
    PDF(Set.of("pdf"), Set.of("application/pdf"), FileForm::pdf),
    /** A document a row. */
    CSV(Set.of("csv"), Set.of("text/csv"), FileForm::csv),
    /** A document a line. */
    JSON_LINES(
            Set.of("jsonl", "ndjson"),
            Set.of("application/x-ndjson", "application/jsonl", "application/jsonlines"),
            FileForm::jsonLines);

    private static final long LARGEST = 256L << 20; // bytes of a file that is one document
    private static final Pattern HEADING = Pattern.compile("(?m)^#[ \\t]+(.+?)[ \\t]*#*$");

    private final Set<String> extensions;
    private final Set<String> types;
    private final Reader reader;

    FileForm(Set<String> extensions, Set<String> types, Reader reader) {
        this.extensions = extensions;
        this.types = types;
        this.reader = reader;
    }

    /** The form that the end of a name stands for. */
    static Optional<FileForm> ofName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String extension = lower.substring(lower.lastIndexOf('.') + 1);
        return find(form -> form.extensions.contains(extension));
    }

    /** The form of a media type, written without its parameters. */
    static Optional<FileForm> ofType(String type) {
        return find(form -> form.types.contains(type.toLowerCase(Locale.ROOT)));
    }

    private static Optional<FileForm> find(java.util.function.Predicate<FileForm> test) {
        return java.util.Arrays.stream(values()).filter(test).findFirst();
    }

    /**
     * Reads the documents of a file. Whatever a parser throws makes the file a broken one; what the receiver throws comes
     * through.
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
            broken.accept(new Broken(raw.source(), reason(e)));
        }
    }

    private static void text(Raw raw, Consumer<Document> to, Consumer<Broken> broken) throws IOException {
        to.accept(new Document(raw.id(), "", string(raw), raw.source(), raw.time()));
    }

    private static void markdown(Raw raw, Consumer<Document> to, Consumer<Broken> broken) throws IOException {
        String text = string(raw);
        Matcher title = HEADING.matcher(text);
        to.accept(new Document(raw.id(), title.find() ? title.group(1) : "", text, raw.source(), raw.time()));
    }

    private static void html(Raw raw, Consumer<Document> to, Consumer<Broken> broken) throws IOException {
        checkSize(raw.file());
        org.jsoup.nodes.Document page = Jsoup.parse(raw.file(), raw.charset());
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

    private static void csv(Raw raw, Consumer<Document> to, Consumer<Broken> broken) throws IOException {
        try (CsvReader<NamedCsvRecord> rows = CsvReader.builder().ofNamedCsvRecord(raw.file(), raw.charsetOrUtf8())) {
            int number = 0;
            for (NamedCsvRecord row : rows) {
                number++;
                accept(row.getFieldsAsMap(), number, raw, to, broken);
            }
        }
    }

    private static void jsonLines(Raw raw, Consumer<Document> to, Consumer<Broken> broken) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(raw.file(), raw.charsetOrUtf8())) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                Map<String, String> fields = new LinkedHashMap<>();
                try {
                    if (!(JsonParser.parseString(line) instanceof JsonObject object)) {
                        throw new IllegalArgumentException("expected a JSON object");
                    }
                    object.entrySet().forEach(entry -> fields.put(entry.getKey(), value(entry.getValue())));
                } catch (RuntimeException e) {
                    broken.accept(new Broken(raw.source() + ", line " + number, reason(e)));
                    continue;
                }
                accept(fields, number, raw, to, broken);
            }
        }
    }

    private static void accept(
            Map<String, String> fields, int number, Raw raw, Consumer<Document> to, Consumer<Broken> broken) {
        Document document;
        try {
            document = Row.document(fields, raw.id() + "#", number, raw.source(), raw.time());
        } catch (IllegalArgumentException e) {
            broken.accept(new Broken(raw.source() + ", row " + number, reason(e)));
            return;
        }
        to.accept(document);
    }

    private static String value(JsonElement value) {
        return value.isJsonNull() ? "" : value.isJsonPrimitive() ? value.getAsString() : value.toString();
    }

    /** Text in its charset; bytes that are none of it make the file a broken one instead of a text with holes. */
    private static String string(Raw raw) throws IOException {
        checkSize(raw.file());
        String text = Files.readString(raw.file(), raw.charsetOrUtf8());
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("it is no text: it holds a zero byte");
        }
        text = text.startsWith("\uFEFF") ? text.substring(1) : text;
        return text.replace("\r\n", "\n");
    }

    private static void checkSize(Path file) throws IOException {
        long size = Files.size(file);
        if (size > LARGEST) {
            throw new IllegalArgumentException("it has " + size + " bytes, expected at most " + LARGEST);
        }
    }

    static String reason(Throwable e) {
        if (e instanceof CharacterCodingException) {
            return "it is not text in UTF-8, or in the charset that it says it is in";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /**
     * A file that is read.
     *
     * @param file where its bytes are
     * @param id of its document, and what the ids of its rows begin with
     * @param source what its documents say they are from
     * @param time when it was last changed
     * @param charset what its text is in, or null where only the file itself may tell: UTF-8 then, but for HTML
     */
    record Raw(
            Path file,
            String id,
            String source,
            Instant time,
            @Nullable String charset) {
        Charset charsetOrUtf8() {
            return charset == null ? StandardCharsets.UTF_8 : Charset.forName(charset);
        }
    }

    @FunctionalInterface
    private interface Reader {
        void read(Raw raw, Consumer<Document> to, Consumer<Broken> broken) throws IOException;
    }

    /** Remembers what the receiver threw. */
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
