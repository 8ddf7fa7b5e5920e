package dev.llmadapt.benchmarks.peers;

import dev.llmadapt.peft.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A language model that is open in an engine, and the work on which engines are compared. All answer greedily, on
 * {@value #THREADS} threads. Not thread-safe.
 */
interface Engine extends AutoCloseable {
    /** Threads of every engine. */
    int THREADS = 2;

    /** The ids of a text in which nothing is special. */
    int[] encode(String text);

    /**
     * Reads a prompt and gives the first token of its answer.
     *
     * @param prompt a conversation in ChatML that shares none of its user's words with one before
     */
    void read(String prompt);

    /**
     * Answers prompts together, each with exactly so many tokens, whatever the model says. Prompts that were answered
     * before need not be read again.
     *
     * @param prompts one for each text that runs together
     */
    void answer(String[] prompts, int tokens);

    @Override
    void close();

    /** The engines, as a benchmark names them. */
    enum Kind {
        /** This library, the weights as they are stored. */
        LLM_ADAPT,
        /** This library, the weights rounded to 8 bits where the file has an offset a block. */
        LLM_ADAPT_INT8,
        /** llama.cpp in {@code de.kherud:llama}. */
        KHERUD,
        /** {@code com.github.tjake:jlama-core} with its native products, the weights in its own 4-bit blocks. */
        JLAMA;

        /**
         * Opens the model.
         *
         * @param gguf the file
         * @param folder the same weights as {@link JlamaModel#main} wrote them; used by {@link #JLAMA} alone
         * @param texts the most texts that will run together
         */
        Engine open(Path gguf, Path folder, int texts) throws IOException {
            return switch (this) {
                case LLM_ADAPT -> AdaptEngine.open(gguf, Precision.AS_STORED, texts);
                case LLM_ADAPT_INT8 -> AdaptEngine.open(gguf, Precision.INT8, texts);
                case KHERUD -> new KherudEngine(gguf, texts);
                case JLAMA -> new JlamaEngine(folder);
            };
        }

        static Kind of(String name) {
            return Arrays.stream(values())
                    .filter(kind -> kind.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "no engine '" + name + "', expected one of " + Arrays.toString(values())));
        }
    }
}
