package dev.llmadapt.local.memory;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import dev.llmadapt.natives.Jna;

/** A source of memory by address. */
interface Allocator {
    /** Allocates memory of zeros and returns its address, or 0 if there is none. */
    long allocate(long bytes);

    /** Frees memory. */
    void free(long address);

    /**
     * {@code calloc} and {@code free}: the system hands out zeros, and takes pages for them only when they are written.
     */
    Allocator C_LIBRARY = new Allocator() {
        private final NativeLibrary library = Platform.isWindows() ? Jna.library("msvcrt") : Jna.process();
        private final Function calloc = library.getFunction("calloc");
        private final Function free = library.getFunction("free");

        @Override
        public long allocate(long bytes) {
            return calloc.invokeLong(new Object[] {bytes, 1L});
        }

        @Override
        public void free(long address) {
            free.invokeVoid(new Object[] {address});
        }
    };
}
