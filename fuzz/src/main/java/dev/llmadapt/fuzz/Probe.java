package dev.llmadapt.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A check of a reader on one input. The outcome is a result, the documented exception with a message, or a finding,
 * which is any other exception or more heap than the input justifies. The fuzzer's own limits find inputs that hang,
 * crash native code or fill the memory outside the heap.
 */
public final class Probe {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Class<? extends Exception> documented;
    private final long allowance;
    private final int perByte;

    /** An action on an input. */
    public interface Action {
        /** Runs the action. */
        void run() throws Exception;
    }

    /**
     * A probe.
     *
     * @param documented the exception that the reader may throw
     * @param allowance the bytes of heap that any input may cost in total, garbage included
     * @param perByte the bytes of heap that each byte of input may cost in addition
     */
    public Probe(Class<? extends Exception> documented, long allowance, int perByte) {
        this.documented = documented;
        this.allowance = allowance;
        this.perByte = perByte;
    }

    /** Runs the action on an input of this number of bytes. */
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

    /**
     * Writes a new file in place of the old one, as truncating a file that has thousands of mappings takes
     * milliseconds.
     */
    public static void write(Path file, byte[] content) throws IOException {
        Files.deleteIfExists(file);
        Files.write(file, content);
    }

    /** Creates a folder, in memory where the system allows it, so that millions of files do not wear a disk. */
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
