package dev.llmadapt.server.openai;

import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.embedding.Reranker;
import dev.llmadapt.server.catalog.AdapterFolder;
import dev.llmadapt.server.catalog.ServedModels;
import dev.llmadapt.server.http.Routes;
import java.util.Optional;

/** The routes of this room, with what they answer by. */
public final class OpenAiRoutes {
    private OpenAiRoutes() {}

    /**
     * Adds the routes to a table.
     *
     * @param embedder for embeddings; empty for none
     * @param reranker for reranking; empty for none
     * @param adapters the folder whose adapters requests may load; empty for none
     */
    public static void add(
            Routes routes,
            ServedModels models,
            Answering answering,
            RequestDefaults defaults,
            Optional<EmbeddingModel> embedder,
            Optional<Reranker> reranker,
            Optional<AdapterFolder> adapters) {
        Catalog catalog = new Catalog(models, embedder);
        Tokenization tokenization = new Tokenization(catalog);
        AdapterOperations operations = new AdapterOperations(catalog, adapters);
        Rerank rerank = new Rerank(reranker, answering);
        routes.add("GET", "/v1/models", catalog::list)
                .add("GET", "/v1/models/*", catalog::one)
                .add("POST", "/v1/chat/completions", new ChatCompletions(catalog, answering, defaults))
                .add("POST", "/v1/completions", new Completions(catalog, answering, defaults))
                .add("POST", "/v1/responses", new ResponseCreation(catalog, answering, defaults))
                .add("POST", "/v1/systemone", new SystemOne(catalog, answering))
                .add("POST", "/v1/embeddings", new Embeddings(embedder, answering, text -> tokens(embedder, text)))
                .add("POST", "/v1/rerank", rerank)
                .add("POST", "/rerank", rerank)
                .add("POST", "/tokenize", tokenization::tokenize)
                .add("POST", "/detokenize", tokenization::detokenize)
                .add("POST", "/v1/load_lora_adapter", operations::load)
                .add("POST", "/v1/unload_lora_adapter", operations::unload);
    }

    /** The tokens of a text where the model counts them, else 0. */
    private static int tokens(Optional<EmbeddingModel> model, String text) {
        return model.filter(Embedder.class::isInstance)
                .map(each -> ((Embedder) each).tokens().count(text))
                .orElse(0);
    }
}
