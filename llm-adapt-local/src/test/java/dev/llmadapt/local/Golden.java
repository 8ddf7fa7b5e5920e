package dev.llmadapt.local;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The tiny checkpoints of {@code src/test/golden/make_tiny_llama.py} and what transformers computed with them. */
public record Golden(List<Case> cases) {
    /**
     * A prompt and what follows from it.
     *
     * @param prompt token ids
     * @param greedy the ids of the greedy continuation
     * @param logits by position, those of every token
     */
    public record Case(int[] prompt, int[] greedy, Map<Integer, float[]> logits) {
        /** The logits at a position that has them. */
        public float[] logitsAt(int position) {
            return Objects.requireNonNull(logits.get(position), () -> "no logits at " + position);
        }
    }

    /** The folder of a checkpoint. */
    public static Path folder(String name) {
        return TestResources.path(Golden.class, "golden/" + name);
    }

    /** What transformers computed with it. */
    public static Golden read(String name) throws IOException {
        return new Gson().fromJson(Files.readString(folder(name).resolve("golden.json")), Golden.class);
    }
}
