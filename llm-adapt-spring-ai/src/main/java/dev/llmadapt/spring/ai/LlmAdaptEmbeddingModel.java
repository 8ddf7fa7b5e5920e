package dev.llmadapt.spring.ai;

import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.metadata.EmptyUsage;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.EmbeddingResponseMetadata;
import org.springframework.ai.embedding.observation.DefaultEmbeddingModelObservationConvention;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationContext;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationConvention;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationDocumentation;

/**
 * An embedding model of this library as an {@link EmbeddingModel} of Spring AI.
 *
 * <p>Spring AI's interface does not tell queries from passages: all texts are embedded as passages. For models that
 * make a difference, search through {@link PassageVectorStore} or {@link LlmAdaptDocumentRetriever}, which embed
 * queries as queries. Of the options the model's own name and dimension are accepted, others are refused. Tokens are
 * not counted, so no usage is told.
 *
 * <p>Thread-safe. It does not close the model.
 */
public final class LlmAdaptEmbeddingModel implements EmbeddingModel {
    private static final EmbeddingModelObservationConvention CONVENTION =
            new DefaultEmbeddingModelObservationConvention();

    private final dev.llmadapt.EmbeddingModel model;
    private final ObservationRegistry registry;

    /** Unobserved. */
    public LlmAdaptEmbeddingModel(dev.llmadapt.EmbeddingModel model) {
        this(model, ObservationRegistry.NOOP);
    }

    /**
     * Observed as Spring AI's own models are.
     *
     * @param model the caller closes it, after the last vector
     */
    public LlmAdaptEmbeddingModel(dev.llmadapt.EmbeddingModel model, ObservationRegistry registry) {
        this.model = Objects.requireNonNull(model, "model must not be null");
        this.registry = Objects.requireNonNull(registry, "registry must not be null");
    }

    @Override
    public EmbeddingResponse call(EmbeddingRequest request) {
        requireOwn(request.getOptions());
        EmbeddingModelObservationContext context = EmbeddingModelObservationContext.builder()
                .embeddingRequest(new EmbeddingRequest(
                        request.getInstructions(),
                        EmbeddingOptions.builder()
                                .model(model.name())
                                .dimensions(model.dimension())
                                .build()))
                .provider(LlmAdaptChatModel.PROVIDER)
                .build();
        return EmbeddingModelObservationDocumentation.EMBEDDING_MODEL_OPERATION
                .observation(CONVENTION, CONVENTION, () -> context, registry)
                .observe(() -> {
                    EmbeddingResponse response = embedded(request.getInstructions());
                    context.setResponse(response);
                    return response;
                });
    }

    private EmbeddingResponse embedded(List<String> texts) {
        List<Embedding> embeddings = new ArrayList<>();
        for (float[] vector : model.embed(texts)) {
            embeddings.add(new Embedding(vector, embeddings.size()));
        }
        return new EmbeddingResponse(embeddings, new EmbeddingResponseMetadata(model.name(), new EmptyUsage()));
    }

    private void requireOwn(@Nullable EmbeddingOptions options) {
        if (options == null) {
            return;
        }
        String name = options.getModel();
        Integer dimensions = options.getDimensions();
        if (name != null && !name.equals(model.name())) {
            throw new IllegalArgumentException(
                    "the embedding model is '" + model.name() + "', got the option model '" + name + "'; leave it out");
        } else if (dimensions != null && dimensions != model.dimension()) {
            throw new IllegalArgumentException("vectors of '" + model.name() + "' have " + model.dimension()
                    + " numbers, got the option dimensions " + dimensions + "; leave it out");
        }
    }

    @Override
    public float[] embed(Document document) {
        return embed(Documents.text(document));
    }

    @Override
    public int dimensions() {
        return model.dimension();
    }
}
