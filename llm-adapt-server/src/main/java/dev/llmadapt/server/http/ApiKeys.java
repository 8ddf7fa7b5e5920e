package dev.llmadapt.server.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;

/**
 * The keys of those who may ask. Only their digests are held; they are compared in a time that does not tell how much
 * of a key was right. Immutable.
 */
public final class ApiKeys {
    private static final ApiKeys NONE = new ApiKeys(List.of());
    private static final int MIN_LENGTH = 8;

    private final List<byte[]> digests;

    private ApiKeys(List<byte[]> digests) {
        this.digests = digests;
    }

    /** No keys: everybody who reaches the server may ask. */
    public static ApiKeys none() {
        return NONE;
    }

    /**
     * Keys.
     *
     * @param keys each of at least 8 visible ASCII characters, without blanks
     * @throws IllegalArgumentException if one is not; says which by its number, never by itself
     */
    public static ApiKeys of(Collection<String> keys) {
        List<byte[]> digests = new ArrayList<>();
        for (String key : keys) {
            if (key.length() < MIN_LENGTH || !key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new IllegalArgumentException("API key " + (digests.size() + 1) + " must have at least "
                        + MIN_LENGTH + " visible ASCII characters and no blanks");
            }
            digests.add(digest(key));
        }
        return new ApiKeys(digests);
    }

    /**
     * Reads keys from a file, one a line; blank lines and those that begin with {@code #} are none.
     *
     * @throws IllegalArgumentException if there is no key, or one that {@link #of} refuses
     */
    public static ApiKeys read(Path file) throws IOException {
        List<String> keys = Files.readAllLines(file, StandardCharsets.UTF_8).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
        if (keys.isEmpty()) {
            throw new IllegalArgumentException(file + " has no API key; expected one a line");
        }
        return of(keys);
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return digests.isEmpty();
    }

    /** The number of the key that a text is, from 0; empty if it is none. */
    OptionalInt find(String text) {
        byte[] given = digest(text);
        int found = -1;
        for (int i = 0; i < digests.size(); i++) { // all of them, whichever it is
            found = MessageDigest.isEqual(digests.get(i), given) ? i : found;
        }
        return found < 0 ? OptionalInt.empty() : OptionalInt.of(found);
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return digests.size() + " API keys";
    }
}
