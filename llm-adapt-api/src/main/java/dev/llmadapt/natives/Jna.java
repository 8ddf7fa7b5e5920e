package dev.llmadapt.natives;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import dev.llmadapt.LlmAdaptException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * JNA, whose own library is loaded from the cache folder instead of a temporary file that each start writes anew; the
 * way to any other native library.
 */
public final class Jna {
    private static final String FOLDER = "jna.boot.library.path";

    private Jna() {}

    /**
     * Loads a library that the system's loader finds by its name.
     *
     * @throws LlmAdaptException if JNA itself cannot be loaded
     * @throws UnsatisfiedLinkError if there is no such library
     */
    public static NativeLibrary library(String name) {
        load();
        return NativeLibrary.getInstance(name);
    }

    /** The libraries that this process has loaded, among them the C library, except on Windows. */
    public static NativeLibrary process() {
        load();
        return NativeLibrary.getProcess();
    }

    /**
     * Loads JNA, if nothing has yet. Settings of the program ({@code jna.boot.library.path}, {@code jna.tmpdir}) are
     * followed.
     *
     * @throws LlmAdaptException if its library cannot be unpacked or loaded
     */
    static void load() {
        if (Boolean.getBoolean("jna.loaded")) {
            return;
        }
        try (TemporaryProperties properties = new TemporaryProperties()) {
            if (System.getProperty(FOLDER) == null && System.getProperty("jna.tmpdir") == null) {
                find().ifPresent(library -> properties
                        .with(FOLDER, library.unpacked(CacheFolders.ofProcess()).toString())
                        .with("jna.nounpack", "true"));
            }
            if (Native.POINTER_SIZE == 0) { // loads it
                throw new LlmAdaptException("JNA knows no size of pointers");
            }
        } catch (LinkageError e) {
            throw LibraryFolder.notLoaded("JNA's native library", e);
        }
    }

    private static Optional<LibraryFolder> find() {
        String file = System.mapLibraryName("jnidispatch").replace(".dylib", ".jnilib");
        ClassLoader loader = Native.class.getClassLoader();
        try {
            return LibraryFolder.Resource.find(loader, "com/sun/jna/" + Platform.RESOURCE_PREFIX + "/" + file)
                    .map(found -> new LibraryFolder("jna", Platform.RESOURCE_PREFIX, List.of(found)));
        } catch (IOException e) {
            throw new LlmAdaptException("JNA's library cannot be read from its jar: " + e.getMessage(), e);
        }
    }
}
