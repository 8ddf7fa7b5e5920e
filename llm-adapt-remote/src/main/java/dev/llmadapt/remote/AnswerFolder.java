package dev.llmadapt.remote;

import com.google.gson.JsonObject;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.files.AtomicFiles;
import dev.llmadapt.files.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers in a folder, by a hash of the address and the body of their request: greedy ones, and sampled ones by their
 * seed. A file that cannot be read counts as missing. Thread-safe.
 */
final class AnswerFolder {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerFolder.class);

    private final Path folder;

    /**
     * Answers in a folder, which is made.
     *
     * @throws RemoteException if it cannot be made
     */
    AnswerFolder(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new RemoteException("the folder for answers cannot be made: " + folder + ", " + e.getMessage(), 0, e);
        }
    }

    /** The key of a request. */
    static String key(String where, String path, JsonObject body) {
        return Sha256.of("answer 1\n" + where + path + "\n" + body);
    }

    Optional<Generation> find(String key) {
        Path file = file(key);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(GenerationJson.read(Files.readString(file)));
        } catch (IOException | RuntimeException e) {
            LOG.debug("{} cannot be read", file, e);
            return Optional.empty();
        }
    }

    /**
     * Keeps an answer that ended by itself or by its limit. What cannot be written is warned of: the answer is there.
     */
    void keep(String key, Generation answer) {
        if (answer.finishReason() == FinishReason.INTERRUPTED) {
            return;
        }
        Path file = file(key);
        try {
            Path parent = folder.resolve(key.substring(0, 2));
            Files.createDirectories(parent);
            Path part = parent.resolve("." + key + "." + UUID.randomUUID() + ".part"); // several may write the same one
            Files.writeString(part, GenerationJson.write(answer));
            AtomicFiles.move(part, file);
        } catch (IOException e) {
            LOG.warn("an answer cannot be kept in {}: {}", folder, e.getMessage());
        }
    }

    private Path file(String key) {
        return folder.resolve(key.substring(0, 2)).resolve(key + ".json");
    }
}
