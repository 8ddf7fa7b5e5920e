package dev.llmadapt.pilot.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The text of a small file, with its size and encoding checked first. */
public final class TextFile {
    /** The largest file read, in bytes. */
    static final long MAX_BYTES = 64L << 20;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private TextFile() {}

    /**
     * Reads a file of UTF-8 text; a byte order mark is left out.
     *
     * @throws TaskFileException if it is missing, unreadable, larger than 64 MiB, blank, or not UTF-8 (naming the line)
     */
    public static String read(Path file) {
        byte[] bytes = bytes(file);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            int at = in.position();
            String found = String.format("0x%02X", bytes[at] & 0xFF);
            throw new TaskFileException(
                    file,
                    lineOf(bytes, at),
                    "not UTF-8, got byte " + found + " at offset " + at + "; save the file as UTF-8");
        }
        String text = out.flip().toString();
        if (!text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
            text = text.substring(1);
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

    private static long lineOf(byte[] bytes, int offset) {
        long line = 1;
        for (int i = 0; i < offset; i++) {
            if (bytes[i] == '\n') {
                line++;
            }
        }
        return line;
    }
}
