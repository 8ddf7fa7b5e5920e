package dev.llmadapt.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificates with their keys, made by the JDK's keytool while tests run. */
final class Certificates {
    static final String PASSWORD = "changeit";

    private Certificates() {}

    /**
     * Makes a keystore with a key and its certificate for this machine.
     *
     * @param algorithm as {@code keytool -keyalg} has it
     */
    static Path keystore(Path folder, String algorithm) throws IOException, InterruptedException {
        Path program = Path.of(System.getProperty("java.home"), "bin", "keytool");
        assumeTrue(Files.isExecutable(program), "needs the JDK's keytool");
        Path keystore = folder.resolve(algorithm + ".p12");
        List<String> command = new ArrayList<>(List.of(program.toString(), "-genkeypair", "-alias", "a"));
        command.addAll(List.of("-keyalg", algorithm, "-dname", "CN=test", "-ext", "san=ip:127.0.0.1,dns:localhost"));
        command.addAll(List.of("-validity", "2", "-storetype", "PKCS12", "-storepass", PASSWORD));
        command.addAll(List.of("-keystore", keystore.toString()));
        Path log = folder.resolve("keytool.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(log)).isZero();
        return keystore;
    }

    private static KeyStore open(Path keystore) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keystore)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    /** Writes the certificate of a keystore as PEM. */
    static Path certificate(Path keystore) throws IOException, GeneralSecurityException {
        Certificate certificate = open(keystore).getCertificate("a");
        return pem(keystore, "cert", "CERTIFICATE", certificate.getEncoded());
    }

    /** Writes the private key of a keystore as PEM in PKCS#8. */
    static Path key(Path keystore) throws IOException, GeneralSecurityException {
        PrivateKey key = (PrivateKey) open(keystore).getKey("a", PASSWORD.toCharArray());
        return pem(keystore, "key", "PRIVATE KEY", Objects.requireNonNull(key).getEncoded());
    }

    private static Path pem(Path keystore, String name, String label, byte[] bytes) throws IOException {
        String text = "of a test\n-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + label
                + "-----\n";
        return Files.writeString(keystore.resolveSibling(keystore.getFileName() + "-" + name + ".pem"), text);
    }

    /** A context that trusts the certificate of a keystore and no other. */
    static SSLContext trusting(Path keystore) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("a", open(keystore).getCertificate("a"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
