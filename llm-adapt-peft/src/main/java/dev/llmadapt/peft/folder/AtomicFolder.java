package dev.llmadapt.peft.folder;

import dev.llmadapt.AdapterException;
import dev.llmadapt.files.AtomicFiles;
import dev.llmadapt.files.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;

/** Writes a folder of files so that nobody ever sees half of it. */
public final class AtomicFolder {
    private AtomicFolder() {}

    /** Fills a folder. */
    @FunctionalInterface
    public interface Content {
        void writeTo(Path folder) throws IOException;
    }

    /**
     * Fills a folder beside {@code folder}, then moves it there.
     *
     * @param folder must not exist or be empty; missing parents are created
     * @throws AdapterException if it holds something, or writing fails; nothing is left behind
     */
    public static void write(Path folder, Content content) {
        Path target = folder.toAbsolutePath().normalize();
        Path parent = target.getParent();
        if (parent == null) {
            throw new AdapterException(folder + " cannot be written: it is the root of a file system");
        }
        Path draft = parent.resolve("." + target.getFileName() + "." + UUID.randomUUID());
        try {
            requireFree(target);
            Files.createDirectories(parent);
            Files.createDirectory(draft);
            content.writeTo(draft);
            requireFree(target);
            Files.deleteIfExists(target); // an empty folder, which not every system replaces
            AtomicFiles.move(draft, target);
        } catch (IOException e) {
            AdapterException failure = new AdapterException("cannot write " + folder + ": " + e, e);
            delete(draft, failure);
            throw failure;
        } catch (RuntimeException | Error e) {
            delete(draft, e);
            throw e;
        }
    }

    private static void requireFree(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new AdapterException(folder + " exists and is no folder; choose another place");
        }
        try (Stream<Path> entries = Files.list(folder)) {
            if (entries.findAny().isPresent()) {
                throw new AdapterException(folder + " exists and is not empty; delete it or choose another place");
            }
        }
    }

    private static void delete(Path draft, Throwable failure) {
        try {
            FolderTree.delete(draft);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
