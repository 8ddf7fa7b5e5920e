package dev.llmadapt.local.source;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The configuration of pip, as far as fetching a wheel needs it (<a
 * href="https://pip.pypa.io/en/stable/topics/configuration/">pip's documentation</a>): configuration files of system,
 * user and virtual environment in that order, {@code PIP_CONFIG_FILE}, then {@code PIP_...} variables, later ones
 * replacing earlier ones; in each file the sections {@code global}, {@code install}, {@code download}.
 *
 * @param indexes {@code index-url} and {@code extra-index-url}; empty when none is named, where pip uses a default of
 *     its own
 * @param findLinks folders, files and pages that list packages
 * @param certificates PEM bundles for https
 * @param trustedHosts hosts, or {@code host:port}, in small letters
 * @param noIndex whether indexes must not be asked
 */
record PipConfiguration(
        List<Location> indexes,
        List<String> findLinks,
        List<Path> certificates,
        Set<String> trustedHosts,
        boolean noIndex) {
    private static final int LARGEST_FILE = 1 << 20;
    private static final List<String> SECTIONS = List.of("global", "install", "download");

    /**
     * An address and what it takes to be let in there.
     *
     * @param uri without credentials
     * @param authorization the value of an {@code Authorization} header, or empty
     */
    record Location(URI uri, String authorization) {
        /** Reads an address; a user name and password in it become Basic credentials (RFC 7617). */
        static Location parse(String text) throws Http.FinalException {
            URI uri;
            try {
                uri = new URI(text);
            } catch (java.net.URISyntaxException e) {
                throw new Http.FinalException("an address in pip's configuration cannot be read: " + e.getReason());
            }
            if (uri.getHost() == null || !("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
                throw new Http.FinalException(
                        "an address in pip's configuration is not an http or https address: " + Http.shown(uri));
            }
            String user = uri.getUserInfo();
            if (user == null) {
                return new Location(uri, "");
            }
            String credentials = user.contains(":") ? user : user + ":";
            String authority = uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
            String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
            return new Location(
                    URI.create(uri.getScheme() + "://" + authority + uri.getRawPath() + query),
                    "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
        }

        /** The authorization for an address that this one led to: credentials stay with their origin. */
        String authorizationFor(URI other) {
            return Http.origin(other).equals(Http.origin(uri)) ? authorization : "";
        }

        /** Without the credentials, which must not reach a log. */
        @Override
        public String toString() {
            return Http.shown(uri);
        }
    }

    /** Reads all that pip would read. */
    static PipConfiguration read(Environment environment) throws IOException {
        Map<String, String> options = new HashMap<>();
        for (Path file : files(environment)) {
            if (Files.isRegularFile(file) && Files.size(file) <= LARGEST_FILE) {
                Map<String, String> found = parse(Files.readString(file, StandardCharsets.UTF_8));
                options.putAll(found);
            }
        }
        for (String option :
                List.of("index-url", "extra-index-url", "find-links", "cert", "trusted-host", "no-index")) {
            String value =
                    environment.get("PIP_" + option.toUpperCase(Locale.ROOT).replace('-', '_'));
            if (!value.isEmpty()) {
                options.put(option, value);
            }
        }
        List<Location> indexes = new ArrayList<>();
        for (String address : words(options, "index-url")) {
            indexes.add(Location.parse(address));
        }
        for (String address : words(options, "extra-index-url")) {
            indexes.add(Location.parse(address));
        }
        Set<String> trusted = new LinkedHashSet<>();
        for (String host : words(options, "trusted-host")) {
            trusted.add(host.toLowerCase(Locale.ROOT));
        }
        return new PipConfiguration(
                List.copyOf(indexes),
                words(options, "find-links"),
                certificates(environment, options.getOrDefault("cert", "")),
                Set.copyOf(trusted),
                Environment.isYes(options.getOrDefault("no-index", "")));
    }

    private static List<Path> certificates(Environment environment, String cert) {
        return certificates(environment, cert, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE");
    }

    /** The first bundle that is named: by an option, or by one of some variables. */
    static List<Path> certificates(Environment environment, String option, String... variables) {
        List<String> candidates = new ArrayList<>(List.of(option));
        Arrays.stream(variables).map(environment::get).forEach(candidates::add);
        for (String candidate : candidates) {
            // A folder of hashed certificates, which Python accepts too, is left to pip itself.
            if (!candidate.isEmpty() && Files.isRegularFile(environment.expand(candidate))) {
                return List.of(environment.expand(candidate));
            }
        }
        return List.of();
    }

    private static List<String> words(Map<String, String> options, String option) {
        return Arrays.stream(options.getOrDefault(option, "").split("\\s+", -1))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** The files pip reads, those that win last. */
    private static List<Path> files(Environment environment) {
        String own = environment.get("PIP_CONFIG_FILE");
        if (own.equals("/dev/null") || own.equalsIgnoreCase("nul")) {
            return List.of();
        }
        List<Path> files = new ArrayList<>();
        boolean windows = environment.system() == Environment.OperatingSystem.WINDOWS;
        String name = windows ? "pip.ini" : "pip.conf";
        Path home = environment.home();
        boolean ownExists = !own.isEmpty() && Files.exists(environment.expand(own));
        switch (environment.system()) {
            case WINDOWS ->
                files.add(environment
                        .folder("PROGRAMDATA", Path.of("C:\\ProgramData"))
                        .resolve("pip")
                        .resolve(name));
            case MAC -> files.add(Path.of("/Library/Application Support/pip", name));
            case UNIX -> {
                String folders = environment.variables().getOrDefault("XDG_CONFIG_DIRS", "");
                for (String folder : (folders.isBlank() ? "/etc/xdg" : folders).split(File.pathSeparator, -1)) {
                    if (!folder.isBlank()) {
                        files.add(Path.of(folder, "pip", name));
                    }
                }
                files.add(Path.of("/etc", name));
            }
        }
        if (!ownExists) {
            files.add(home.resolve(windows ? "pip" : ".pip").resolve(name));
            Path application = home.resolve("Library/Application Support/pip");
            files.add(
                    switch (environment.system()) {
                        case WINDOWS ->
                            environment
                                    .folder("APPDATA", home.resolve("AppData/Roaming"))
                                    .resolve("pip")
                                    .resolve(name);
                        case MAC ->
                            (Files.isDirectory(application) ? application : home.resolve(".config/pip")).resolve(name);
                        case UNIX ->
                            environment
                                    .folder("XDG_CONFIG_HOME", home.resolve(".config"))
                                    .resolve("pip")
                                    .resolve(name);
                    });
        }
        for (String prefix : List.of("CONDA_PREFIX", "VIRTUAL_ENV")) {
            String folder = environment.get(prefix);
            if (!folder.isEmpty()) {
                files.add(Path.of(folder, name));
            }
        }
        if (!own.isEmpty()) {
            files.add(environment.expand(own));
        }
        return files;
    }

    /** Options by name from a file in the form of Python's {@code configparser}. */
    static Map<String, String> parse(String text) {
        Map<String, Map<String, String>> sections = new HashMap<>();
        Map<String, String> section = new HashMap<>();
        String option = "";
        for (String line : text.lines().toList()) {
            String content = line.strip();
            if (content.isEmpty() || content.startsWith("#") || content.startsWith(";")) {
                continue;
            }
            if (Character.isWhitespace(line.charAt(0)) && !option.isEmpty()) {
                section.merge(option, content, (before, more) -> before + " " + more);
                continue;
            }
            if (content.startsWith("[") && content.endsWith("]")) {
                String name = content.substring(1, content.length() - 1);
                section = sections.computeIfAbsent(name, n -> new HashMap<>());
                option = "";
                continue;
            }
            String[] pair = content.split("[=:]", 2);
            option = pair[0].strip().toLowerCase(Locale.ROOT).replace('_', '-');
            section.put(option, pair.length > 1 ? pair[1].strip() : "");
        }
        Map<String, String> options = new HashMap<>();
        for (String name : SECTIONS) {
            options.putAll(sections.getOrDefault(name, Map.of()));
        }
        return options;
    }
}
