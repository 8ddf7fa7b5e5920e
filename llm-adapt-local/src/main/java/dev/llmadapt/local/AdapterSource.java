package dev.llmadapt.local;

import dev.llmadapt.AdapterException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.BiFunction;

/**
 * Where an adapter is stored, from which an {@link AdapterPool} reads it as often as it needs it. Thread-safe.
 *
 * <p>For folders of Hugging Face PEFT: {@code AdapterSource.folder(folder, PeftAdapter::read)}, with llm-adapt-peft.
 */
@FunctionalInterface
public interface AdapterSource {
    /**
     * Reads the adapter. Called on the thread of the request that needs it, whose interrupt may end the reading.
     *
     * @param name the name that it is registered under
     * @throws AdapterException if it cannot be read
     */
    LocalAdapter read(String name);

    /**
     * Returns a text that is another one when what is stored is another; a pool refuses an adapter whose version is not
     * the one that it was registered with. Without an override the empty text, and changes are not noticed.
     *
     * @param name as {@link #read} gets it
     * @throws AdapterException if there is nothing stored any more
     */
    default String version(String name) {
        return "";
    }

    /**
     * An adapter in a folder. Its version is the names, sizes and times of change of the files in the folder, and of
     * those in a sub-folder of the adapter's name if there is one; hidden files and {@code *.md} do not count.
     *
     * @param folder must stay as it is while the adapter is registered
     * @param reader reads the adapter from the folder, under a name
     */
    static AdapterSource folder(Path folder, BiFunction<Path, String, ? extends LocalAdapter> reader) {
        Objects.requireNonNull(reader, "reader must not be null");
        return new FolderSource(folder, reader);
    }
}
