package dev.llmadapt.local;

import dev.llmadapt.AdapterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** An adapter in a folder; see {@link AdapterSource#folder}. */
record FolderSource(Path folder, BiFunction<Path, String, ? extends LocalAdapter> reader) implements AdapterSource {
    @Override
    public LocalAdapter read(String name) {
        return reader.apply(folder, name);
    }

    @Override
    public String version(String name) {
        try {
            StringBuilder version = new StringBuilder();
            append(folder, version);
            boolean plain = name.matches("[\\w. -]+") && !name.matches("\\.+"); // no way out of the folder
            if (plain && Files.isDirectory(folder.resolve(name))) {
                append(folder.resolve(name), version);
            }
            return version.toString();
        } catch (IOException | UncheckedIOException e) {
            throw new AdapterException("the folder of adapter '" + name + "' cannot be read: " + e, e);
        }
    }

    private static void append(Path folder, StringBuilder version) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(FolderSource::counts).sorted().toList();
        }
        for (Path file : files) {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isRegularFile()) {
                version.append(file.getFileName()).append(' ').append(attributes.size());
                version.append(' ')
                        .append(attributes.lastModifiedTime().toInstant())
                        .append('\n');
            }
        }
    }

    private static boolean counts(Path file) {
        String name = String.valueOf(file.getFileName());
        return !name.startsWith(".") && !name.endsWith(".md");
    }
}
