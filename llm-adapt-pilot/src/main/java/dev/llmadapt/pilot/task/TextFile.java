package dev.llmadapt.pilot.task;

import dev.llmadapt.text.MalformedText;
import dev.llmadapt.text.TextEncoding;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The text of a small file, with its size and encoding checked first. */
public final class TextFile {
    /** The largest file read, in bytes. */
    static final long MAX_BYTES = 64L << 20;

    private TextFile() {}

    /**
     * Reads a file of text in UTF-8, or in the encoding that its byte order mark says, which is left out.
     *
     * @throws dev.llmadapt.LlmAdaptException if it is missing, unreadable, larger than 64 MiB, blank, or no text
     *     (naming the line)
     */
    public static String read(Path file) {
        String text;
        try {
            text = TextEncoding.decode(bytes(file), null);
        } catch (MalformedText e) {
            throw new TaskFileException(file, e.line(), e.reason(), e);
        }
        if (text.isBlank()) {
            throw new TaskFileException(file, "the file is empty");
        }
        return text;
    }

    private static byte[] bytes(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw new TaskFileException(file, "expected a file, got a folder");
            }
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw new TaskFileException(
                        file,
                        "the file has " + size + " bytes, at most " + MAX_BYTES + " are read; take a sample of it");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new TaskFileException(file, "no such file", e);
        } catch (AccessDeniedException e) {
            throw new TaskFileException(file, "may not be read: access denied", e);
        } catch (IOException e) {
            throw new TaskFileException(file, "cannot be read: " + e.getMessage(), e);
        }
    }
}
