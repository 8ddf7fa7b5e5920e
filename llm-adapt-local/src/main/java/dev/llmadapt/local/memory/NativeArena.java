package dev.llmadapt.local.memory;

import com.sun.jna.Pointer;
import dev.llmadapt.InferenceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An arena of memory outside the heap, freed together when its owner closes it. It comes from the C library and so
 * counts neither against {@code -Xmx} nor against the limit of direct buffers ({@code MaxDirectMemorySize}), and no
 * collection is needed to free it.
 *
 * <p>A buffer must not be touched after the arena is closed: whoever hands one out hands it out for a call, or behind a
 * check of {@link #isOpen}. Thread-safe.
 */
public final class NativeArena implements AutoCloseable {
    /** The alignment of buffers: a cache line and the widest vector. */
    private static final int ALIGNMENT = 64;

    /** The most bytes of a buffer. */
    public static final long MOST_BYTES = Integer.MAX_VALUE - ALIGNMENT;

    private final Allocator allocator;
    private final List<Long> addresses = new ArrayList<>(); // guarded by this
    private final Set<MappedFile> files = new HashSet<>(); // guarded by this
    private volatile boolean open = true;

    /** Makes an arena of the C library's memory. */
    public NativeArena() {
        this(Allocator.C_LIBRARY);
    }

    /** Makes an arena of which only the pages that were written take memory, however large its buffers are. */
    public static NativeArena ofPages() {
        return new NativeArena(PageAllocator.INSTANCE);
    }

    NativeArena(Allocator allocator) {
        this.allocator = allocator;
    }

    /**
     * Allocates a buffer of zeros in native order.
     *
     * @throws InferenceException if there is no such memory, or if it is more than a buffer can hold
     * @throws IllegalStateException if the arena is closed
     */
    public ByteBuffer zeros(long bytes) {
        if (bytes < 0 || bytes > MOST_BYTES) {
            throw new InferenceException("one tensor would take " + megabytes(bytes) + " MB, the most is "
                    + megabytes(Integer.MAX_VALUE) + " MB; take shorter texts or fewer at once");
        }
        long address = allocator.allocate(bytes + ALIGNMENT);
        if (address == 0) {
            throw new InferenceException("there are no " + megabytes(bytes)
                    + " MB of memory left outside the heap; give the process more memory or a smaller heap"
                    + " (-Xmx), or let"
                    + " fewer or shorter answers run together (ModelOptions: cacheMemory, maxBatch, contextLength)");
        }
        synchronized (this) {
            if (!open) {
                allocator.free(address);
                throw new IllegalStateException("the memory is closed");
            }
            addresses.add(address);
        }
        return new Pointer(address)
                .getByteBuffer(-address & (ALIGNMENT - 1), bytes)
                .order(ByteOrder.nativeOrder());
    }

    /** Copies a buffer from its position to its limit. */
    public ByteBuffer copy(ByteBuffer bytes) {
        return zeros(bytes.remaining()).put(bytes.duplicate()).flip();
    }

    /** Copies floats. */
    public ByteBuffer copy(float[] values) {
        ByteBuffer buffer = zeros(4L * values.length);
        buffer.asFloatBuffer().put(values);
        return buffer;
    }

    /** Adds a mapped file, whose pages are released when this arena is closed. */
    public synchronized void add(MappedFile file) {
        files.add(file);
    }

    /** Whether its buffers may be used. */
    public boolean isOpen() {
        return open;
    }

    /** Frees all memory; may be called twice. */
    @Override
    public synchronized void close() {
        open = false;
        addresses.forEach(allocator::free);
        addresses.clear();
        files.forEach(MappedFile::release);
        files.clear();
    }

    /** Gives memory that was freed back to the system; takes up to a tenth of a second, so for after large work. */
    public static void trim() {
        Allocator.C_LIBRARY.trim();
    }

    /** Returns bytes as megabytes, rounded up. */
    public static long megabytes(long bytes) {
        return (bytes >> 20) + ((bytes & 0xfffff) == 0 ? 0 : 1);
    }
}
