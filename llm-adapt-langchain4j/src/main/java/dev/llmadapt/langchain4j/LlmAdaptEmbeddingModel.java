package dev.llmadapt.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingInputType;
import dev.langchain4j.model.embedding.request.EmbeddingParameter;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.request.EmbeddingRequestParameters;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.embedding.response.EmbeddingResponseMetadata;
import dev.llmadapt.rag.embedding.Embedder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * An embedding model of this library as an {@link EmbeddingModel} of LangChain4j.
 *
 * <p>Of the parameters, the input type is kept: {@link EmbeddingInputType#QUERY} is embedded as an {@link Embedder}
 * embeds queries, everything else as it embeds passages; models that make no difference embed both alike. LangChain4j
 * refuses the others by name, and content other than text. Tokens are not counted, so no usage is told.
 *
 * <p>Thread-safe. It does not close the model.
 */
public final class LlmAdaptEmbeddingModel implements EmbeddingModel {
    private static final boolean RETRIEVAL = hasRetrieval();

    private final dev.llmadapt.EmbeddingModel model;
    private final List<EmbeddingModelListener> listeners;

    /** Without listeners. */
    public LlmAdaptEmbeddingModel(dev.llmadapt.EmbeddingModel model) {
        this(model, List.of());
    }

    /**
     * With listeners.
     *
     * @param model the caller closes it, after the last vector
     */
    public LlmAdaptEmbeddingModel(dev.llmadapt.EmbeddingModel model, List<EmbeddingModelListener> listeners) {
        this.model = Objects.requireNonNull(model, "model must not be null");
        this.listeners = List.copyOf(listeners);
    }

    /** Whether llm-adapt-rag is there, which has the models that tell queries from passages. */
    private static boolean hasRetrieval() {
        try {
            return Embedder.class.isInterface();
        } catch (NoClassDefFoundError e) {
            return false;
        }
    }

    /** The vectors of a request whose parameters are complete; {@link #embed(EmbeddingRequest)} completes them. */
    @Override
    public EmbeddingResponse doEmbed(EmbeddingRequest request) {
        List<String> texts = request.inputs().stream().map(EmbeddingInput::text).toList();
        List<float[]> vectors = Failures.mapped(() -> vectors(texts, request.inputType() == EmbeddingInputType.QUERY));
        return EmbeddingResponse.builder()
                .embeddings(vectors.stream().map(Embedding::from).toList())
                .metadata(EmbeddingResponseMetadata.builder()
                        .modelName(model.name())
                        .build())
                .build();
    }

    private List<float[]> vectors(List<String> texts, boolean queries) {
        if (queries && RETRIEVAL && model instanceof Embedder embedder) {
            List<float[]> vectors = new ArrayList<>();
            texts.forEach(text -> vectors.add(embedder.embedQuery(text)));
            return vectors;
        }
        return model.embed(texts);
    }

    @Override
    public List<EmbeddingModelListener> listeners() {
        return listeners;
    }

    @Override
    public Set<EmbeddingParameter<?>> supportedParameters() {
        return Set.of(EmbeddingRequestParameters.INPUT_TYPE);
    }

    @Override
    public int dimension() {
        return model.dimension();
    }

    @Override
    public String modelName() {
        return model.name();
    }
}
