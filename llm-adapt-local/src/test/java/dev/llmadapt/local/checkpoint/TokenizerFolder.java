package dev.llmadapt.local.checkpoint;

import java.nio.file.Path;

/** The tokenizer of a folder that has no model, for tests of other packages. */
public final class TokenizerFolder {
    private TokenizerFolder() {}

    /** Reads it. */
    public static TokenizerFiles read(Path folder) {
        return TokenizerJson.read(folder);
    }
}
