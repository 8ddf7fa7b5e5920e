package dev.llmadapt.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import dev.llmadapt.FinishReason;
import dev.llmadapt.GuideExamples;
import dev.llmadapt.Message;
import dev.llmadapt.Passage;
import dev.llmadapt.Request;
import dev.llmadapt.Retriever;
import dev.llmadapt.Role;
import dev.llmadapt.ScriptedModel;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.rag.embedding.Embedder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of {@code docs/guides/langchain4j.md} are those compiled here; what needs no large model runs. */
final class LangChain4jGuideTest {
    @Test
    void guide_examples_areTheOnesCompiledHere() {
        assertThat(GuideExamples.shown("docs/guides/langchain4j.md"))
                .isEqualTo(GuideExamples.tested(LangChain4jExamples.class));
    }

    @Test
    void assistant_readsWhatTheUserMayReadAndCallsTheTool() {
        Retriever retriever = query -> List.of(
                        new Passage("p1", "", "Everyone may walk.", 1, Map.of(), Set.of()),
                        new Passage("p2", "", "Staff may park.", 1, Map.of(), Set.of("staff")))
                .stream()
                .filter(query::admits)
                .toList();
        ScriptedModel calling = ScriptedModel.calling(new ToolCall("abcdefghi", "time", "{}"));
        ScriptedModel done = ScriptedModel.saying("Staff may.");
        ChatModel chat = new LlmAdaptChatModel(ScriptedModel.turns(calling, done));
        LangChain4jExamples.Assistant assistant =
                LangChain4jExamples.assistant(chat, retriever, MessageWindowChatMemory.withMaxMessages(10));
        String answer = LangChain4jExamples.ask(assistant);

        assertThat(answer).isEqualTo("Staff may.");
        Request first = calling.request();
        assertThat(first.last().content())
                .contains("Who may park at the harbour?")
                .contains("Everyone may walk.")
                .contains("Staff may park.");
        assertThat(first.tools()).extracting("name").containsExactly("time");
        Request second = done.request();
        assertThat(second.messages()).extracting(Message::role).containsExactly(Role.USER, Role.ASSISTANT, Role.TOOL);
        assertThat(second.last().toolCallId()).isEqualTo("abcdefghi");
    }

    @Test
    void store_findsWhatWasAdded(@TempDir Path folder) {
        try (Embedder embedder = Embedder.miniLm()) {
            assertThat(LangChain4jExamples.store(folder, embedder)).hasSize(1);
            assertThat(LangChain4jExamples.retriever(
                            new InMemoryEmbeddingStore<>(), new LlmAdaptEmbeddingModel(embedder)))
                    .isEmpty();
        }
    }

    @Test
    void strategy_overAModelOfLangChain4j_isAsOverAnyModel() {
        try (ToyModel toy = new ToyModel()) {
            ScriptedModel json = ScriptedModel.answering(
                    FinishReason.STOP,
                    "",
                    List.of(),
                    "{\"answer\": \"" + ToyTask.task().labels().get(0) + "\"}");
            assertThat(LangChain4jExamples.strategy(
                            new LlmAdaptChatModel(json), new LlmAdaptStreamingChatModel(toy), ToyTask.task()))
                    .isEqualTo(ToyTask.task().labels().get(0));
            assertThat(json.request().messages().toString()).contains("where is the money my sister sent?");
        }
    }
}
