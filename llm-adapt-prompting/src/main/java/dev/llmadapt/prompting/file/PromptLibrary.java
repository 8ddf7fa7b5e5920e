package dev.llmadapt.prompting.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder of prompt files, all read when it is opened; folders in it are not. Immutable and thread-safe: a change of
 * the files is seen by opening it again.
 */
public final class PromptLibrary {
    private final Path folder;
    private final SortedMap<String, PromptFile> prompts;

    private PromptLibrary(Path folder, SortedMap<String, PromptFile> prompts) {
        this.folder = folder;
        this.prompts = Collections.unmodifiableSortedMap(prompts);
    }

    /**
     * Reads all prompts of a folder.
     *
     * @throws PromptFileException if one of them cannot be used, two have one name, or there is none
     */
    public static PromptLibrary open(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new PromptFileException(folder + " is no folder of prompts");
        }
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            all.filter(file -> file.getFileName().toString().endsWith(PromptFile.ENDING))
                    .filter(file -> !file.getFileName().toString().startsWith("_"))
                    .sorted()
                    .forEach(files::add);
        } catch (IOException e) {
            throw new PromptFileException(folder + " cannot be read: " + e.getMessage(), e);
        }
        if (files.isEmpty()) {
            throw new PromptFileException(folder + " has no prompt, no file NAME" + PromptFile.ENDING);
        }
        SortedMap<String, PromptFile> prompts = new TreeMap<>();
        for (Path file : files) {
            PromptFile prompt = PromptFile.read(file);
            if (prompts.put(prompt.name(), prompt) != null) {
                throw new PromptFileException(folder + " has two prompts named '" + prompt.name() + "', one of them in "
                        + file.getFileName());
            }
        }
        return new PromptLibrary(folder, prompts);
    }

    /** The prompts by name. */
    public SortedMap<String, PromptFile> prompts() {
        return prompts;
    }

    /**
     * The prompt of a name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public PromptFile get(String name) {
        PromptFile prompt = prompts.get(name);
        if (prompt == null) {
            throw new IllegalArgumentException(
                    "no prompt '" + name + "' in " + folder + ", there are " + prompts.keySet());
        }
        return prompt;
    }
}
