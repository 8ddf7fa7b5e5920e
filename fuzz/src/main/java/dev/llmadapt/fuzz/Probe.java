package dev.llmadapt.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs a reader on one input. Three things may come of it: a result, the documented exception with a message, or a
 * finding, which is any other exception or more heap than the input accounts for. What hangs, dies in native code or
 * fills the memory outside of the heap is for the fuzzer's own limits to find.
 */
public final class Probe {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Class<? extends Exception> documented;
    private final long allowance;
    private final int perByte;

    /** Something to do with an input. */
    public interface Action {
        /** Does it. */
        void run() throws Exception;
    }

    /**
     * A probe.
     *
     * @param documented what the reader may throw
     * @param allowance bytes of heap that any input may cost, in all, garbage included
     * @param perByte bytes of heap that each byte of input may cost beyond that
     */
    public Probe(Class<? extends Exception> documented, long allowance, int perByte) {
        this.documented = documented;
        this.allowance = allowance;
        this.perByte = perByte;
    }

    /** Runs the action on an input of so many bytes. */
    public void run(long inputBytes, Action action) {
        long most = allowance + perByte * inputBytes;
        // A first run may load classes, which the fuzzer then rewrites on this thread.
        if (allocated(action) > most) {
            long allocated = allocated(action);
            if (allocated > most) {
                throw new AssertionError(allocated + " bytes of heap for an input of " + inputBytes + ", at most "
                        + most + " were expected");
            }
        }
    }

    private long allocated(Action action) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            action.run();
        } catch (Exception e) {
            if (!documented.isInstance(e)) {
                throw new AssertionError("not the documented " + documented.getSimpleName() + ": " + e, e);
            }
            String message = e.getMessage();
            if (message == null || message.isBlank()) {
                throw new AssertionError("no message", e);
            }
            if (message.length() > 20_000) {
                throw new AssertionError("a message of " + message.length() + " characters", e);
            }
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    /** Writes a file anew. Not over the old one: cutting what thousands of mappings still show takes milliseconds. */
    public static void write(Path file, byte[] content) throws IOException {
        Files.deleteIfExists(file);
        Files.write(file, content);
    }

    /** A new folder in memory where the system has such, so that millions of files wear no disk. */
    public static Path folder(String name) {
        try {
            Path memory = Path.of("/dev/shm");
            return Files.isDirectory(memory) && Files.isWritable(memory)
                    ? Files.createTempDirectory(memory, "fuzz-" + name + "-")
                    : Files.createTempDirectory("fuzz-" + name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
