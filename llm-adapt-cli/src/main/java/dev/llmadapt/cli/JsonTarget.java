package dev.llmadapt.cli;

import dev.llmadapt.files.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that is either the old one or the whole new one. Opening it proves that it can be written, before the work
 * whose result it is for; closing it without a text leaves nothing behind.
 */
final class JsonTarget implements AutoCloseable {
    private final String option;
    private final Path target;
    private final Path temporary;

    /**
     * The target of {@code --json}, proven to be writable.
     *
     * @throws InvalidInput if the folder is missing or may not be written, or the target is a folder
     */
    JsonTarget(Path file) {
        this("--json", file);
    }

    /**
     * The target of an option, proven to be writable.
     *
     * @throws InvalidInput if the folder is missing or may not be written, or the target is a folder
     */
    JsonTarget(String option, Path file) {
        this.option = option;
        target = file.toAbsolutePath();
        Path folder = target.getParent();
        if (Files.isDirectory(target)) {
            throw new InvalidInput(option + " expects a file, got the folder " + file);
        }
        if (folder == null || !Files.isDirectory(folder)) {
            throw new InvalidInput(option + " " + file + ": the folder " + folder + " does not exist; create it first");
        }
        if (Files.exists(target) && !Files.isWritable(target)) {
            throw new InvalidInput(option + " " + file + " may not be written");
        }
        try {
            temporary = AtomicFiles.createPart(target);
        } catch (IOException e) {
            throw new InvalidInput(option + " " + file + " cannot be written: " + e.getMessage(), e);
        }
    }

    void write(String text) {
        try {
            Files.writeString(temporary, text);
            AtomicFiles.move(temporary, target);
        } catch (IOException e) {
            throw new InvalidInput(option + " " + target + " cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            // A small temporary file that stays is no reason to hide what happened before.
            org.slf4j.LoggerFactory.getLogger(JsonTarget.class).debug("could not delete {}", temporary, e);
        }
    }
}
