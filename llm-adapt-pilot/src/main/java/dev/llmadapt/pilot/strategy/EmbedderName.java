package dev.llmadapt.pilot.strategy;

import dev.llmadapt.rag.embedding.Embedder;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The name of an embedder, as strategies are written with it.
 *
 * @param name {@value #MINILM}, {@value #BGE_SMALL}, or the folder of a sentence-transformers model
 */
record EmbedderName(String name) {
    static final String MINILM = "minilm";
    static final String BGE_SMALL = "bge-small";

    /** Refuses a name that is neither known nor a folder; nothing is opened. */
    EmbedderName {
        if (!name.equals(MINILM) && !name.equals(BGE_SMALL) && folder(name).isEmpty()) {
            throw new IllegalArgumentException("unknown embedder '" + name + "', expected " + MINILM + ", " + BGE_SMALL
                    + " or the folder of a sentence-transformers model with an ONNX file");
        }
    }

    private static Optional<Path> folder(String name) {
        try {
            return Optional.of(Path.of(name)).filter(Files::isDirectory);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Opens the embedder, which the caller closes. */
    Embedder open() {
        return switch (name) {
            case MINILM -> Embedder.miniLm();
            case BGE_SMALL -> Embedder.bgeSmall();
            default -> Embedder.load(Path.of(name));
        };
    }
}
