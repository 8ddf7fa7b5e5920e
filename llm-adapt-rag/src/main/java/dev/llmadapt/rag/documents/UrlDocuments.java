package dev.llmadapt.rag.documents;

import dev.llmadapt.rag.http.BoundedExchange;
import dev.llmadapt.text.TextEncoding;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@link DocumentSource#urls}. Pages are fetched one after another and kept with their validators. A page that has not
 * changed is read from the kept bytes, with the time it had, so that {@link dev.llmadapt.rag.index.Indexing#sync}
 * leaves it unchanged.
 */
final class UrlDocuments implements DocumentSource {
    private static final Pattern CHARSET = Pattern.compile("(?i);\\s*charset\\s*=\\s*[\"']?([\\w.:-]{1,40})");

    private final List<URI> addresses;
    private final UrlOptions options;
    private final FetchedPages pages;
    private final HttpClient client;

    /** Creates a source that keeps pages in a folder. */
    UrlDocuments(List<URI> addresses, Path folder, UrlOptions options) {
        for (URI address : addresses) {
            String scheme =
                    address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
            if (address.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
                throw new IllegalArgumentException("expected addresses with http or https and a host, got: " + address);
            }
        }
        this.addresses = List.copyOf(new LinkedHashSet<>(addresses));
        this.options = options;
        this.pages = new FetchedPages(folder);
        // Redirects are followed, but none from https to http; five at most
        this.client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(options.timeout())
                .build();
    }

    @Override
    public void read(Consumer<Document> documents, Consumer<Broken> broken) {
        for (URI address : addresses) {
            Optional<FetchedPages.Page> page;
            try {
                page = fetch(address);
            } catch (Gone e) {
                pages.forget(address);
                broken.accept(new Broken(address.toString(), "", String.valueOf(e.getMessage()), true));
                continue;
            } catch (IOException e) {
                broken.accept(new Broken(address.toString(), FileForm.reason(e)));
                continue;
            }
            if (page.isPresent()) {
                FetchedPages.Page found = page.get();
                Instant time = Instant.parse(found.time());
                FileForm.valueOf(found.form())
                        .read(
                                new FileForm.Raw(
                                        pages.body(address),
                                        address.toString(),
                                        address.toString(),
                                        time,
                                        charset(found)),
                                documents,
                                broken);
            }
        }
    }

    private static @Nullable TextEncoding charset(FetchedPages.Page page) {
        return page.charset().isEmpty() ? null : TextEncoding.named(page.charset());
    }

    private Optional<FetchedPages.Page> fetch(URI address) throws IOException {
        Optional<FetchedPages.Page> known = pages.find(address);
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .timeout(options.timeout())
                .header("User-Agent", options.userAgent())
                .header("Accept", "text/html, text/plain, text/markdown, application/pdf, */*;q=0.1");
        known.ifPresent(page -> {
            if (!page.etag().isEmpty()) {
                request.header("If-None-Match", page.etag());
            }
            if (!page.lastModified().isEmpty()) {
                request.header("If-Modified-Since", page.lastModified());
            }
        });
        HttpResponse<byte[]> response = send(request.build());
        int status = response.statusCode();
        if (status == 304 && known.isPresent()) {
            return known;
        }
        if (status == 404 || status == 410) {
            throw new Gone("the server answers " + status + ": the page is gone");
        }
        if (status != 200) {
            throw new IOException("the server answers " + status + ", expected 200");
        }
        HttpHeaders headers = response.headers();
        String type = headers.firstValue("Content-Type").orElse("");
        FileForm form = form(type, response.uri(), address);
        String lastModified = headers.firstValue("Last-Modified").orElse("");
        return Optional.of(pages.keep(
                address,
                response.body(),
                form.name(),
                charset(type),
                headers.firstValue("ETag").orElse(""),
                lastModified,
                time(lastModified)));
    }

    private static FileForm form(String contentType, URI at, URI asked) throws IOException {
        String type = contentType.replaceFirst(";.*", "").strip();
        if (type.isEmpty() || type.equalsIgnoreCase("application/octet-stream")) {
            return FileForm.ofName(path(at))
                    .or(() -> FileForm.ofName(path(asked)))
                    .orElseThrow(() -> new IOException("the server does not say what it is, nor does the address"));
        }
        // Servers serve Markdown and CSV as plain text
        Optional<FileForm> form = type.equalsIgnoreCase("text/plain")
                ? FileForm.ofName(path(at)).filter(named -> named != FileForm.PDF && named != FileForm.HTML)
                : Optional.empty();
        return form.or(() -> FileForm.ofType(type))
                .orElseThrow(() -> new IOException(
                        "it is of the type '" + type + "', expected HTML, text, Markdown, PDF, CSV or JSON Lines"));
    }

    private static String path(URI address) {
        return address.getPath() == null ? "" : address.getPath();
    }

    private static String charset(String contentType) throws IOException {
        Matcher matcher = CHARSET.matcher(contentType);
        if (!matcher.find()) {
            return "";
        }
        try {
            return TextEncoding.named(matcher.group(1)).name();
        } catch (IllegalArgumentException e) {
            throw new IOException("the server says it is in an " + e.getMessage(), e);
        }
    }

    private static Instant time(String lastModified) {
        try {
            return lastModified.isEmpty()
                    ? now()
                    : ZonedDateTime.parse(lastModified, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant();
        } catch (DateTimeException e) {
            return now();
        }
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Sends a request and reads the whole answer within the time and size of the options. */
    private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
        try {
            return BoundedExchange.send(client, request, options.timeout(), options.maxBytes());
        } catch (HttpTimeoutException e) {
            throw new IOException("it took longer than " + options.timeout().toMillis() + " ms", e);
        } catch (BoundedExchange.TooLong e) {
            throw new IOException("it has more than " + options.maxBytes() + " bytes", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DocumentException("reading addresses was interrupted", e);
        }
    }

    /** An exception of a page that does not exist any more. */
    private static final class Gone extends IOException {
        private static final long serialVersionUID = 1L;

        Gone(String message) {
            super(message);
        }
    }
}
