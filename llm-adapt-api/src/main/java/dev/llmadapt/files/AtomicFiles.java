package dev.llmadapt.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** Atomic writes: other processes see a file or folder complete or not at all. */
public final class AtomicFiles {
    private AtomicFiles() {}

    /**
     * Moves a finished file or folder to its place, atomically where the file system supports that. Replaces an
     * existing file.
     */
    public static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /**
     * Creates an empty file {@code .NAME.UUID.part} beside a file, to be filled and then {@linkplain #move moved} to
     * its place. Others may read it as they may read any new file of this user, unlike the files of
     * {@link Files#createTempFile}. It is always a new file: a file or link of that name is never opened.
     *
     * @param file the file's place, in a folder that exists
     */
    public static Path createPart(Path file) throws IOException {
        return Files.createFile(file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".part"));
    }

    /** Writes a small file under a temporary name beside its place, then moves it there. */
    public static void write(Path file, byte[] bytes) throws IOException {
        Path part = createPart(file);
        try {
            Files.write(part, bytes);
            move(part, file);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Writes a small text in UTF-8 under a temporary name beside its place, then moves it there. */
    public static void write(Path file, String text) throws IOException {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }
}
