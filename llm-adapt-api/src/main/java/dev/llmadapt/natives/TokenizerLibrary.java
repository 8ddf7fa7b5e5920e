package dev.llmadapt.natives;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import dev.llmadapt.LlmAdaptException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The library behind DJL's tokenizers, which is loaded from our cache folder where DJL would unpack it into
 * {@code ~/.djl.ai}, or download one for CUDA: a local model opens no socket.
 */
public final class TokenizerLibrary {
    private static final String LIBRARY_PATH = "RUST_LIBRARY_PATH";
    private static final String FLAVOR = "RUST_FLAVOR";
    /** The settings by which a program names the library's place itself; they are followed. */
    private static final List<String> SETTINGS = List.of(LIBRARY_PATH, FLAVOR, "ENGINE_CACHE_DIR", "DJL_CACHE_DIR");

    private static boolean loaded;

    private TokenizerLibrary() {}

    /**
     * Loads the library unless it is loaded already. Call it before the first use of DJL's tokenizers. Thread-safe.
     *
     * @throws LlmAdaptException if it cannot be unpacked or loaded
     */
    public static synchronized void load() {
        if (loaded) {
            return;
        }
        Jna.load(); // DJL looks for a GPU with it
        try (TemporaryProperties properties = new TemporaryProperties()) {
            if (SETTINGS.stream().allMatch(name -> setting(name) == null)) {
                Optional<LibraryFolder> library = find();
                if (library.isPresent()) {
                    Path folder = library.get().unpacked(CacheFolders.ofProcess());
                    properties.with(LIBRARY_PATH, folder.resolve(main()).toString());
                } else {
                    properties.with(FLAVOR, "cpu");
                }
            } else if (setting(FLAVOR) == null) {
                properties.with(FLAVOR, "cpu");
            }
            LibUtils.checkStatus();
            loaded = true;
        } catch (RuntimeException | LinkageError e) {
            if (e instanceof LlmAdaptException refused) {
                throw refused;
            }
            throw LibraryFolder.notLoaded("the tokenizers' native library", e);
        }
    }

    private static @Nullable String setting(String name) {
        String variable = System.getenv(name);
        return variable == null ? System.getProperty(name) : variable;
    }

    private static String main() {
        return System.mapLibraryName("tokenizers");
    }

    private static Optional<LibraryFolder> find() {
        Optional<String> platform = LibraryFolder.platform("x86_64");
        if (platform.isEmpty()) {
            return Optional.empty();
        }
        List<String> names = platform.get().startsWith("win")
                ? List.of(main(), "libwinpthread-1.dll", "libgcc_s_seh-1.dll", "libstdc++-6.dll")
                : List.of(main());
        List<LibraryFolder.Resource> files = new ArrayList<>();
        try {
            for (String name : names) {
                LibraryFolder.Resource.find(
                                LibUtils.class.getClassLoader(), "native/lib/" + platform.get() + "/cpu/" + name)
                        .ifPresent(files::add);
            }
        } catch (IOException e) {
            throw new LlmAdaptException("the tokenizers' library cannot be read from its jar: " + e.getMessage(), e);
        }
        return files.size() == names.size()
                ? Optional.of(new LibraryFolder("tokenizers", platform.get(), files))
                : Optional.empty();
    }
}
