package dev.llmadapt.spring.boot;

import dev.llmadapt.Model;
import dev.llmadapt.Retriever;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.spring.ai.DocumentOptions;
import dev.llmadapt.spring.ai.LlmAdaptChatModel;
import dev.llmadapt.spring.ai.LlmAdaptChatOptions;
import dev.llmadapt.spring.ai.LlmAdaptDocumentRetriever;
import dev.llmadapt.spring.ai.PassageVectorStore;
import dev.llmadapt.spring.ai.SpringAiModel;
import dev.llmadapt.spring.ai.SpringAiOptions;
import dev.llmadapt.spring.ai.SpringAiRetriever;
import dev.llmadapt.spring.ai.StoreOptions;
import io.micrometer.observation.ObservationRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.document.Document;
import org.springframework.ai.rag.advisor.RetrievalAugmentationAdvisor;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.VectorStore;

/** The examples of {@code docs/guides/spring.md}. */
final class SpringExamples {
    private SpringExamples() {}

    static @Nullable String chat(Model model, ObservationRegistry registry) {
        // guide
        ChatModel chat = LlmAdaptChatModel.builder(model)
                .options(LlmAdaptChatOptions.builder().maxTokens(200).build())
                .observationRegistry(registry)
                .build();
        String answer = ChatClient.create(chat)
                .prompt("What is the opposite of hot?")
                .options(ChatOptions.builder().model("acme")) // the name of a loaded adapter
                .call()
                .content();
        // end
        return answer;
    }

    static @Nullable String retrieval(ChatModel chat, Retriever retriever) {
        // guide
        String answer = ChatClient.create(chat)
                .prompt("Where may I park?")
                .advisors(RetrievalAugmentationAdvisor.builder()
                        .documentRetriever(new LlmAdaptDocumentRetriever(retriever))
                        .build())
                .advisors(
                        advisor -> advisor.param(DocumentOptions.PRINCIPALS, List.of("ann", "staff"))) // from the login
                .call()
                .content();
        // end
        return answer;
    }

    static List<Document> store(Path folder, Embedder embedder) {
        // guide
        try (PassageIndex index = PassageIndex.open(folder, embedder, IndexOptions.defaults())) {
            VectorStore store = PassageVectorStore.builder(index, embedder)
                    .readers("readers", () -> Set.of("ann", "staff")) // who asks, from the thread's login
                    .build();
            store.add(List.of(new Document("The gate opens at 8.", Map.of("year", 2026, "readers", "staff"))));
            List<Document> found = store.similaritySearch(SearchRequest.builder()
                    .query("When does it open?")
                    .filterExpression("year >= 2026")
                    .build());
            // end
            return found;
        }
    }

    static List<Object> other(ChatModel openAi, VectorStore store) {
        // guide
        Model hosted = new SpringAiModel(openAi, SpringAiOptions.defaults().withName("hosted"));
        Retriever pgvector =
                new SpringAiRetriever(store, StoreOptions.defaults().withReaders("readers"));
        // end
        return List.of(hosted, pgvector);
    }
}
