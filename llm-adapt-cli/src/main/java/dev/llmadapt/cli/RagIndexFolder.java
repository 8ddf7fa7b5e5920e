package dev.llmadapt.cli;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.Language;
import dev.llmadapt.rag.index.PassageIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * A folder with an index and, beside Lucene's files, how it was made, so that nobody has to say it again.
 *
 * @param embedder as {@code --embedder} has it
 * @param language how words are cut to stems
 */
record RagIndexFolder(String embedder, Language language) {
    /** The values of {@code --embedder}. */
    static final String EMBEDDERS = "minilm (default), bge-small (better, slower), none (words alone), or a folder that"
            + " sentence-transformers wrote, with an ONNX model";

    private static final String FILE = "llm-adapt-rag.json";
    private static final long LARGEST = 1 << 16;

    /**
     * Reads how the index in a folder was made.
     *
     * @throws InvalidInput if there is none that the command line made
     */
    static RagIndexFolder read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new InvalidInput("there is no index in " + folder + "; make one with: " + Main.NAME
                    + " rag index --index " + folder + " FOLDER");
        }
        try {
            if (Files.size(file) > LARGEST) {
                throw new InvalidInput(file + " is larger than " + LARGEST + " bytes");
            }
            RagIndexFolder read = new Gson().fromJson(Files.readString(file), RagIndexFolder.class);
            if (read == null || read.embedder() == null || read.language() == null) {
                throw new InvalidInput(file + " must name an embedder and a language");
            }
            return read;
        } catch (IOException | JsonParseException e) {
            throw new InvalidInput(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    static boolean exists(Path folder) {
        return Files.isRegularFile(folder.resolve(FILE));
    }

    void write(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve(FILE), new Gson().toJson(this) + "\n");
        } catch (IOException e) {
            throw new InvalidInput(folder + " cannot be written: " + e.getMessage(), e);
        }
    }

    Embedder openEmbedder() {
        return switch (embedder.toLowerCase(Locale.ROOT)) {
            case "minilm" -> Embedder.miniLm();
            case "bge-small" -> Embedder.bgeSmall();
            case "none" -> Embedder.none();
            default -> {
                if (!Files.isDirectory(Path.of(embedder))) {
                    throw new InvalidInput("unknown embedder '" + embedder + "', expected " + EMBEDDERS);
                }
                yield Embedder.load(Path.of(embedder));
            }
        };
    }

    PassageIndex open(Path folder, Embedder opened) {
        return PassageIndex.open(folder, opened, options());
    }

    PassageIndex openToRead(Path folder, Embedder opened) {
        return PassageIndex.openToRead(folder, opened, options());
    }

    IndexOptions options() {
        return IndexOptions.defaults().withLanguage(language);
    }

    /** The language of a name in small letters. */
    static Language language(String name) {
        return Arrays.stream(Language.values())
                .filter(each -> each.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new InvalidInput("unknown language '" + name + "', expected one of "
                        + Arrays.stream(Language.values())
                                .map(each -> each.name().toLowerCase(Locale.ROOT))
                                .toList()));
    }
}
