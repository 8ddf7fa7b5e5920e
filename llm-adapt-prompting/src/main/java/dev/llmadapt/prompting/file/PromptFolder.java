package dev.llmadapt.prompting.file;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder that a prompt lies in, from which nothing outside of it is read. */
record PromptFolder(Path folder) {
    private static final int MOST_BYTES = 1 << 18;

    /** The text of a file, with lines that end by a line feed. */
    String text(String fileName) {
        Path file = folder.resolve(fileName);
        try {
            if (!Files.isRegularFile(file)) {
                throw new PromptFileException(file + " is not there, or is no file");
            }
            if (!file.toRealPath().startsWith(folder.toRealPath())) {
                throw new PromptFileException(file + " leads out of its folder");
            }
            if (Files.size(file) > MOST_BYTES) {
                throw new PromptFileException(
                        file + " has " + Files.size(file) + " bytes, a prompt at most " + MOST_BYTES);
            }
            String text = Files.readString(file);
            return (text.startsWith("\uFEFF") ? text.substring(1) : text)
                    .replace("\r\n", "\n")
                    .replace('\r', '\n');
        } catch (MalformedInputException e) {
            throw new PromptFileException(file + " is not text in UTF-8", e);
        } catch (IOException e) {
            throw new PromptFileException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The text of a partial. */
    String partial(String name) {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw new IllegalArgumentException("'" + name + "' cannot name a partial: it has letters, digits, '-', '_'"
                    + " and '.', and lies in the folder of the prompt, as _NAME" + PromptFile.ENDING);
        }
        String file = "_" + name + PromptFile.ENDING;
        if (!Files.isRegularFile(folder.resolve(file))) {
            throw new IllegalArgumentException("no partial '" + name + "', expected the file " + folder.resolve(file));
        }
        String text = text(file);
        if (text.startsWith("---\n")) {
            throw new IllegalArgumentException("the partial '" + name
                    + "' has front matter; it is text alone, and the prompt declares the inputs");
        }
        return text;
    }
}
