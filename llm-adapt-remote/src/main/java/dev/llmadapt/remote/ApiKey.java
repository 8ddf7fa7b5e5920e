package dev.llmadapt.remote;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The key that a server asks for, sent as {@code Authorization: Bearer}. Immutable; {@link #toString} never shows it,
 * nor does any message of this library.
 */
public final class ApiKey {
    private static final ApiKey NONE = new ApiKey("", "none");

    private final String secret;
    private final String origin;

    private ApiKey(String secret, String origin) {
        this.secret = secret;
        this.origin = origin;
    }

    /** No key. */
    public static ApiKey none() {
        return NONE;
    }

    /**
     * A key.
     *
     * @throws IllegalArgumentException if it is empty, or not of visible ASCII characters
     */
    public static ApiKey of(String key) {
        return checked(key, "given");
    }

    /**
     * The key in a file, without the white space around it. The file is read here.
     *
     * @throws IllegalArgumentException if the file cannot be read, or holds no key
     */
    public static ApiKey ofFile(Path file) {
        try {
            return checked(Files.readString(file).strip(), "of the file " + file);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the file of the API key cannot be read: " + file + ", "
                            + e.getClass().getSimpleName(),
                    e);
        }
    }

    /**
     * The key in a variable of the environment, such as {@code OPENAI_API_KEY}; none where it is not set or empty.
     *
     * @throws IllegalArgumentException if it holds something else
     */
    public static ApiKey ofEnvironment(String variable) {
        String value = System.getenv(variable);
        return value == null || value.isBlank() ? NONE : checked(value.strip(), "of the variable " + variable);
    }

    private static ApiKey checked(String key, String origin) {
        if (key.isEmpty() || !key.chars().allMatch(character -> character > 0x20 && character < 0x7f)) {
            throw new IllegalArgumentException("an API key must be visible ASCII characters, got " + key.length()
                    + " characters of which some are not, " + origin);
        }
        return new ApiKey(key, origin);
    }

    /** The value of the header {@code Authorization}, if there is a key. */
    Optional<String> header() {
        return secret.isEmpty() ? Optional.empty() : Optional.of("Bearer " + secret);
    }

    /** A text without this key in it. */
    String removedFrom(String text) {
        return secret.isEmpty() ? text : text.replace(secret, "[key]");
    }

    /** Where the key is from, without it. */
    @Override
    public String toString() {
        return "ApiKey[" + origin + "]";
    }
}
