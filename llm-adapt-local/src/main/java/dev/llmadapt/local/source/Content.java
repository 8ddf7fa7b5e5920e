package dev.llmadapt.local.source;

import dev.llmadapt.Progress;
import dev.llmadapt.files.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The expected content of a file.
 *
 * @param sha256 64 small hexadecimal digits, or empty when not known
 * @param size bytes, or -1 when not known
 */
record Content(String sha256, long size) {
    /** Anything. */
    static final Content UNKNOWN = new Content("", -1);

    private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{64}");

    private static final int REPORT_STEP = 1 << 20;

    Content {
        sha256 = sha256.toLowerCase(Locale.ROOT);
        if (!sha256.isEmpty() && !DIGITS.matcher(sha256).matches()) {
            throw new IllegalArgumentException("a SHA-256 has 64 hexadecimal digits, got '" + sha256 + "'");
        }
    }

    /** Whether something is what was expected, as far as that is known. */
    boolean allows(Content actual) {
        return (sha256.isEmpty() || sha256.equals(actual.sha256)) && (size < 0 || size == actual.size);
    }

    /** Reads a file to its end. */
    static Content of(Path file) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        try (InputStream in = Files.newInputStream(file)) {
            long size = copy(in, OutputStream.nullOutputStream(), digest, Long.MAX_VALUE, n -> {});
            return new Content(Sha256.hex(digest), size);
        }
    }

    /** Hears how many bytes have passed, after each piece. */
    interface Meter {
        void passed(long bytes);

        /** Tells a listener about once a megabyte, and at the end where that is known. */
        static Meter reporting(Progress progress, String stage, long start, long total) {
            long[] next = {0};
            return bytes -> {
                if (bytes >= next[0] || start + bytes == total) {
                    next[0] = bytes + REPORT_STEP;
                    progress.report(stage, start + bytes, total);
                }
            };
        }
    }

    /**
     * Copies and hashes; stops after one byte more than the limit, so that the caller sees it is exceeded.
     *
     * @return the bytes copied
     * @throws ClosedByInterruptException if the thread is interrupted
     */
    static long copy(InputStream in, OutputStream out, MessageDigest digest, long limit, Meter meter)
            throws IOException {
        byte[] buffer = new byte[1 << 16];
        long copied = 0;
        while (copied <= limit) {
            if (Thread.currentThread().isInterrupted()) {
                throw Http.interrupted();
            }
            int n = in.read(buffer, 0, (int) Math.min(buffer.length, Math.max(1, limit - copied)));
            if (n < 0) {
                break;
            }
            out.write(buffer, 0, n);
            digest.update(buffer, 0, n);
            copied += n;
            meter.passed(copied);
        }
        return copied;
    }

    /** For people: {@code 98362432 bytes, sha256 b179...}. */
    String shown() {
        return (size < 0 ? "any size" : size + " bytes") + (sha256.isEmpty() ? "" : ", sha256 " + sha256);
    }
}
