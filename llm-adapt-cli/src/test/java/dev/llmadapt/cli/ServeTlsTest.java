package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmadapt.ToyModel;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve --tls-cert FILE --tls-key FILE}. */
@Timeout(120)
class ServeTlsTest extends CommandLineTest {
    private static final Pattern READY = Pattern.compile("listening at (https://127\\.0\\.0\\.1:\\d+)/v1 with toy\n");
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    static Path folder;

    private static KeyStore store;
    private static String certificate;
    private static String key;

    @BeforeAll
    static void make() throws Exception {
        Path program = Path.of(System.getProperty("java.home"), "bin", "keytool");
        assumeTrue(Files.isExecutable(program), "needs the JDK's keytool");
        Path file = folder.resolve("keys.p12");
        List<String> command = List.of(
                program.toString(),
                "-genkeypair",
                "-alias",
                "a",
                "-keyalg",
                "EC",
                "-dname",
                "CN=test",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                file.toString());
        assertThat(new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start()
                        .waitFor())
                .isZero();
        store = KeyStore.getInstance(file.toFile(), PASSWORD);
        certificate = pem("cert.pem", "CERTIFICATE", store.getCertificate("a").getEncoded());
        Key secret = Objects.requireNonNull(store.getKey("a", PASSWORD));
        key = pem("key.pem", "PRIVATE KEY", secret.getEncoded());
    }

    private static String pem(String name, String label, byte[] bytes) throws IOException {
        String text = "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + label
                + "-----\n";
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private static HttpClient trusting() throws GeneralSecurityException {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).build();
    }

    private static KeyStore trusted() throws GeneralSecurityException {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("a", store.getCertificate("a"));
            return trusted;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void serve_withACertificate_answersByHttps() throws Exception {
        models = (choice, progress) -> new ToyModel();
        Thread thread = new Thread(
                () -> run("serve", "--port", "0", "--name", "toy", "--tls-cert", certificate, "--tls-key", key));
        thread.start();
        try {
            Matcher ready = READY.matcher("");
            while (thread.isAlive() && !ready.reset(text(out)).find()) {
                Thread.sleep(10);
            }
            assertThat(ready.reset(text(out)).find()).as(text(out) + text(err)).isTrue();
            HttpRequest request = HttpRequest.newBuilder(URI.create(ready.group(1) + "/v1/models"))
                    .build();
            HttpResponse<String> response = trusting().send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).contains("\"id\":\"toy\"");
        } finally {
            thread.interrupt();
            thread.join();
        }
    }

    @Test
    void serve_withHalfOfACertificate_isRefused() {
        refuses("both, --tls-cert and --tls-key", "serve", "--tls-cert", certificate);
        refuses("both, --tls-cert and --tls-key", "serve", "--tls-key", key);
        String none = folder.resolve("none.pem").toString();
        refuses("there is no file " + none, "serve", "--tls-cert", none, "--tls-key", key);
        refuses("no private key in PKCS#8", "serve", "--tls-cert", certificate, "--tls-key", certificate);
        refuses("openssl x509", "serve", "--tls-cert", key, "--tls-key", key);
    }
}
