package dev.llmadapt.local.memory;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Memory of the C library of which there is only so much. */
public final class ScarceMemory implements Allocator {
    private final Map<Long, Long> taken = new HashMap<>();
    private long left;

    /** So many bytes. */
    public ScarceMemory(long bytes) {
        this.left = bytes;
    }

    /** Makes it so many bytes from now on. */
    public synchronized void leave(long bytes) {
        left = bytes;
    }

    /** An arena over it. */
    public NativeArena arena() {
        return new NativeArena(this);
    }

    /** What was taken and not given back. */
    public synchronized int blocks() {
        return taken.size();
    }

    @Override
    public synchronized long allocate(long bytes) {
        if (bytes > left) {
            return 0;
        }
        long address = C_LIBRARY.allocate(bytes);
        taken.put(address, bytes);
        left -= bytes;
        return address;
    }

    @Override
    public synchronized void free(long address) {
        left += Objects.requireNonNull(taken.remove(address));
        C_LIBRARY.free(address);
    }
}
