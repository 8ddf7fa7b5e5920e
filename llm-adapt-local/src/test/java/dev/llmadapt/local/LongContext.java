package dev.llmadapt.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A tiny checkpoint made for long contexts, whose cache is large for its weights: 256 bytes a token. */
public final class LongContext {
    /** The most tokens of a text. */
    public static final int TOKENS = 32_768;
    /** Bytes of a token's keys and values: 2 layers, 1 head, 16 numbers of 32 bits. */
    public static final int TOKEN_BYTES = 2 * 2 * 16 * 4;

    private LongContext() {}

    /** Writes it into a folder. */
    public static Path in(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Golden.folder("tiny-ascii"))) {
            for (Path file : files) {
                Path copy = folder.resolve(file.getFileName().toString());
                if (file.endsWith("config.json")) {
                    String config = Files.readString(file)
                            .replaceAll("\"max_position_embeddings\": \\d+", "\"max_position_embeddings\": " + TOKENS);
                    Files.writeString(copy, config);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
        return folder;
    }
}
