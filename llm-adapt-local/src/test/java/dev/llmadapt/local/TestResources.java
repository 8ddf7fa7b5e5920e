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
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Files and folders of the test resources as paths; what is in a jar is copied to a temporary folder first. */
public final class TestResources {
    private static final Map<String, Path> COPIES = new ConcurrentHashMap<>();

    private TestResources() {}

    /** The path of a file or folder beside a class. */
    public static Path path(Class<?> beside, String name) {
        URL url = Objects.requireNonNull(beside.getResource(name), name);
        try {
            URI uri = url.toURI();
            if (!uri.getScheme().equals("jar")) {
                return Path.of(uri);
            }
            String[] jarAndEntry = uri.toString().substring("jar:".length()).split("!/", 2);
            return COPIES.computeIfAbsent(jarAndEntry[0], TestResources::copy).resolve(jarAndEntry[1]);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Copies all that is no class: files name others beside them. */
    private static Path copy(String jar) {
        try (FileSystem files = FileSystems.newFileSystem(Path.of(URI.create(jar)));
                Stream<Path> walk = Files.walk(files.getPath("/"))) {
            Path folder = Files.createTempDirectory("test-resources");
            folder.toFile().deleteOnExit(); // what is named last is deleted first
            for (Path file : walk.skip(1).toList()) {
                if (!file.toString().endsWith(".class")) {
                    Path copy = folder.resolve(file.toString().substring(1));
                    Files.copy(file, copy);
                    copy.toFile().deleteOnExit();
                }
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
