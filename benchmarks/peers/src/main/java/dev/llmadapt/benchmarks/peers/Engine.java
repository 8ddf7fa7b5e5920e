package dev.llmadapt.benchmarks.peers;

import dev.llmadapt.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * An open language model in an engine, with the work by which engines are compared. All answer greedily, on
 * {@value #THREADS} threads. Not thread-safe.
 */
interface Engine extends AutoCloseable {
    /** The number of threads of every engine. */
    int THREADS = 2;

    /** Encodes a text without special tokens. */
    int[] encode(String text);

    /**
     * Reads a prompt and computes the first token of its answer.
     *
     * @param prompt a conversation in ChatML that shares none of its user's words with one before
     */
    void read(String prompt);

    /**
     * Answers prompts as a batch, each with exactly this number of tokens. Prompts that were answered before need not
     * be read again.
     *
     * @param prompts one for each sequence of the batch
     * @param tokens the number of tokens of each answer
     */
    void answer(String[] prompts, int tokens);

    @Override
    void close();

    /** An engine, by its name in benchmarks. */
    enum Kind {
        /** This library with the weights as they are stored. */
        LLM_ADAPT,
        /** This library with the weights rounded to 8 bits where the file has an offset per block. */
        LLM_ADAPT_INT8,
        /** The engine llama.cpp in {@code de.kherud:llama}. */
        KHERUD,
        /** The engine {@code com.github.tjake:jlama-core} with its native products and its own 4-bit blocks. */
        JLAMA;

        /**
         * Opens the model.
         *
         * @param gguf the model file
         * @param folder the weights as written by {@link JlamaModel#main}; used by {@link #JLAMA} alone
         * @param sequences the maximum number of sequences in a batch
         */
        Engine open(Path gguf, Path folder, int sequences) throws IOException {
            return switch (this) {
                case LLM_ADAPT -> AdaptEngine.open(gguf, Precision.AS_STORED, sequences);
                case LLM_ADAPT_INT8 -> AdaptEngine.open(gguf, Precision.INT8, sequences);
                case KHERUD -> new KherudEngine(gguf, sequences);
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
