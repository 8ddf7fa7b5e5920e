package example;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.memory.chat.TokenWindowChatMemory;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.SystemMessage;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.langchain4j.ChatOptions;
import dev.llmadapt.langchain4j.ContentOptions;
import dev.llmadapt.langchain4j.LlmAdaptChatModel;
import dev.llmadapt.langchain4j.LlmAdaptContentRetriever;
import dev.llmadapt.langchain4j.LlmAdaptTokenCountEstimator;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.rag.retrieval.Retrievers;
import java.nio.file.Path;
import java.time.LocalTime;
import java.util.List;

/** An assistant that answers from documents and may call a tool, on a model in this process. */
public final class HarbourAssistant {
    interface Assistant {
        @SystemMessage("You answer questions about a harbour, briefly.")
        String answer(String question);
    }

    static final class Clock {
        @Tool("Tells the time of day now")
        String time() {
            return LocalTime.now().withNano(0).toString();
        }
    }

    private HarbourAssistant() {}

    /** Asks the questions that are given, of the default model, or of the file or folder of {@code -Dmodel}. */
    public static void main(String[] questions) {
        String file = System.getProperty("model");
        Path checkpoint = file == null ? ModelSource.defaultModel().fetch(Progress.NONE) : Path.of(file);
        try (LocalModel model = LocalModel.open(checkpoint, ModelOptions.defaults());
                Embedder embedder = Embedder.miniLm();
                PassageIndex index = PassageIndex.inMemory(embedder, IndexOptions.defaults())) {
            index.upsert(List.of(
                    new Passage("rules-1", "Rules", "The harbour is closed on Sundays.", 0),
                    new Passage("rules-2", "Rules", "Boats longer than 12 metres moor at the north pier.", 0),
                    new Passage("rules-3", "Rules", "A berth costs 25 francs a night.", 0)));
            index.commit();
            AiServices<Assistant> services = AiServices.builder(Assistant.class)
                    .chatModel(new LlmAdaptChatModel(model, ChatOptions.defaults()))
                    .chatMemory(TokenWindowChatMemory.withMaxTokens(1500, new LlmAdaptTokenCountEstimator(model)))
                    .contentRetriever(new LlmAdaptContentRetriever(
                            Retrievers.hybrid(index), ContentOptions.defaults().withMaxResults(2)));
            if (file != null) { // the chat template of the default model shows no tools, so it refuses them
                services.tools(new Clock());
            }
            Assistant assistant = services.build();
            List<String> asked = questions.length > 0 ? List.of(questions) : List.of("What does a berth cost?");
            for (String question : asked) {
                System.out.println(question + "\n  " + assistant.answer(question));
            }
        }
    }
}
