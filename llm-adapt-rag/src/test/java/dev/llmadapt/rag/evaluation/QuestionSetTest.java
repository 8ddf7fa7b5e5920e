package dev.llmadapt.rag.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Passage;
import dev.llmadapt.rag.index.IndexException;
import dev.llmadapt.rag.splitting.PassageMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QuestionSetTest {
    @TempDir
    private Path folder;

    private static Passage passage(String document) {
        return new Passage(
                document + "#0", "", "text", 1, Map.of(PassageMetadata.DOCUMENT, document), java.util.Set.of());
    }

    @Test
    void questions_retrieval_isOfDocumentsByTheirBestPassage() {
        QuestionSet set = new QuestionSet(List.of(
                new QuestionSet.Question("1", "x", true, List.of(), List.of("b")),
                new QuestionSet.Question("2", "y", false, List.of(), List.of())));
        RetrievalReport report = RetrievalReport.of(
                query -> List.of(passage("f#a"), passage("f#a").withScore(0.5), passage("f#b")), set, 9);

        assertThat(report.rankings()).containsOnlyKeys("1");
        assertThat(report.rankings().get("1")).containsExactly("f#a", "b");
        assertThat(report.mean(RankingMetric.hit(1))).isZero();
        assertThat(report.mean(RankingMetric.hit(2))).isEqualTo(1);
    }

    @Test
    void questions_badFiles_nameTheLine() throws IOException {
        for (String line : List.of("{\"answer\":\"x\"}", "[]", "{\"question\":\"q\",\"answerable\":\"no\"}", "{")) {
            Path file = Files.writeString(folder.resolve("bad.jsonl"), "{\"question\":\"fine\"}\n" + line + "\n");
            assertThatThrownBy(() -> QuestionSet.read(file))
                    .isInstanceOf(IndexException.class)
                    .hasMessageContaining("bad.jsonl, line 2");
        }
        Path twice = Files.writeString(
                folder.resolve("bad.jsonl"), "{\"id\":\"1\",\"question\":\"a\"}\n{\"id\":\"1\",\"question\":\"b\"}\n");
        assertThatThrownBy(() -> QuestionSet.read(twice)).hasMessageContaining("stands twice");
        Path empty = Files.writeString(folder.resolve("bad.jsonl"), "\n");
        assertThatThrownBy(() -> QuestionSet.read(empty)).hasMessageContaining("no question");
    }
}
