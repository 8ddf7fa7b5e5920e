package dev.llmadapt.langchain4j;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.invocation.InvocationParameters;
import dev.langchain4j.memory.ChatMemory;
import dev.langchain4j.memory.chat.TokenWindowChatMemory;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.scoring.ScoringModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.store.embedding.EmbeddingMatch;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.EmbeddingStore;
import dev.llmadapt.Model;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.langchain4j.store.LuceneEmbeddingStore;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.prompting.FewShot;
import dev.llmadapt.prompting.LabelChoice;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.embedding.Reranker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;

/** The examples of {@code docs/guides/langchain4j.md}. */
final class LangChain4jExamples {
    private LangChain4jExamples() {}

    static ChatModel chat(Model model) {
        // guide
        ChatModel chat = new LlmAdaptChatModel(model, ChatOptions.defaults().withTimeLimit(Duration.ofSeconds(30)));
        System.out.println(chat.chat("What is the opposite of hot?"));
        // end
        return chat;
    }

    // guide
    interface Assistant {
        String answer(@dev.langchain4j.service.UserMessage String question, InvocationParameters parameters);
    }

    static final class Clock {
        @Tool("The time of day now")
        String time() {
            return LocalTime.now(ZoneId.systemDefault()).toString();
        }
    }

    static Assistant assistant(ChatModel chat, Retriever retriever, ChatMemory memory) {
        return AiServices.builder(Assistant.class)
                .chatModel(chat)
                .chatMemory(memory)
                .tools(new Clock())
                .contentRetriever(new LlmAdaptContentRetriever(retriever))
                .build();
    }
    // end

    static String ask(Assistant assistant) {
        // guide
        InvocationParameters who = new InvocationParameters();
        who.put(ContentOptions.PRINCIPALS, List.of("ann", "staff")); // from the login, never from the question
        String answer = assistant.answer("Who may park at the harbour?", who);
        // end
        return answer;
    }

    static ChatMemory memory(LocalModel model) {
        // guide
        ChatMemory memory = TokenWindowChatMemory.withMaxTokens(3000, new LlmAdaptTokenCountEstimator(model));
        // end
        return memory;
    }

    static ChatResponse adapter(ChatModel chat) {
        // guide
        ChatResponse answer = chat.chat(ChatRequest.builder()
                .messages(UserMessage.from("Where is my parcel?"))
                .modelName("support")
                .build());
        // end
        return answer;
    }

    static StreamingChatModel streaming(Model model) {
        // guide
        StreamingChatModel streaming =
                new LlmAdaptStreamingChatModel(model, ChatOptions.defaults().withThinking(true));
        // end
        return streaming;
    }

    static List<EmbeddingMatch<TextSegment>> store(Path folder, Embedder embedder) {
        // guide
        EmbeddingModel embeddings = new LlmAdaptEmbeddingModel(embedder);
        try (LuceneEmbeddingStore store = LuceneEmbeddingStore.open(folder)) {
            List<TextSegment> segments = List.of(
                    TextSegment.from("The harbour is closed on Sundays.", Metadata.from("source", "rules.txt")));
            store.addAll(embeddings.embedAll(segments).content(), segments);
            List<EmbeddingMatch<TextSegment>> found = store.search(EmbeddingSearchRequest.builder()
                            .queryEmbedding(embeddings.embed("When is it shut?").content())
                            .maxResults(3)
                            .build())
                    .matches();
            // end
            return found;
        }
    }

    static ScoringModel scoring(Reranker reranker) {
        // guide
        ScoringModel scoring = new LlmAdaptScoringModel(reranker);
        // end
        return scoring;
    }

    static String strategy(ChatModel hosted, StreamingChatModel hostedStreaming, Task task) {
        // guide
        Model model = new LangChain4jModel(
                hosted, hostedStreaming, LangChain4jOptions.defaults().withName("hosted"));
        Strategy strategy = FewShot.nearest(2).then(LabelChoice.constrained());
        try (Model adapted = strategy.adapt(model, task, Progress.NONE)) {
            return adapted.generate(task.request("where is the money my sister sent?"))
                    .text();
        }
        // end
    }

    static List<Passage> retriever(EmbeddingStore<TextSegment> pgvector, EmbeddingModel embeddings) {
        // guide
        Retriever retriever = new LangChain4jRetriever(
                pgvector, embeddings, StoreOptions.defaults().withReaders("readers"));
        List<Passage> passages = retriever.retrieve(new Query("When is it shut?", 5));
        // end
        return passages;
    }
}
