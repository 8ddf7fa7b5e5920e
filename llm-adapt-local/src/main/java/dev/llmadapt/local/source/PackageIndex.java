package dev.llmadapt.local.source;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Simple API of a Python package index, as JSON (PEP 691) and as HTML (PEP 503). Of the hashes a page gives,
 * SHA-256 is used, the one PEP 503 recommends.
 */
final class PackageIndex {
    private static final int LARGEST_PAGE = 32 << 20;
    private static final String JSON = "application/vnd.pypi.simple.v1+json";
    private static final String ACCEPT = JSON + ", application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";
    private static final Pattern ANCHOR = Pattern.compile("<a\\s([^<>]*)>", Pattern.CASE_INSENSITIVE);
    private static final Pattern BASE = Pattern.compile("<base\\s([^<>]*)>", Pattern.CASE_INSENSITIVE);
    private static final Pattern HREF =
            Pattern.compile("(?:^|\\s)href\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)')", Pattern.CASE_INSENSITIVE);
    private static final Pattern SHA256 = Pattern.compile("(?:^|&)sha256=([0-9A-Fa-f]{64})(?:$|&)");

    private PackageIndex() {}

    /**
     * A file that an index offers.
     *
     * @param fileName as the index names it; never used as a path
     * @param uri where it is
     * @param content its hash and size, as far as the index tells
     */
    record Distribution(String fileName, URI uri, Content content) {}

    /** The wheel of a package at exactly a version. */
    static Optional<Distribution> find(Http http, PipConfiguration.Location index, String name, String version)
            throws IOException {
        String base = index.uri().toString();
        URI uri = URI.create((base.endsWith("/") ? base : base + "/") + Wheel.normalise(name) + "/");
        return choose(read(http, new Http.Get(uri, Map.of("Accept", ACCEPT), index.authorization())), name, version);
    }

    /** Finds a file on a page that lists files of any packages (pip's {@code find-links}). */
    static Optional<Distribution> findOnPage(Http http, PipConfiguration.Location page, String name, String version)
            throws IOException {
        Http.Get get = new Http.Get(page.uri(), Map.of("Accept", "text/html"), page.authorization());
        return choose(read(http, get), name, version);
    }

    private static List<Distribution> read(Http http, Http.Get get) throws IOException {
        Http.Page page = http.page(get, LARGEST_PAGE);
        return page.type().startsWith(JSON) || page.type().startsWith("application/json")
                ? parseJson(page.uri(), page.text())
                : parseHtml(page.uri(), page.text());
    }

    /** A wheel for any platform first: the others could differ in what they hold. */
    static Optional<Distribution> choose(List<Distribution> distributions, String name, String version) {
        return distributions.stream()
                .filter(distribution -> Wheel.parse(distribution.fileName())
                        .filter(wheel -> wheel.is(name, version))
                        .isPresent())
                .min(Comparator.comparing((Distribution distribution) -> !Wheel.parse(distribution.fileName())
                                .orElseThrow()
                                .anyPlatform())
                        .thenComparing(Distribution::fileName));
    }

    static List<Distribution> parseJson(URI base, String text) throws Http.FinalException {
        try {
            JsonArray files = JsonParser.parseString(text).getAsJsonObject().getAsJsonArray("files");
            List<Distribution> distributions = new ArrayList<>();
            for (JsonElement element : files) {
                JsonObject file = element.getAsJsonObject();
                String fileName = file.get("filename").getAsString();
                if (!fileName.endsWith(".whl")) {
                    continue;
                }
                JsonElement hash =
                        file.has("hashes") ? file.getAsJsonObject("hashes").get("sha256") : null;
                JsonElement size = file.get("size");
                distributions.add(new Distribution(
                        fileName,
                        Http.resolve(base, file.get("url").getAsString()),
                        new Content(
                                hash == null ? "" : hash.getAsString(),
                                size == null || size.isJsonNull() ? -1 : size.getAsLong())));
            }
            return distributions;
        } catch (JsonParseException
                | IllegalStateException
                | IllegalArgumentException
                | UnsupportedOperationException
                | ClassCastException
                | NullPointerException e) {
            throw new Http.FinalException(
                    Http.shown(base) + " answered with JSON that is no package index page (PEP 691)");
        }
    }

    static List<Distribution> parseHtml(URI page, String text) throws Http.FinalException {
        URI base = page;
        Matcher baseTag = BASE.matcher(text);
        if (baseTag.find()) {
            String href = href(baseTag.group(1));
            base = href.isEmpty() ? page : Http.resolve(page, href);
        }
        List<Distribution> distributions = new ArrayList<>();
        Matcher anchor = ANCHOR.matcher(text);
        while (anchor.find()) {
            String href = href(anchor.group(1));
            int hash = href.indexOf('#');
            String address = hash < 0 ? href : href.substring(0, hash);
            int query = address.indexOf('?');
            String path = query < 0 ? address : address.substring(0, query);
            String fileName = decode(path.substring(path.lastIndexOf('/') + 1));
            if (!fileName.endsWith(".whl")) {
                continue;
            }
            Matcher sha256 = SHA256.matcher(hash < 0 ? "" : href.substring(hash + 1));
            distributions.add(new Distribution(
                    fileName, Http.resolve(base, address), new Content(sha256.find() ? sha256.group(1) : "", -1)));
        }
        return distributions;
    }

    private static String href(String attributes) {
        Matcher matcher = HREF.matcher(attributes);
        if (!matcher.find()) {
            return "";
        }
        String raw = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        return raw.strip()
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&#x27;", "'")
                .replace("&amp;", "&");
    }

    private static String decode(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return segment;
        }
    }
}
