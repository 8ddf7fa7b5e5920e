package dev.llmadapt.rag.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.llmadapt.MetadataFilter;
import dev.llmadapt.Progress;
import dev.llmadapt.Query;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.Indexing;
import dev.llmadapt.rag.index.PassageIndex;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UrlDocumentsTest {
    @TempDir
    private Path folder;

    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch over = new CountDownLatch(1);

    @SuppressWarnings("NullAway.Init")
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    /** What the server says at a path. */
    private record Answer(int status, byte[] body, Map<String, String> headers) {
        static Answer of(String type, String body) {
            return new Answer(200, body.getBytes(StandardCharsets.UTF_8), Map.of("Content-Type", type));
        }

        Answer with(String name, String value) {
            Map<String, String> more = new ConcurrentHashMap<>(headers);
            more.put(name, value);
            return new Answer(status, body, more);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/slow")) {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        Answer answer = answers.getOrDefault(path, new Answer(404, new byte[0], Map.of()));
        answer.headers().forEach(exchange.getResponseHeaders()::add);
        String etag = answer.headers().getOrDefault("ETag", "none");
        String modified = answer.headers().getOrDefault("Last-Modified", "none");
        boolean same = etag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))
                || (etag.equals("none")
                        && modified.equals(exchange.getRequestHeaders().getFirst("If-Modified-Since")));
        int status = same ? 304 : answer.status();
        asked.add(path + " " + status);
        exchange.sendResponseHeaders(status, same || answer.body().length == 0 ? -1 : answer.body().length);
        if (!same) {
            exchange.getResponseBody().write(answer.body());
        }
        exchange.close();
    }

    private URI at(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private DocumentSource source(String... paths) {
        return source(UrlOptions.defaults(), paths);
    }

    private DocumentSource source(UrlOptions options, String... paths) {
        return DocumentSource.urls(Stream.of(paths).map(this::at).toList(), folder.resolve("pages"), options);
    }

    private static List<Document> read(DocumentSource source, List<DocumentSource.Broken> broken) {
        List<Document> documents = new ArrayList<>();
        source.read(documents::add, broken::add);
        return documents;
    }

    private static List<Document> read(DocumentSource source) {
        List<DocumentSource.Broken> broken = new ArrayList<>();
        List<Document> documents = read(source, broken);
        assertThat(broken).isEmpty();
        return documents;
    }

    @Test
    void read_types_asTheServerSaysOrTheAddress() {
        answers.put("/page", Answer.of("text/html; charset=utf-8", "<title>Fees</title><p>Cash is free."));
        answers.put("/plain", Answer.of("text/plain", "Only words."));
        answers.put("/guide.md", Answer.of("text/plain", "# Guide\n\nWords."));
        answers.put("/rows.jsonl", Answer.of("application/octet-stream", "{\"id\":\"7\",\"text\":\"a row\"}"));
        answers.put(
                "/latin",
                new Answer(200, "Grüße".getBytes(StandardCharsets.ISO_8859_1), Map.of())
                        .with("Content-Type", "text/plain; charset=\"iso-8859-1\""));

        List<Document> documents = read(source("/page", "/plain", "/guide.md", "/rows.jsonl", "/latin"));

        assertThat(documents).extracting(Document::title).containsExactly("Fees", "", "Guide", "", "");
        assertThat(documents)
                .extracting(Document::text)
                .containsExactly("Cash is free.", "Only words.", "# Guide\n\nWords.", "a row", "Grüße");
        assertThat(documents.get(0).id()).isEqualTo(at("/page").toString());
        assertThat(documents.get(3).id()).isEqualTo(at("/rows.jsonl") + "#7");
    }

    @Test
    void read_again_asksByValidatorAndKeepsTheTime() {
        answers.put("/tag", Answer.of("text/plain", "one").with("ETag", "\"1\""));
        answers.put("/date", Answer.of("text/plain", "two").with("Last-Modified", "Wed, 21 Oct 2015 07:28:00 GMT"));
        answers.put("/none", Answer.of("text/plain", "three"));
        List<Document> first = read(source("/tag", "/date", "/none"));
        List<Document> second = read(source("/tag", "/date", "/none")); // as another process would

        assertThat(second).isEqualTo(first);
        assertThat(first.get(1).time()).hasToString("2015-10-21T07:28:00Z");
        assertThat(asked).containsExactly("/tag 200", "/date 200", "/none 200", "/tag 304", "/date 304", "/none 200");

        answers.put("/tag", Answer.of("text/plain", "changed").with("ETag", "\"2\""));
        Document third = read(source("/tag")).get(0);
        assertThat(third.text()).isEqualTo("changed");
        assertThat(third.time()).isNotEqualTo(first.get(0).time());
    }

    @Test
    void read_keptPageDamaged_isFetchedAgain() throws IOException {
        answers.put("/tag", Answer.of("text/plain", "one").with("ETag", "\"1\""));
        read(source("/tag"));
        try (Stream<Path> files = Files.list(folder.resolve("pages"))) {
            for (Path file : files.toList()) {
                Files.writeString(file, "{\"form\":\"../x\"");
            }
        }

        assertThat(read(source("/tag")).get(0).text()).isEqualTo("one");
        assertThat(asked).containsExactly("/tag 200", "/tag 200");
    }

    @Test
    void read_redirects_areFollowedUnderTheAskedAddress() {
        answers.put("/old", new Answer(302, new byte[0], Map.of("Location", "/new.txt")));
        answers.put("/new.txt", Answer.of("text/plain", "here"));
        answers.put("/round", new Answer(302, new byte[0], Map.of("Location", "/round")));
        List<DocumentSource.Broken> broken = new ArrayList<>();

        assertThat(read(source("/old", "/round"), broken))
                .singleElement()
                .extracting(Document::id)
                .isEqualTo(at("/old").toString());
        assertThat(broken)
                .singleElement()
                .extracting(DocumentSource.Broken::place)
                .isEqualTo(at("/round").toString());
    }

    @Test
    void read_badPages_areBrokenWithReasons() {
        answers.put("/large", Answer.of("text/plain", "x".repeat(5000)));
        answers.put("/error", new Answer(500, new byte[0], Map.of()));
        answers.put("/picture", Answer.of("image/png", "x"));
        answers.put("/charset", Answer.of("text/plain; charset=klingon", "x"));
        answers.put("/bytes", new Answer(200, new byte[] {(byte) 0xff, 0x41}, Map.of("Content-Type", "text/plain")));
        answers.put("/unknown", new Answer(200, new byte[] {65}, Map.of()));
        answers.put("/pdf", Answer.of("application/pdf", "no pdf"));
        answers.put("/good", Answer.of("text/plain", "good"));
        List<DocumentSource.Broken> broken = new ArrayList<>();
        DocumentSource source = source(
                UrlOptions.defaults().withMaxBytes(4096).withTimeout(Duration.ofSeconds(20)),
                "/large",
                "/error",
                "/picture",
                "/charset",
                "/bytes",
                "/unknown",
                "/pdf",
                "/missing",
                "/good");

        assertThat(read(source, broken)).extracting(Document::text).containsExactly("good");
        assertThat(broken)
                .extracting(each -> URI.create(each.source()).getPath() + " " + each.gone())
                .containsExactly(
                        "/large false",
                        "/error false",
                        "/picture false",
                        "/charset false",
                        "/bytes false",
                        "/unknown false",
                        "/pdf false",
                        "/missing true");
        assertThat(broken.get(0).reason()).contains("4096");
        assertThat(broken.get(1).reason()).contains("500");
        assertThat(broken.get(2).reason()).contains("image/png");
        assertThat(broken.get(3).reason()).contains("klingon");
    }

    @Test
    void read_slowServer_isGivenUp() {
        List<DocumentSource.Broken> broken = new ArrayList<>();

        assertThat(read(source(UrlOptions.defaults().withTimeout(Duration.ofMillis(200)), "/slow"), broken))
                .isEmpty();
        assertThat(broken).hasSize(1);
    }

    @Test
    void read_nobodyThere_isBroken() {
        DocumentSource source = source("/x");
        server.stop(0);
        List<DocumentSource.Broken> broken = new ArrayList<>();

        assertThat(read(source, broken)).isEmpty();
        assertThat(broken)
                .singleElement()
                .extracting(DocumentSource.Broken::gone)
                .isEqualTo(false);
    }

    @Test
    void urls_otherSchemes_areRefused() {
        for (String address : List.of("file:///etc/passwd", "ftp://host/x", "page", "http:///x")) {
            assertThatThrownBy(() -> DocumentSource.urls(List.of(URI.create(address)), folder, UrlOptions.defaults()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(address);
        }
    }

    @Test
    void sync_pages_changedAreReplacedGoneAreDeletedFailingStay() {
        answers.put("/a", Answer.of("text/plain", "apple").with("ETag", "\"1\""));
        answers.put("/b", Answer.of("text/plain", "banana"));
        answers.put("/c", Answer.of("text/plain", "cherry"));
        Indexing indexing = Indexing.with(Embedder.none());
        try (PassageIndex index = PassageIndex.inMemory(Embedder.none(), IndexOptions.defaults())) {
            DocumentSource source = source("/a", "/b", "/c");
            assertThat(indexing.sync(source, MetadataFilter.all(), index, Progress.NONE)
                            .documents())
                    .isEqualTo(3);
            answers.put("/a", Answer.of("text/plain", "apricot").with("ETag", "\"2\""));
            answers.remove("/b");
            answers.put("/c", new Answer(503, new byte[0], Map.of()));
            Indexing.Report report = indexing.sync(source, MetadataFilter.all(), index, Progress.NONE);

            assertThat(report.documents()).isEqualTo(1);
            assertThat(report.deleted()).isEqualTo(1);
            assertThat(report.broken()).hasSize(2);
            assertThat(index.lexical().retrieve(new Query("apple apricot banana cherry", 9)))
                    .extracting(passage -> passage.text())
                    .containsExactlyInAnyOrder("apricot", "cherry");
            assertThat(indexing.sync(source("/a"), MetadataFilter.all(), index, Progress.NONE)
                            .unchanged())
                    .isEqualTo(1);
        }
    }

    @Test
    void options_outOfRange_areRefused() {
        assertThatThrownBy(() -> UrlOptions.defaults().withTimeout(Duration.ZERO))
                .hasMessageContaining("PT0S");
        assertThatThrownBy(() -> UrlOptions.defaults().withMaxBytes(0)).hasMessageContaining("maxBytes: 0");
        assertThatThrownBy(() -> UrlOptions.defaults().withUserAgent("a\nb")).hasMessageContaining("userAgent");
    }
}
