package dev.llmadapt.local.memory;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.natives.Jna;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/**
 * A region of a file, mapped into memory for reading. The pages that were read stay in this process's memory until
 * {@link #release}, which needs no collection and leaves every buffer valid: a page that is read again comes from the
 * file again. Thread-safe.
 *
 * <p>On Windows {@code release} does nothing: the system takes pages of mapped files when it wants memory.
 */
public final class MappedFile {
    private static final int MADV_DONTNEED = 4; // of Linux and macOS alike

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
            long length = address - first + mapping.capacity();
            madvise.invokeInt(new Object[] {new Pointer(first), length, MADV_DONTNEED});
        }
    }
}
