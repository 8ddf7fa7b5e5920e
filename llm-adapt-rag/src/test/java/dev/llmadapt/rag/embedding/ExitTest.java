package dev.llmadapt.rag.embedding;

import dev.llmadapt.Progress;
import dev.llmadapt.Query;
import dev.llmadapt.natives.ExitContract;
import dev.llmadapt.rag.documents.Document;
import dev.llmadapt.rag.documents.DocumentSource;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.Indexing;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.rag.retrieval.Retrievers;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Programs that end while texts are embedded or found, or an embedder is opened or closed. */
final class ExitTest extends ExitContract {
    private static final String TEXT = "Bikes can be returned within 30 days. ";

    @Override
    protected Map<String, Supplier<Runnable>> work() {
        return Map.of(
                "embed",
                () -> {
                    Embedder embedder = Embedder.miniLm();
                    List<String> texts = Collections.nCopies(16, TEXT.repeat(6));
                    return () -> embedder.embedPassages(texts);
                },
                "open and close",
                () -> () -> Embedder.miniLm().close(),
                "retrieve",
                () -> {
                    Embedder embedder = Embedder.miniLm();
                    PassageIndex index = PassageIndex.inMemory(embedder, IndexOptions.defaults());
                    return () -> {
                        Document document = new Document("a", "Returns", TEXT.repeat(20), "a.md", Instant.EPOCH);
                        Indexing.with(embedder).add(DocumentSource.of(List.of(document)), index, Progress.NONE);
                        Retrievers.hybrid(index).retrieve(new Query("how long", 3));
                    };
                });
    }
}
