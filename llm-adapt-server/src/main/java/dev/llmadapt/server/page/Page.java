package dev.llmadapt.server.page;

import dev.llmadapt.server.http.Exchange;
import dev.llmadapt.server.http.Handler;
import dev.llmadapt.server.http.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Set;

/**
 * The page at {@code /}: asks models, adapters and strategies side by side by the routes of the server. Its three files
 * ask for nothing from elsewhere, and a browser lets them ask this server alone.
 */
public final class Page {
    /** The paths of its files, which are the same for everybody, so that no key is needed for them. */
    public static final Set<String> PATHS = Set.of("/", "/page.js", "/page.css");

    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private Page() {}

    /** Adds the routes of its files. */
    public static void add(Routes routes) {
        routes.add("GET", "/", file("page.html", "text/html; charset=utf-8"))
                .add("GET", "/page.js", file("page.js", "text/javascript; charset=utf-8"))
                .add("GET", "/page.css", file("page.css", "text/css; charset=utf-8"));
    }

    private static Handler file(String name, String type) {
        byte[] bytes = read(name);
        return exchange -> respond(exchange, type, bytes);
    }

    private static void respond(Exchange exchange, String type, byte[] bytes) {
        exchange.responseHeader("content-security-policy", POLICY);
        exchange.responseHeader("x-content-type-options", "nosniff");
        exchange.responseHeader("referrer-policy", "no-referrer");
        exchange.responseHeader("cache-control", "no-cache");
        exchange.respond(200, type, bytes);
    }

    private static byte[] read(String name) {
        try (InputStream in = Objects.requireNonNull(Page.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
