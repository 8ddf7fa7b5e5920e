package dev.llmadapt.local.checkpoint;

import dev.llmadapt.CheckpointException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The families of which graphs are made, for messages: one whose settings have other names is told apart here, before
 * it comes to making a graph.
 */
public final class KnownFamilies {
    /** By the {@code model_type} of {@code config.json} or a GGUF file's architecture, sorted. */
    public static final List<String> NAMES =
            List.of("gemma2", "gemma3", "gemma3_text", "gpt2", "llama", "mistral", "phi3", "qwen2", "qwen3");

    private KnownFamilies() {}

    /**
     * Of a family that is none of them.
     *
     * @param where what was opened
     * @param type the family
     * @param cause what else was found wrong, or null
     */
    public static CheckpointException unknown(Object where, String type, @Nullable Throwable cause) {
        String message = where + ": model_type is '" + type + "', expected one of " + NAMES;
        return cause == null ? new CheckpointException(message) : new CheckpointException(message, cause);
    }
}
