package dev.llmadapt.server.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * HTTP over TLS (HTTPS): the certificate that an endpoint shows, with its private key. TLS 1.3 and 1.2 are spoken, no
 * older ones. Immutable.
 *
 * @param context an initialised context with a key
 */
public record Tls(SSLContext context) {
    /** Refuses null. */
    public Tls {
        Objects.requireNonNull(context, "context must not be null");
    }

    /**
     * A certificate from PEM files, as certificate authorities and ACME clients write them.
     *
     * @param certificates the server's certificate, then those of the authorities between it and the root
     * @param key its private key, RSA, EC or Ed25519, in PKCS#8 ({@code BEGIN PRIVATE KEY}), not encrypted
     * @throws IOException if a file cannot be read
     * @throws IllegalArgumentException if a file has something else, or the key is not that of the certificate
     */
    public static Tls ofPem(Path certificates, Path key) throws IOException {
        List<X509Certificate> chain = PemFiles.certificates(certificates);
        PrivateKey secret = PemFiles.privateKey(key);
        if (!PemFiles.belong(secret, chain.get(0).getPublicKey())) {
            throw new IllegalArgumentException("the key in " + key + " is not that of the first certificate in "
                    + certificates + "; the server's own certificate comes first");
        }
        try {
            for (int i = 1; i < chain.size(); i++) {
                chain.get(i - 1).verify(chain.get(i).getPublicKey());
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", secret, new char[0], chain.toArray(Certificate[]::new));
            return new Tls(context(store, new char[0]));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "the certificates in " + certificates + " are no chain, each signed by the next: " + e.getMessage(),
                    e);
        }
    }

    /**
     * A certificate with its key from a keystore, such as {@code keytool} writes.
     *
     * @param keystore PKCS#12 or JKS, with one key
     * @param password of the keystore and its key; not held
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it is no keystore, has another password, or no key
     */
    public static Tls ofKeystore(Path keystore, char[] password) throws IOException {
        if (!Files.isReadable(keystore)) {
            throw new IOException(keystore + " cannot be read");
        }
        try {
            KeyStore store = KeyStore.getInstance(keystore.toFile(), password);
            long keys = Collections.list(store.aliases()).stream()
                    .filter(alias -> isKey(store, alias))
                    .count();
            if (keys != 1) {
                throw new IllegalArgumentException("the keystore " + keystore + " must have one private key, got "
                        + keys + "; keytool -list -keystore " + keystore + " shows what it has");
            }
            return new Tls(context(store, password));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    keystore + " is no keystore in PKCS#12 or JKS with a key of this password: " + e.getMessage(), e);
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw new IllegalArgumentException("the keystore " + keystore + " has another password", e);
            }
            throw new IllegalArgumentException(keystore + " is no keystore in PKCS#12 or JKS: " + e.getMessage(), e);
        }
    }

    private static boolean isKey(KeyStore store, String alias) {
        try {
            return store.isKeyEntry(alias);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the keystore is loaded", e);
        }
    }

    private static SSLContext context(KeyStore store, char[] password) throws GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    @Override
    public String toString() {
        return "TLS";
    }
}
