package dev.llmadapt.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Files and folders of the test resources as paths; those in a jar are copied to a temporary folder first. */
public final class TestResources {
    private static final Map<String, Path> COPIES = new ConcurrentHashMap<>();

    private TestResources() {}

    /** The path of a file or folder beside a class. */
    public static Path path(Class<?> beside, String name) {
        URL url = Objects.requireNonNull(beside.getResource(name), name);
        try {
            URI uri = url.toURI();
            return uri.getScheme().equals("jar")
                    ? COPIES.computeIfAbsent(uri.toString(), key -> copy(uri))
                    : Path.of(uri);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path copy(URI uri) {
        String[] parts = uri.toString().split("!", 2);
        try (FileSystem jar = FileSystems.newFileSystem(Path.of(URI.create(parts[0].substring("jar:".length()))))) {
            Path source = jar.getPath(parts[1]);
            Path copied = Files.createTempDirectory("golden");
            Path target = copied.resolve(source.getFileName().toString().replace("/", ""));
            List<Path> files;
            try (Stream<Path> walk = Files.walk(source)) {
                files = walk.toList();
            }
            copied.toFile().deleteOnExit(); // what is named last is deleted first
            for (Path file : files) {
                Path copy = target.resolve(source.relativize(file).toString());
                Files.copy(file, copy);
                copy.toFile().deleteOnExit();
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
