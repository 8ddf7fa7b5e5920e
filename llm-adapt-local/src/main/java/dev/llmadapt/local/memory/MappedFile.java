package dev.llmadapt.local.memory;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.natives.Jna;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A region of a file, mapped into memory for reading. The pages that were read stay in this process's memory until
 * {@link #release}, which needs no collection and leaves every buffer valid: a page that is read again comes from the
 * file again. Thread-safe.
 *
 * <p>On Windows {@code release} does nothing: the system takes pages of mapped files when it wants memory.
 */
public final class MappedFile {
    private static final int MADV_DONTNEED = 4; // of Linux and macOS alike

    /** A line of {@code /proc/self/smaps} that begins a mapping: the first address, the end, the path. */
    private static final Pattern MAPPING =
            Pattern.compile("([0-9a-f]+)-([0-9a-f]+) [r-][w-][x-][ps] [0-9a-f]+ \\S+ [0-9]+ *(.*)");
    /** One of the lines after it, where none of its pages is another than in the file. */
    private static final Pattern UNCHANGED = Pattern.compile("Anonymous: +0 kB");

    private final MappedByteBuffer mapping;

    private MappedFile(MappedByteBuffer mapping) {
        this.mapping = mapping;
    }

    /**
     * Maps a region of a file.
     *
     * @throws IOException if the system refuses
     */
    public static MappedFile map(FileChannel channel, long offset, long length) throws IOException {
        return new MappedFile(channel.map(FileChannel.MapMode.READ_ONLY, offset, length));
    }

    /** Returns the bytes of the region: a read-only view with its own position. */
    public ByteBuffer bytes() {
        return mapping.duplicate();
    }

    /** Gives back the memory of the pages that were read. The file must still be as long as it was. */
    public void release() {
        if (mapping.capacity() > 0) {
            Advice.LIBRARY.ifPresent(library -> library.release(mapping));
        }
    }

    /**
     * Gives back the memory of the pages that anything in this process has mapped of the files in a folder and not
     * changed; where the system tells, which is Linux. What is read again comes from the files again.
     */
    public static void releaseAllOf(Path folder) {
        Path maps = Path.of("/proc/self/smaps");
        if (!Files.isReadable(maps) || Advice.LIBRARY.isEmpty()) {
            return;
        }
        try (BufferedReader lines = Files.newBufferedReader(maps)) {
            long first = 0;
            long end = 0; // 0 where the mapping is of another file
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher mapping = MAPPING.matcher(line);
                if (mapping.matches()) {
                    boolean ours = mapping.group(3).startsWith(folder + "/");
                    first = Long.parseUnsignedLong(mapping.group(1), 16);
                    end = ours ? Long.parseUnsignedLong(mapping.group(2), 16) : 0;
                } else if (end != 0 && UNCHANGED.matcher(line).matches()) {
                    Advice.LIBRARY.get().release(first, end - first);
                }
            }
        } catch (IOException e) {
            return; // the pages stay until the system wants them
        }
    }

    /** Advice to the system on pages, by the C library. */
    private record Advice(Function madvise, long pageSize) {
        static final Optional<Advice> LIBRARY = find();

        private static Optional<Advice> find() {
            if (Platform.isWindows()) {
                return Optional.empty();
            }
            try {
                NativeLibrary library = Jna.process();
                int pageSize = library.getFunction("getpagesize").invokeInt(new Object[0]);
                return Optional.of(new Advice(library.getFunction("madvise"), pageSize));
            } catch (LlmAdaptException | UnsatisfiedLinkError e) {
                return Optional.empty(); // the pages stay until the system wants them
            }
        }

        /** Advises from the page in which the mapping begins, where Java's own mapping begins too. */
        void release(MappedByteBuffer mapping) {
            long address = Pointer.nativeValue(Native.getDirectBufferPointer(mapping));
            long first = address & -pageSize;
            release(first, address - first + mapping.capacity());
        }

        void release(long first, long length) {
            madvise.invokeInt(new Object[] {new Pointer(first), length, MADV_DONTNEED});
        }
    }
}
