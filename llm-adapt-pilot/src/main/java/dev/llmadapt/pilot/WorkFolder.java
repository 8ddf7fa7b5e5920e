package dev.llmadapt.pilot;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.files.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The folder of a run's journal and of what it trained: the caller's, or a temporary one that is removed.
 *
 * @param path the folder; null where nobody asks for one
 * @param temporary whether closing removes it
 */
record WorkFolder(@Nullable Path path, boolean temporary) implements AutoCloseable {
    static WorkFolder open(Optional<Path> asked, boolean keeps) {
        try {
            if (asked.isPresent()) {
                return new WorkFolder(Files.createDirectories(asked.get()), false);
            }
            return new WorkFolder(keeps ? Files.createTempDirectory("llm-adapt-pilot") : null, true);
        } catch (IOException e) {
            throw new LlmAdaptException("the pilot's folder cannot be made: " + e.getMessage(), e);
        }
    }

    /** The folder, or an unused path where nothing is kept. */
    Path folder() {
        return path == null ? Path.of("") : path;
    }

    @Override
    public void close() {
        if (temporary && path != null) {
            try {
                FolderTree.delete(path);
            } catch (IOException e) {
                LoggerFactory.getLogger(WorkFolder.class).warn("could not delete {}", path, e);
            }
        }
    }
}
