package dev.llmadapt.rag.opensearch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.UnavailableException;
import dev.llmadapt.rag.index.IndexException;
import dev.llmadapt.rag.opensearch.ScriptedServer.Reply;
import dev.llmadapt.rag.opensearch.ScriptedServer.Request;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the client makes of servers that fail, lie and never end; no cluster is needed. */
final class ClusterClientTest {
    private static final Reply OK = Reply.of(200, "{\"ok\":1}");

    private final ManualClock clock = new ManualClock();

    private ClusterClient client(URI... hosts) {
        return new ClusterClient(Cluster.of(hosts), clock);
    }

    private static URI nobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return URI.create("http://localhost:" + socket.getLocalPort());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 502, 503, 504})
    void send_passingTrouble_waitsLongerEachTime(int status) {
        Reply busy = Reply.of(status, "busy");
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.inTurn(busy, busy, busy, OK))) {
            assertThat(client(server.address()).send("GET", "/x", null).body().has("ok"))
                    .isTrue();
            assertThat(clock.sleeps())
                    .containsExactly(Duration.ofMillis(200), Duration.ofMillis(400), Duration.ofMillis(800));
        }
    }

    @Test
    void send_retryAfter_isHeeded() {
        Reply busy = Reply.of(429, "").with("Retry-After", "7");
        Reply odd = Reply.of(429, "").with("Retry-After", "Wed, 21 Oct 2099 07:28:00 GMT");
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.inTurn(busy, odd, OK))) {
            client(server.address()).send("GET", "/x", null);

            assertThat(clock.sleeps()).containsExactly(Duration.ofSeconds(7), Duration.ofMillis(400));
        }
    }

    @Test
    void send_troubleThatStays_isAnErrorWhenPatienceEnds() {
        String body = "{\"error\":{\"type\":\"no_master\",\"reason\":\"no one leads\"},\"status\":503}";
        try (ScriptedServer server = new ScriptedServer(request -> Reply.of(503, body))) {
            assertThatThrownBy(() -> client(server.address()).send("POST", "/index/_search?x=y", "{}"))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContainingAll(
                            "POST /index/_search to " + server.address(), "503", "no_master: no one leads", "patience");
            assertThat(clock.sleeps().stream().mapToLong(Duration::toMillis).sum())
                    .isBetween(40_000L, 60_000L);
        }
    }

    @Test
    void send_hostThatIsDown_goesToTheNextAndRemembers() throws IOException {
        try (ScriptedServer server = new ScriptedServer(request -> OK)) {
            ClusterClient client = client(nobody(), server.address(), nobody());
            for (int i = 0; i < 9; i++) {
                client.send("POST", "/x", "{}");
            }
            assertThat(server.requests()).hasSize(9);
            assertThat(clock.sleeps()).isEmpty();
        }
    }

    @Test
    void send_allHostsDown_isOneClearError() throws IOException {
        URI nobody = nobody();

        assertThatThrownBy(() -> client(nobody).send("GET", "/x", null))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContainingAll(nobody.toString(), "ConnectException", "check that the cluster's nodes run")
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void send_hostsThatWork_shareTheRequests() {
        try (ScriptedServer one = new ScriptedServer(request -> OK);
                ScriptedServer other = new ScriptedServer(request -> OK)) {
            ClusterClient client = client(one.address(), other.address());
            for (int i = 0; i < 10; i++) {
                client.send("GET", "/x", null);
            }
            assertThat(one.requests()).hasSize(5);
            assertThat(other.requests()).hasSize(5);
        }
    }

    @Test
    void send_answerThatDoesNotCome_goesToTheNextHost() {
        CountDownLatch end = new CountDownLatch(1);
        Function<Request, Reply> never = request -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return OK;
        };
        try (ScriptedServer slow = new ScriptedServer(never);
                ScriptedServer fast = new ScriptedServer(request -> OK)) {
            Cluster cluster = Cluster.of(slow.address(), fast.address())
                    .withTimeouts(Duration.ofSeconds(5), Duration.ofMillis(200));
            assertThat(new ClusterClient(cluster, clock).send("GET", "/x", null).from())
                    .contains(fast.address().toString());
            end.countDown();
        }
    }

    @Test
    void send_bodyThatNeverEnds_isGivenUpAtTheLimit() {
        try (ScriptedServer server =
                new ScriptedServer(request -> Reply.of(200, "[".repeat(10_000)).forEver())) {
            Cluster cluster = Cluster.of(server.address()).withSizes(1_000, 100_000);

            assertThatThrownBy(() -> new ClusterClient(cluster, clock).send("GET", "/x", null))
                    .isInstanceOf(IndexException.class)
                    .hasMessageContainingAll("more than 100000 bytes", "answerBytes");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>login</html>",
                "{\"a\":",
                "[1]",
                "{} {}",
                "{'a':1}",
                "{\"a\":NaN}",
                "null",
                "\u0000",
                "deep"
            })
    void send_answerThatIsNoObject_isRefused(String body) {
        String sent = body.equals("deep") ? "{\"a\":".repeat(100_000) : body;
        try (ScriptedServer server = new ScriptedServer(request -> Reply.of(200, sent))) {
            assertThatThrownBy(() -> client(server.address()).send("GET", "/x", null))
                    .isInstanceOf(IndexException.class)
                    .hasMessageContaining("GET /x to " + server.address())
                    .hasMessageContaining("check that the host is a node of OpenSearch");
        }
    }

    @Test
    void send_refusals_sayWhatToDo() {
        refused(401, "{\"error\":\"Unauthorized\"}", "401", "withCredentials");
        refused(
                403,
                "{\"error\":{\"type\":\"security_exception\",\"reason\":\"no permissions\"}}",
                "no permissions",
                "right");
        refused(413, "too large", "bulkBytes");
        refused(302, "", "redirects");
        refused(
                400,
                "{\"error\":{\"type\":\"mapper_parsing_exception\",\"reason\":\"No handler for type [knn_vector]\"}}",
                "k-NN plugin");
        refused(
                429,
                "{\"error\":{\"type\":\"cluster_block_exception\",\"reason\":\"read-only / allow delete\"}}",
                "disk space");
        refused(
                400,
                "{\"error\":{\"type\":\"a\",\"reason\":\"b\",\"failed_shards\":[{\"reason\":{\"type\":\"c\",\"reason\":\"d\","
                        + "\"caused_by\":{\"type\":\"e\",\"reason\":\"f\\n\\u0007g\"}}}]}}",
                "a: b, caused by c: d, caused by e: f g");
        assertThat(clock.sleeps()).isEmpty();
    }

    private void refused(int status, String body, String... words) {
        try (ScriptedServer server =
                new ScriptedServer(request -> Reply.of(status, body).with("Location", "http://elsewhere/"))) {
            assertThatThrownBy(() -> client(server.address()).send("PUT", "/x", "{}"))
                    .isInstanceOf(IndexException.class)
                    .hasMessageContainingAll(words);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void send_credentials_areInTheHeaderAndNowhereElse() {
        try (ScriptedServer server = new ScriptedServer(request -> Reply.of(401, "no"))) {
            for (Credentials credentials : List.of(Credentials.basic("ann", "s3cret"), Credentials.bearer("s3cret"))) {
                Cluster cluster = Cluster.of(server.address()).withCredentials(credentials);
                assertThatThrownBy(() -> new ClusterClient(cluster, clock).send("GET", "/x", null))
                        .hasMessageNotContaining("s3cret");
                assertThat(cluster.toString()).doesNotContain("s3cret");
            }
            client(server.address());
            String basic = Base64.getEncoder().encodeToString("ann:s3cret".getBytes(StandardCharsets.UTF_8));
            assertThat(server.requests())
                    .extracting(request -> request.authorization().orElse(""))
                    .containsExactly("Basic " + basic, "Bearer s3cret");
        }
    }

    @Test
    void send_interrupted_saysSoAndStaysInterrupted() {
        try (ScriptedServer server = new ScriptedServer(request -> OK)) {
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> client(server.address()).send("GET", "/x", null))
                    .isInstanceOf(IndexException.class)
                    .hasMessageContaining("interrupted");
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void send_tls_trustsWhatItIsTold(@TempDir Path folder) throws Exception {
        Path store = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .start();
        assertThat(keytool.waitFor())
                .as(new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isZero();
        SSLContext tls = context(store);
        try (ScriptedServer server = new ScriptedServer(request -> OK, tls)) {
            assertThat(new ClusterClient(Cluster.of(server.address()).withTls(tls), clock)
                            .send("GET", "/x", null)
                            .status())
                    .isEqualTo(200);
            assertThatThrownBy(() -> client(server.address()).send("GET", "/x", null))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContainingAll("SSLHandshakeException", "withTls");
            assertThat(clock.sleeps()).isEmpty();
        }
    }

    private static SSLContext context(Path store) throws IOException, GeneralSecurityException {
        char[] password = "changeit".toCharArray();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, password);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, password);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("a", keys.getCertificate("a"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return tls;
    }

    @Test
    void options_bad_areRefused() {
        URI host = URI.create("http://localhost:9200");
        assertThatThrownBy(() -> Cluster.of()).hasMessageContaining("at least one host");
        assertThatThrownBy(() -> Cluster.of(URI.create("localhost:9200"))).hasMessageContaining("localhost:9200");
        assertThatThrownBy(() -> Cluster.of(URI.create("ftp://x"))).hasMessageContaining("ftp://x");
        assertThatThrownBy(() -> Cluster.of(URI.create("https://ann:s3cret@x")))
                .hasMessageContaining("withCredentials")
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> Cluster.of(host).withTimeouts(Duration.ZERO, Duration.ofSeconds(1)))
                .hasMessageContaining("connectTimeout");
        assertThatThrownBy(() -> Cluster.of(host).withPatience(Duration.ofSeconds(-1), Duration.ofSeconds(1)))
                .hasMessageContaining("patience");
        assertThatThrownBy(() -> Cluster.of(host).withSizes(1, 1_000_000)).hasMessageContaining("bulkBytes: 1");
        assertThatThrownBy(() -> Cluster.of(host).withSizes(1_000, -1)).hasMessageContaining("answerBytes: -1");
        assertThatThrownBy(() -> Credentials.basic("a:b", "c")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Credentials.bearer("line\nbreak"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("break");
        assertThatThrownBy(() -> OpenSearchOptions.defaults().withShards(0)).hasMessageContaining("shards: 0");
        assertThatThrownBy(() -> OpenSearchOptions.defaults().withReplicas(-1)).hasMessageContaining("replicas: -1");
    }
}
