package dev.llmadapt.cli;

import dev.llmadapt.files.AtomicFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The part of a file of answers that is written so far, {@code NAME.part} beside it: a line that tells its run from
 * others, then what the file will hold. A run that was killed goes on where it was; what it left half written at the
 * end is cut off. For one thread, and one process at a time: the file is locked while it is open.
 */
final class AnswerPart implements AutoCloseable {
    private static final int BLOCK = 1 << 16;

    private final Path target;
    private final Path file;
    private final byte[] first;
    private final byte[] head;
    private final boolean quotedBreaks;
    private final RandomAccessFile bytes; // a channel would be closed by an interrupt

    private AnswerPart(
            Path target, Path file, byte[] first, byte[] head, boolean quotedBreaks, RandomAccessFile bytes) {
        this.target = target;
        this.file = file;
        this.first = first;
        this.head = head;
        this.quotedBreaks = quotedBreaks;
        this.bytes = bytes;
    }

    /**
     * Opens the part of a file, or begins it.
     *
     * @param target the file that is to be
     * @param run tells the run from others, one line
     * @param header the beginning of the target, with its line breaks; may be empty
     * @param quotedBreaks whether a line break within quotes is part of a row, as in a CSV
     * @param anew whether the part of another run is thrown away
     * @throws InvalidInput if it is of another run, in use, or cannot be read or written
     */
    static AnswerPart open(Path target, String run, String header, boolean quotedBreaks, boolean anew) {
        Path file = target.resolveSibling(target.getFileName() + ".part");
        byte[] first = ("llm-adapt answer " + run + "\n").getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.writeBytes(first);
        head.writeBytes(header.getBytes(StandardCharsets.UTF_8));
        try {
            RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw");
            try {
                AnswerPart part = new AnswerPart(target, file, first, head.toByteArray(), quotedBreaks, bytes);
                part.begin(anew);
                return part;
            } catch (IOException | RuntimeException e) {
                bytes.close();
                throw e;
            }
        } catch (IOException e) {
            throw trouble(file, e);
        }
    }

    private void begin(boolean anew) throws IOException {
        boolean locked;
        try {
            locked = bytes.getChannel().tryLock() != null; // given back when the file is closed
        } catch (OverlappingFileLockException e) {
            locked = false;
        }
        if (!locked) {
            throw new InvalidInput(file + " is in use by another run; wait for it, or choose another --out");
        }
        byte[] found = new byte[(int) Math.min(head.length, bytes.length())];
        bytes.readFully(found);
        boolean ours = new String(head, StandardCharsets.ISO_8859_1)
                .startsWith(new String(found, StandardCharsets.ISO_8859_1));
        if (!ours && !anew) {
            throw new InvalidInput(file + " is of a run with another input, strategy, model or other options; delete it"
                    + " or give --force to begin anew");
        }
        if (!ours || found.length < head.length) {
            bytes.setLength(0);
            bytes.write(head);
        }
    }

    /**
     * Cuts off what is no whole number of batches.
     *
     * @param batch rows in a batch
     * @param rows all rows there will be; a last batch with fewer is whole
     * @return the rows that stay
     */
    int keep(int batch, int rows) {
        try {
            List<Long> ends = new ArrayList<>();
            scan(line -> {}, ends);
            int keep = ends.size() == rows ? rows : ends.size() / batch * batch;
            bytes.setLength(keep == 0 ? head.length : ends.get(keep - 1));
            return keep;
        } catch (IOException e) {
            throw trouble(file, e);
        }
    }

    /** Adds lines, without their line breaks; they are in the file when this returns. */
    void add(List<String> lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line).append('\n'));
        try {
            bytes.seek(bytes.length());
            bytes.write(text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw trouble(file, e);
        }
    }

    /** Shows all rows that are there, without their line breaks. */
    void forEach(Consumer<String> line) {
        try {
            scan(line, new ArrayList<>());
        } catch (IOException e) {
            throw trouble(file, e);
        }
    }

    /** Reads the whole records; in a CSV a line break within quotes is none, and quotes within quotes stand twice. */
    private void scan(Consumer<String> line, List<Long> ends) throws IOException {
        byte[] block = new byte[BLOCK];
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        boolean quoted = false;
        long at = head.length;
        bytes.seek(at);
        for (int n = bytes.read(block); n > 0; n = bytes.read(block)) {
            for (int i = 0; i < n; i++) {
                at++;
                quoted ^= quotedBreaks && block[i] == '"';
                if (block[i] != '\n' || quoted) {
                    record.write(block[i]);
                    continue;
                }
                line.accept(record.toString(StandardCharsets.UTF_8));
                ends.add(at);
                record.reset();
            }
        }
    }

    /** Moves what is written to its place, where it is seen as a whole, and removes the part. */
    void finish() {
        Path whole = target.resolveSibling("." + target.getFileName() + ".whole");
        try {
            bytes.getFD().sync();
            bytes.close();
            try (InputStream in = Files.newInputStream(file)) {
                in.skipNBytes(first.length);
                Files.copy(in, whole, StandardCopyOption.REPLACE_EXISTING);
            }
            AtomicFiles.move(whole, target);
            Files.delete(file);
        } catch (IOException e) {
            throw trouble(file, e);
        }
    }

    private static InvalidInput trouble(Path file, IOException e) {
        return new InvalidInput(file + " cannot be written: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        try {
            bytes.close();
        } catch (IOException e) {
            throw trouble(file, e);
        }
    }
}
