package dev.llmadapt.distillation;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.Request;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.Lines;
import dev.llmadapt.text.Utf8Input;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file of a teacher's answers, a JSON object a line after a first line that says what the file is. A batch is
 * appended by one write; what a killed process left half written at the end is cut off by the next one. A file that is
 * anything else is refused and left as it is.
 *
 * <p>For one thread, and one process at a time: the file is locked while it is open.
 */
final class AnswerFile implements AutoCloseable {
    private static final int MAX_LINE = 4 << 20;
    private static final int BLOCK = 1 << 16;

    private final Path file;
    private final String teacher;
    private final RandomAccessFile bytes; // a channel would be closed by an interrupt, and the answers lost
    private final Map<String, TeacherAnswer> answers = new HashMap<>();

    private AnswerFile(Path file, String teacher, RandomAccessFile bytes) {
        this.file = file;
        this.teacher = teacher;
        this.bytes = bytes;
    }

    /**
     * Opens a file, or begins it.
     *
     * @param teacher the caller's name for the teacher, a part of the key of each question
     * @throws LlmAdaptException if it is no file of answers, is broken, cannot be read or written, or is in use
     */
    static AnswerFile open(Path path, String teacher) {
        RandomAccessFile bytes = null;
        try {
            Path folder = path.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            bytes = new RandomAccessFile(path.toFile(), "rw");
            lock(path, bytes);
            AnswerFile opened = new AnswerFile(path, teacher, bytes);
            opened.begin();
            return opened;
        } catch (IOException e) {
            close(bytes, e);
            throw new LlmAdaptException("the file of answers " + path + " cannot be opened: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            close(bytes, e);
            throw e;
        }
    }

    private static void close(@Nullable RandomAccessFile bytes, Throwable trouble) {
        if (bytes != null) {
            try {
                bytes.close();
            } catch (IOException e) {
                trouble.addSuppressed(e);
            }
        }
    }

    private static void lock(Path path, RandomAccessFile bytes) throws IOException {
        try {
            FileLock lock = bytes.getChannel().tryLock(); // given back when the file is closed
            if (lock != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            // this process has it open
        }
        throw new LlmAdaptException(
                "the file of answers " + path + " is in use by another run; wait for it, or name another file");
    }

    /** Cuts off a line that was not finished and reads the others, or writes the first line of a new file. */
    private void begin() throws IOException {
        String first = firstBytes();
        String header = AnswerJson.HEADER + "\n";
        if (!header.startsWith(first)) {
            throw new LlmAdaptException(file + " is no file of a teacher's answers, or one of another version;"
                    + " expected the first line " + AnswerJson.HEADER + "; name a file that does not exist yet");
        }
        bytes.setLength(endOfLastLine());
        if (bytes.length() == 0) {
            write(header.getBytes(StandardCharsets.UTF_8));
        } else {
            read();
        }
    }

    private String firstBytes() throws IOException {
        byte[] first = new byte[(int) Math.min(bytes.length(), AnswerJson.HEADER.length() + 1L)];
        bytes.seek(0);
        bytes.readFully(first);
        return new String(first, StandardCharsets.UTF_8);
    }

    /** The number of bytes up to the last line feed, that included. */
    private long endOfLastLine() throws IOException {
        byte[] block = new byte[BLOCK];
        for (long end = bytes.length(); end > 0; end -= BLOCK) {
            long start = Math.max(0, end - BLOCK);
            int length = (int) (end - start);
            bytes.seek(start);
            bytes.readFully(block, 0, length);
            for (int i = length - 1; i >= 0; i--) {
                if (block[i] == '\n') {
                    return start + i + 1;
                }
            }
        }
        return 0;
    }

    private void read() throws IOException {
        bytes.seek(AnswerJson.HEADER.length() + 1L);
        InputStream rest = new FileInputStream(bytes.getFD()); // not closed, as that would close the file
        Lines lines = new Lines(Utf8Input.of(rest, null), MAX_LINE);
        try {
            while (lines.advance()) {
                AnswerJson.Entry entry = AnswerJson.read(lines.text());
                answers.put(entry.key(), entry.answer());
            }
        } catch (BrokenRecord e) {
            throw new LlmAdaptException(
                    file + ", line " + (lines.line() + 1) + ": " + e.reason() + "; mend or delete the line", e);
        }
    }

    /** The key of a question to one of the teachers, by its place among them. */
    String key(Model asked, int place, Request request) {
        return QuestionKey.of(teacher, asked, place, request);
    }

    /** The answer to a question, if it is known. */
    Optional<TeacherAnswer> find(String key) {
        return Optional.ofNullable(answers.get(key));
    }

    /** Adds answers, which are on the disk when this returns. */
    void add(List<AnswerJson.Entry> entries) {
        StringBuilder lines = new StringBuilder();
        for (AnswerJson.Entry entry : entries) {
            lines.append(AnswerJson.write(entry)).append('\n');
            answers.put(entry.key(), entry.answer());
        }
        try {
            write(lines.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new LlmAdaptException(
                    "the teacher's answers cannot be written to " + file + ": " + e.getMessage(), e);
        }
    }

    private void write(byte[] added) throws IOException {
        bytes.seek(bytes.length());
        bytes.write(added);
        bytes.getFD().sync();
    }

    @Override
    public void close() {
        try {
            bytes.close();
        } catch (IOException e) {
            throw new LlmAdaptException("the file of answers " + file + " cannot be closed: " + e.getMessage(), e);
        }
    }
}
