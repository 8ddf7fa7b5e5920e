package dev.llmadapt.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.GuideExamples;
import dev.llmadapt.Passage;
import dev.llmadapt.ToyModel;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.spring.ai.LlmAdaptChatModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of {@code docs/guides/spring.md} are those compiled here; what needs no large model runs. */
final class SpringGuideTest {
    @Test
    void guide_examples_areTheOnesCompiledHere() {
        assertThat(GuideExamples.shown("docs/guides/spring.md")).isEqualTo(GuideExamples.tested(SpringExamples.class));
    }

    @Test
    void retrieval_asksForWhatTheUserMayRead() {
        List<Set<String>> asked = new ArrayList<>();
        try (ToyModel toy = new ToyModel()) {
            assertThat(SpringExamples.retrieval(new LlmAdaptChatModel(toy), query -> {
                        asked.add(query.principals());
                        return List.of(new Passage("p", "", "At the quay.", 1));
                    }))
                    .isNotNull();
        }
        assertThat(asked).containsExactly(Set.of("ann", "staff"));
    }

    @Test
    void store_findsWhatWasAdded(@TempDir Path folder) {
        try (Embedder embedder = Embedder.miniLm()) {
            assertThat(SpringExamples.store(folder, embedder)).hasSize(1);
        }
    }
}
