package dev.llmadapt.heads;

import static dev.llmadapt.JsonSchema.list;
import static dev.llmadapt.JsonSchema.oneOf;
import static dev.llmadapt.JsonSchema.property;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Decision;
import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.Example;
import dev.llmadapt.Generation;
import dev.llmadapt.GuideExamples;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import dev.llmadapt.ToyTask;
import dev.llmadapt.rag.embedding.Embedder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of {@code docs/guides/heads.md}, line for line. */
class HeadsGuideTest {
    private final Task task = ToyTask.task();
    private String text = "which dog is yours";
    private String expected = "animal";
    private final List<String> forPeople = new ArrayList<>();

    @TempDir
    private Path folder;

    private void answer(String label) {
        assertThat(label).isEqualTo(expected);
    }

    @Test
    void examples_words_answer() {
        // guide
        try (Model head = LinearHead.words().train(task, Progress.NONE)) {
            Generation answer = head.generate(task.request(text));
            Decision decision = answer.decision().orElseThrow();
            if (decision.probability() < 0.7) {
                forPeople.add(text); // the head is unsure
            } else {
                answer(decision.label());
            }
        }
        // end
    }

    @Test
    void examples_embeddings_areSavedAndLoaded() {
        // guide
        try (EmbeddingModel embedder = Embedder.miniLm()) {
            try (HeadModel head = LinearHead.embeddings(embedder).train(task, Progress.NONE)) {
                head.crossValidation().trials().forEach(System.out::println);
                head.save(folder);
            }
            try (HeadModel head = HeadModel.load(folder, embedder)) {
                answer(head.generate(task.request(text)).text());
            }
        }
        // end
    }

    @Test
    void examples_severalLabels_answer() {
        text = "what fee for my card";
        expected = "{\"topics\": [\"card\", \"fee\"]}";
        List<Example> examples = MultiLabelHeadTest.examples(60, 1);
        // guide
        Task topics = Task.extraction(
                "topics",
                "Name the topics of the message.",
                JsonSchema.object(property("topics", list(oneOf("card", "fee", "abroad")))),
                examples); // with outputs such as {"topics": ["card", "fee"]}
        try (MultiLabelModel head = LinearHead.words().withSeveralLabels().train(topics, Progress.NONE)) {
            answer(head.generate(topics.request(text)).text());
            head.probabilities(Request.of(text)).forEach(System.out::println);
        }
        // end
    }

    @Test
    void guide_examples_areTheOnesTested() {
        assertThat(GuideExamples.tested(HeadsGuideTest.class))
                .isEqualTo(GuideExamples.shown("docs/guides/heads.md"))
                .hasSize(3);
    }
}
