package dev.llmadapt.rag.documents;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import dev.llmadapt.rag.Document;
import dev.llmadapt.rag.DocumentException;
import dev.llmadapt.rag.DocumentSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.io.IOUtils;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.jsoup.Jsoup;
import org.jspecify.annotations.Nullable;

/**
 * {@link DocumentSource#files}. Parsers meet hostile files here, so whatever a parser throws for one file makes that file a
 * broken one, and the others are read.
 *
 * @param root a file or a folder
 */
public record FileDocuments(Path root) implements DocumentSource {
    private static final long LARGEST = 256L << 20; // bytes of a file that is one document
    private static final Pattern HEADING = Pattern.compile("(?m)^#[ \\t]+(.+?)[ \\t]*#*$");

    @Override
    public void read(Consumer<Document> documents, Consumer<Broken> broken) {
        for (Path file : files()) {
            Reader reader = reader(file);
            if (reader == null) {
                continue;
            }
            // What the receiver throws is the caller's and not the file's: it must come through
            Guarded guarded = new Guarded(documents);
            try {
                Instant time = Files.getLastModifiedTime(file).toInstant();
                reader.read(file, id(file), time, guarded, broken);
            } catch (IOException | RuntimeException | StackOverflowError e) {
                RuntimeException thrown = guarded.thrown;
                if (thrown != null) {
                    throw thrown;
                }
                broken.accept(new Broken(file.toString(), reason(e)));
            }
        }
    }

    private List<Path> files() {
        if (Files.isRegularFile(root)) {
            return List.of(root);
        }
        if (!Files.isDirectory(root)) {
            throw new DocumentException("there is no file or folder " + root, null);
        }
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !Files.isSymbolicLink(file))
                    .filter(file -> {
                        for (Path part : root.relativize(file)) {
                            if (part.toString().startsWith(".")) {
                                return false;
                            }
                        }
                        return true;
                    })
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new DocumentException(root + " cannot be read: " + e.getMessage(), e);
        }
    }

    private String id(Path file) {
        Path within = file.equals(root) ? Objects.requireNonNullElse(file.getFileName(), file) : root.relativize(file);
        return within.toString().replace('\\', '/');
    }

    private static @Nullable Reader reader(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "txt", "text", "log" -> FileDocuments::text;
            case "md", "markdown" -> FileDocuments::markdown;
            case "html", "htm", "xhtml" -> FileDocuments::html;
            case "pdf" -> FileDocuments::pdf;
            case "csv" -> FileDocuments::csv;
            case "jsonl", "ndjson" -> FileDocuments::jsonLines;
            default -> null;
        };
    }

    private static void text(Path file, String id, Instant time, Consumer<Document> to, Consumer<Broken> broken)
            throws IOException {
        to.accept(new Document(id, "", string(file), file.toString(), time));
    }

    private static void markdown(Path file, String id, Instant time, Consumer<Document> to, Consumer<Broken> broken)
            throws IOException {
        String text = string(file);
        Matcher title = HEADING.matcher(text);
        to.accept(new Document(id, title.find() ? title.group(1) : "", text, file.toString(), time));
    }

    private static void html(Path file, String id, Instant time, Consumer<Document> to, Consumer<Broken> broken)
            throws IOException {
        checkSize(file);
        org.jsoup.nodes.Document page = Jsoup.parse(file, null);
        String title = page.title();
        to.accept(new Document(id, title, HtmlText.of(page), file.toString(), time));
    }

    private static void pdf(Path file, String id, Instant time, Consumer<Document> to, Consumer<Broken> broken)
            throws IOException {
        checkSize(file);
        try (PDDocument pdf = Loader.loadPDF(file.toFile(), IOUtils.createTempFileOnlyStreamCache())) {
            String title = pdf.getDocumentInformation().getTitle();
            String text = new PDFTextStripper().getText(pdf);
            if (text.isBlank()) {
                throw new IllegalArgumentException("it has no text; a scanned document needs text recognition first");
            }
            to.accept(new Document(id, title == null ? "" : title.strip(), text, file.toString(), time));
        }
    }

    private static void csv(Path file, String id, Instant time, Consumer<Document> to, Consumer<Broken> broken)
            throws IOException {
        try (CsvReader<NamedCsvRecord> rows = CsvReader.builder().ofNamedCsvRecord(file)) {
            int number = 0;
            for (NamedCsvRecord row : rows) {
                number++;
                accept(row.getFieldsAsMap(), id, number, file, time, to, broken);
            }
        }
    }

    private static void jsonLines(Path file, String id, Instant time, Consumer<Document> to, Consumer<Broken> broken)
            throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
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
                    broken.accept(new Broken(file + ", line " + number, reason(e)));
                    continue;
                }
                accept(fields, id, number, file, time, to, broken);
            }
        }
    }

    private static void accept(
            Map<String, String> fields,
            String id,
            int number,
            Path file,
            Instant time,
            Consumer<Document> to,
            Consumer<Broken> broken) {
        Document document;
        try {
            document = Row.document(fields, id + "#", number, file.toString(), time);
        } catch (IllegalArgumentException e) {
            broken.accept(new Broken(file + ", row " + number, reason(e)));
            return;
        }
        to.accept(document);
    }

    private static String value(JsonElement value) {
        return value.isJsonNull() ? "" : value.isJsonPrimitive() ? value.getAsString() : value.toString();
    }

    /** Text in UTF-8; bytes that are none make the file a broken one instead of a text with holes. */
    private static String string(Path file) throws IOException {
        checkSize(file);
        String text = Files.readString(file, StandardCharsets.UTF_8);
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

    private static String reason(Throwable e) {
        if (e instanceof CharacterCodingException) {
            return "it is not text in UTF-8";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    @FunctionalInterface
    private interface Reader {
        void read(Path file, String id, Instant time, Consumer<Document> to, Consumer<Broken> broken)
                throws IOException;
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
