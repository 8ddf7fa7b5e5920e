package dev.llmadapt.server.catalog;

import dev.llmadapt.local.LocalAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The folder whose adapters may be loaded by requests while a server runs. Nothing outside it is read.
 *
 * @param root the folder
 * @param loader reads an adapter
 */
public record AdapterFolder(Path root, AdapterLoader loader) {
    /** A reader of adapters in one form, such as that of Hugging Face PEFT. */
    @FunctionalInterface
    public interface AdapterLoader {
        /**
         * Reads an adapter.
         *
         * @param folder inside the root
         * @param name the name that it gets
         * @throws dev.llmadapt.LlmAdaptException if it cannot be read
         */
        LocalAdapter load(Path folder, String name);
    }

    /** Refuses a root that is no folder, and takes its real path. */
    public AdapterFolder {
        Objects.requireNonNull(loader, "loader must not be null");
        try {
            root = root.toRealPath();
        } catch (IOException e) {
            throw new IllegalArgumentException("the folder of adapters " + root + " cannot be read: " + e, e);
        }
        if (!Files.isDirectory(root)) {
            throw new IllegalArgumentException("the folder of adapters " + root + " is no folder");
        }
    }

    /**
     * Finds the folder of an adapter.
     *
     * @param path relative to the root, or absolute
     * @throws IllegalArgumentException if there is no folder of that path inside the root, also where a link leads out
     *     of it; the message is the same in all of these cases, so that it tells nothing about what is outside
     */
    public Path find(String path) {
        try {
            Path found = root.resolve(path).toRealPath();
            if (found.startsWith(root) && !found.equals(root) && Files.isDirectory(found)) {
                return found;
            }
        } catch (IOException | InvalidPathException | SecurityException e) {
            // told below
        }
        throw new IllegalArgumentException("there is no folder '" + path + "' inside the folder of adapters");
    }
}
