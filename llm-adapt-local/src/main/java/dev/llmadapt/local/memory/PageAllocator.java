package dev.llmadapt.local.memory;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import dev.llmadapt.natives.Jna;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Memory of the system's own pages, each of which is taken when something is written to it, and all of which are given
 * back at once: {@code mmap} and {@code munmap} of Linux and macOS. On Linux never in huge pages, of which one is taken
 * for a few bytes.
 */
final class PageAllocator implements Allocator {
    /** That of the system; on Windows the C library's, which gives large blocks in pages of their own, too. */
    static final Allocator INSTANCE = Platform.isLinux() || Platform.isMac() ? new PageAllocator() : C_LIBRARY;

    private static final int READ_AND_WRITE = 3;
    private static final int PRIVATE = 2;
    private static final int ANONYMOUS = Platform.isMac() ? 0x1000 : 0x20;
    private static final int NO_RESERVE = Platform.isMac() ? 0x40 : 0x4000;
    private static final int NO_HUGE_PAGES = 15;
    private static final long FAILED = -1;

    private final Map<Long, Long> lengths = new ConcurrentHashMap<>();
    private final Function mmap;
    private final Function munmap;
    private final Function madvise;

    private PageAllocator() {
        NativeLibrary library = Jna.process();
        mmap = library.getFunction("mmap");
        munmap = library.getFunction("munmap");
        madvise = library.getFunction("madvise");
    }

    @Override
    public long allocate(long bytes) {
        int flags = PRIVATE | ANONYMOUS | NO_RESERVE;
        long address = mmap.invokeLong(new Object[] {0L, bytes, READ_AND_WRITE, flags, -1, 0L});
        if (address == FAILED) {
            return 0;
        }
        lengths.put(address, bytes);
        if (Platform.isLinux()) { // advice: a kernel that has no huge pages refuses it
            madvise.invokeInt(new Object[] {address, bytes, NO_HUGE_PAGES});
        }
        return address;
    }

    @Override
    public void free(long address) {
        munmap.invokeInt(new Object[] {address, Objects.requireNonNull(lengths.remove(address))});
    }
}
