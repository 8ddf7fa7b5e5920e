package dev.llmadapt.server.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and private keys in PEM files (RFC 7468). */
final class PemFiles {
    private static final int MAX_BYTES = 1 << 20;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");

    private PemFiles() {}

    /** The certificates of a file, in their order; at least one. */
    static List<X509Certificate> certificates(Path file) throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(read(file));
        while (blocks.find()) {
            if (blocks.group(1).equals("CERTIFICATE")) {
                certificates.add(certificate(file, bytes(file, blocks.group(2))));
            }
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException(file
                    + " has no certificate in PEM (BEGIN CERTIFICATE); 'openssl x509 -inform der -in FILE' writes one"
                    + " of a binary file");
        }
        return certificates;
    }

    private static X509Certificate certificate(Path file, byte[] bytes) {
        try {
            Certificate read =
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(bytes));
            return (X509Certificate) read;
        } catch (CertificateException e) {
            throw new IllegalArgumentException(file + " has a certificate that cannot be read: " + e.getMessage(), e);
        }
    }

    /** The private key of a file. */
    static PrivateKey privateKey(Path file) throws IOException {
        String text = read(file);
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            if (blocks.group(1).equals("PRIVATE KEY")) {
                return privateKey(file, bytes(file, blocks.group(2)));
            }
        }
        Matcher other = BEGIN.matcher(text);
        String found = "nothing in PEM";
        while (other.find() && !found.endsWith("PRIVATE KEY")) {
            found = other.group(1);
        }
        throw new IllegalArgumentException(file + " has no private key in PKCS#8 (BEGIN PRIVATE KEY), got " + found
                + (found.endsWith(" PRIVATE KEY")
                        ? "; 'openssl pkcs8 -topk8 -nocrypt -in " + file + " -out key.pem' makes one of it"
                        : "; 'openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem' makes one with a"
                                + " certificate for trying"));
    }

    private static PrivateKey privateKey(Path file, byte[] bytes) {
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
            } catch (InvalidKeySpecException e) {
                // a key of another algorithm
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has " + algorithm, e);
            }
        }
        throw new IllegalArgumentException(
                file + " has a private key that cannot be read; expected one of RSA, EC or Ed25519");
    }

    /** Whether a public key verifies what a private key signs. */
    static boolean belong(PrivateKey secret, PublicKey open) {
        String algorithm = secret.getAlgorithm();
        if (!algorithm.equals(open.getAlgorithm())) {
            return false;
        }
        try {
            Signature signature = Signature.getInstance(
                    switch (algorithm) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> algorithm;
                    });
            byte[] message = "llm-adapt".getBytes(StandardCharsets.US_ASCII);
            signature.initSign(secret);
            signature.update(message);
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(message);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static byte[] bytes(Path file, String base64) {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + " has a block that is no base64: " + e.getMessage(), e);
        }
    }

    private static String read(Path file) throws IOException {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IllegalArgumentException(file + " is no PEM file: it has more than " + MAX_BYTES + " bytes");
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + file, e);
        } catch (IOException e) {
            throw new IOException(file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
