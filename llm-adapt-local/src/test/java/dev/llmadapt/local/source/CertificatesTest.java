package dev.llmadapt.local.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose certificate, made by the JDK's keytool, nobody trusts unless told to. */
final class CertificatesTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    Path folder;

    private HttpsServer server;
    private Path pem;

    @BeforeEach
    void start() throws Exception {
        Path keys = folder.resolve("keys.p12");
        keytool("-genkeypair", "-alias", "a", "-keyalg", "EC", "-dname", "CN=test", "-ext", "san=ip:127.0.0.1", keys);
        pem = folder.resolve("ca.pem");
        keytool("-exportcert", "-rfc", "-alias", "a", "-file", pem.toString(), keys);
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD);
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> LocalServer.send(exchange, 200, new byte[] {'o', 'k'}));
        server.start();
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(0);
        }
    }

    private void keytool(Object... arguments) throws Exception {
        Path program = Path.of(System.getProperty("java.home", ""), "bin", "keytool");
        assumeTrue(Files.isExecutable(program), "needs the JDK's keytool");
        List<String> command = new java.util.ArrayList<>(List.of(program.toString()));
        for (int i = 0; i < arguments.length - 1; i++) {
            command.add(arguments[i].toString());
        }
        command.addAll(List.of("-storepass", new String(PASSWORD), "-storetype", "PKCS12", "-keystore"));
        command.add(arguments[arguments.length - 1].toString());
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        assertThat(process.waitFor()).as(this::log).isZero();
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("keytool.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private String get(String host, List<Path> certificates, Set<String> trustedHosts) throws IOException {
        Http http = new Http(LocalServer.environment(folder), certificates, trustedHosts);
        URI uri = URI.create("https://" + host + ":" + server.getAddress().getPort() + "/");
        return http.page(new Http.Get(uri, Map.of(), ""), 100).text();
    }

    @Test
    void https_unknownCertificate_isRefusedOnceAndSaysWhatToDo() {
        assertThatThrownBy(() -> get("127.0.0.1", List.of(), Set.of()))
                .isInstanceOf(SSLHandshakeException.class)
                .hasMessageContaining("PIP_CERT");
    }

    @Test
    void https_certificateInTheBundle_isTrustedBesideTheJdks() throws IOException {
        // Real bundles carry comments and text between the certificates.
        Path bundle = folder.resolve("bundle.pem");
        Files.writeString(bundle, "# a company\nSubject: CN=test\n" + Files.readString(pem) + "\ntrailing\n");

        assertThat(get("127.0.0.1", List.of(bundle), Set.of())).isEqualTo("ok");
    }

    @Test
    void https_certificateInTheBundleForAnotherHost_isRefused() {
        assertThatThrownBy(() -> get("localhost", List.of(pem), Set.of())).isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void https_trustedHost_isNotChecked_othersAre() throws IOException {
        String withPort = "localhost:" + server.getAddress().getPort();

        assertThat(get("127.0.0.1", List.of(), Set.of("127.0.0.1"))).isEqualTo("ok");
        assertThat(get("localhost", List.of(), Set.of(withPort))).isEqualTo("ok");
        assertThatThrownBy(() -> get("127.0.0.1", List.of(), Set.of("localhost", "other.example")))
                .isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void bundle_withoutCertificates_isRefused() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty.pem"), "nothing\n");

        assertThatThrownBy(() -> get("127.0.0.1", List.of(empty), Set.of()))
                .hasMessageContaining("holds no PEM certificate");
    }
}
