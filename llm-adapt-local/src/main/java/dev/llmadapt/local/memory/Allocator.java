package dev.llmadapt.local.memory;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import dev.llmadapt.natives.Jna;
import java.util.Optional;

/** A source of memory by address. */
interface Allocator {
    /** Allocates memory of zeros and returns its address, or 0 if there is none. */
    long allocate(long bytes);

    /** Frees memory. */
    void free(long address);

    /** Gives memory that was freed back to the system, as far as the allocator keeps some. */
    default void trim() {}

    /**
     * {@code calloc} and {@code free}: the system hands out zeros, and takes pages for them only when they are written.
     */
    Allocator C_LIBRARY = new Allocator() {
        private final NativeLibrary library = Platform.isWindows() ? Jna.library("msvcrt") : Jna.process();
        private final Function calloc = library.getFunction("calloc");
        private final Function free = library.getFunction("free");
        private final Optional<Function> trim = glibcTrim(library);

        @Override
        public long allocate(long bytes) {
            return calloc.invokeLong(new Object[] {bytes, 1L});
        }

        @Override
        public void free(long address) {
            free.invokeVoid(new Object[] {address});
        }

        @Override
        public void trim() {
            trim.ifPresent(function -> function.invokeInt(new Object[] {0L}));
        }
    };

    /** {@code malloc_trim}, which glibc has: it keeps what was freed below something that is still in use. */
    private static Optional<Function> glibcTrim(NativeLibrary library) {
        try {
            return Optional.of(library.getFunction("malloc_trim"));
        } catch (UnsatisfiedLinkError e) {
            return Optional.empty();
        }
    }
}
