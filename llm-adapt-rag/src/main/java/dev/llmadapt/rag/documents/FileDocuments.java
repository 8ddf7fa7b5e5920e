package dev.llmadapt.rag.documents;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * {@link DocumentSource#files}. A file whose parser throws is broken, and the other files are read.
 *
 * @param root a file or a folder
 */
record FileDocuments(Path root) implements DocumentSource {
    @Override
    public void read(Consumer<Document> documents, Consumer<Broken> broken) {
        for (Path file : files()) {
            Optional<FileForm> form = FileForm.ofName(file.toString());
            if (form.isEmpty()) {
                continue;
            }
            FileForm.Raw raw;
            try {
                Instant time = Files.getLastModifiedTime(file).toInstant();
                raw = new FileForm.Raw(file, id(file), file.toString(), time, null);
            } catch (IOException e) {
                broken.accept(new Broken(file.toString(), FileForm.reason(e)));
                continue;
            }
            form.get().read(raw, documents, broken);
        }
    }

    @Override
    public Map<String, Integer> passedOver() {
        Map<String, Integer> endings = new TreeMap<>();
        for (Path file : files()) {
            if (FileForm.ofName(file.toString()).isEmpty()) {
                String ending = FileForm.ending(file.toString());
                endings.merge(ending.isEmpty() ? "no ending" : "." + ending, 1, Integer::sum);
            }
        }
        return endings;
    }

    private List<Path> files() {
        if (Files.isRegularFile(root)) {
            return List.of(root);
        }
        if (!Files.isDirectory(root)) {
            throw new DocumentException("there is no file or folder " + root, null);
        }
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !Files.isSymbolicLink(file))
                    .filter(file -> {
                        for (Path part : root.relativize(file)) {
                            if (part.toString().startsWith(".")) {
                                return false;
                            }
                        }
                        return true;
                    })
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new DocumentException(root + " cannot be read: " + e.getMessage(), e);
        }
    }

    private String id(Path file) {
        Path within = file.equals(root) ? Objects.requireNonNullElse(file.getFileName(), file) : root.relativize(file);
        return within.toString().replace('\\', '/');
    }
}
