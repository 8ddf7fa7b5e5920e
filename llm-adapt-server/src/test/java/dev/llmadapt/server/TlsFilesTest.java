package dev.llmadapt.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.server.http.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of certificates and keys. */
class TlsFilesTest {
    @TempDir
    static Path folder;

    private static Path keystore;
    private static Path certificate;
    private static Path key;

    @BeforeAll
    static void make() throws Exception {
        keystore = Certificates.keystore(folder, "EC");
        certificate = Certificates.certificate(keystore);
        key = Certificates.key(keystore);
    }

    private static Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static void refuses(Path certificates, Path secret, String... message) {
        assertThatThrownBy(() -> Tls.ofPem(certificates, secret))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void keys_ofEachAlgorithm_areTaken(String algorithm) throws Exception {
        Path made = Certificates.keystore(Files.createTempDirectory(folder, "keys"), algorithm);
        assertThat(Tls.ofPem(Certificates.certificate(made), Certificates.key(made))
                        .toString())
                .isEqualTo("TLS");
    }

    @Test
    void files_thatAreNotThere_areNamed() {
        Path none = folder.resolve("none.pem");
        assertThatThrownBy(() -> Tls.ofPem(none, key))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no file " + none);
        assertThatThrownBy(() -> Tls.ofPem(certificate, none))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no file " + none);
        assertThatThrownBy(() -> Tls.ofKeystore(none, new char[0]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(none.toString());
    }

    @Test
    void keys_ofOtherForms_areRefusedWithTheNextStep() throws IOException {
        for (String label : new String[] {"RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"}) {
            Path other = file("other.pem", "-----BEGIN " + label + "-----\nAAAA\n-----END " + label + "-----\n");
            refuses(certificate, other, other.toString(), "got " + label, "openssl pkcs8 -topk8 -nocrypt");
        }
        refuses(certificate, certificate, certificate.toString(), "got CERTIFICATE", "openssl req -x509");
        refuses(certificate, file("text", "hello"), "got nothing in PEM");
        refuses(
                certificate,
                file("broken.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
                "cannot be read",
                "RSA, EC or Ed25519");
    }

    @Test
    void certificates_ofOtherForms_areRefusedWithTheNextStep() throws IOException {
        refuses(key, key, key.toString(), "no certificate in PEM", "openssl x509");
        refuses(
                file("bad.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
                key,
                "certificate that cannot be read");
        refuses(file("large.pem", "x".repeat((1 << 20) + 1)), key, "is no PEM file");
    }

    @Test
    void key_ofAnotherCertificate_isRefused() throws Exception {
        Path other = Certificates.keystore(Files.createTempDirectory(folder, "other"), "EC");
        refuses(certificate, Certificates.key(other), "is not that of the first certificate");
        Path rsa = Certificates.keystore(Files.createTempDirectory(folder, "other"), "RSA");
        refuses(certificate, Certificates.key(rsa), "is not that of the first certificate");
        Path chain = file("chain.pem", Files.readString(certificate) + Files.readString(Certificates.certificate(rsa)));
        refuses(chain, key, "are no chain");
    }

    @Test
    void keystores_thatCannotBeOpened_areRefused() throws IOException {
        assertThatThrownBy(() -> Tls.ofKeystore(keystore, "wrong-one".toCharArray()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the keystore " + keystore + " has another password");
        Path text = file("no.p12", "hello");
        assertThatThrownBy(() -> Tls.ofKeystore(text, "changeit".toCharArray()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text.toString())
                .hasMessageContaining("PKCS#12");
    }
}
