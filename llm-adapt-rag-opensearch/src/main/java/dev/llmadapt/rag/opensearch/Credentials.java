package dev.llmadapt.rag.opensearch;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Credentials of requests. Immutable; {@link #toString()} never shows the secret. */
public final class Credentials {
    private static final Credentials NONE = new Credentials("", "none");

    private final String header;
    private final String shown;

    private Credentials(String header, String shown) {
        this.header = header;
        this.shown = shown;
    }

    /** No credentials, for an open cluster or one that identifies clients by their TLS certificates. */
    public static Credentials none() {
        return NONE;
    }

    /** The credentials of a user with name and password (RFC 7617). The name has no colon. */
    public static Credentials basic(String user, String password) {
        if (user.isEmpty() || user.indexOf(':') >= 0) {
            throw new IllegalArgumentException("a user's name must not be empty or have a colon, user: '" + user + "'");
        }
        byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return new Credentials("Basic " + Base64.getEncoder().encodeToString(both), "basic, user " + user);
    }

    /** The credentials of a bearer token (RFC 6750), such as one of OpenID Connect. */
    public static Credentials bearer(String token) {
        if (token.isEmpty() || !token.chars().allMatch(character -> character > 0x20 && character < 0x7f)) {
            throw new IllegalArgumentException("a token must be visible ASCII characters, got " + token.length()
                    + " characters of which some are not");
        }
        return new Credentials("Bearer " + token, "bearer");
    }

    /** Returns the value of the header {@code Authorization}, if there is one. */
    Optional<String> header() {
        return header.isEmpty() ? Optional.empty() : Optional.of(header);
    }

    @Override
    public String toString() {
        return "Credentials[" + shown + "]";
    }
}
