package dev.llmadapt.rag.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.llmadapt.Passage;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.PassageIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A collection written in the form of BEIR's downloads, and read again. */
final class BeirFolderTest {
    @TempDir
    private Path folder;

    @Test
    void beir_cranfield_isTheSameAfterwards() throws IOException {
        TestCollection cranfield = SharedCollections.cranfield();
        write(cranfield);
        TestCollection read = TestCollection.beir(folder, "test");

        assertThat(read.passages()).isEqualTo(cranfield.passages());
        assertThat(read.judgements()).isEqualTo(cranfield.judgements());
        assertThat(read.queries()).hasSize(cranfield.judgements().size());
        assertThat(TestCollection.readJudgements(folder.resolve("trec"))).isEqualTo(cranfield.judgements());
        try (PassageIndex index = PassageIndex.inMemory(Embedder.none(), IndexOptions.defaults())) {
            index.upsert(read.passages());
            RankingMetric ndcg = RankingMetric.ndcg(10);
            assertThat(RetrievalReport.of(index.lexical(), read, 100).mean(ndcg))
                    .isEqualTo(
                            RetrievalReport.of(index.lexical(), cranfield, 100).mean(ndcg));
        }
    }

    private void write(TestCollection collection) throws IOException {
        List<String> corpus = new ArrayList<>();
        for (Passage passage : collection.passages()) {
            JsonObject line = new JsonObject();
            line.addProperty("_id", passage.id());
            line.addProperty("title", passage.title());
            line.addProperty("text", passage.text());
            line.add("metadata", new JsonObject());
            corpus.add(line.toString());
        }
        Files.write(folder.resolve("corpus.jsonl"), corpus);
        List<String> queries = new ArrayList<>();
        collection.queries().forEach((id, text) -> {
            JsonObject line = new JsonObject();
            line.addProperty("_id", id);
            line.addProperty("text", text);
            line.add("metadata", new JsonObject());
            queries.add(line.toString());
        });
        queries.add("{\"_id\": \"unjudged\", \"text\": \"is left out\"}");
        Files.write(folder.resolve("queries.jsonl"), queries);
        List<String> beir = new ArrayList<>(List.of("query-id\tcorpus-id\tscore"));
        List<String> trec = new ArrayList<>();
        for (Map.Entry<String, Map<String, Integer>> query :
                collection.judgements().entrySet()) {
            query.getValue().forEach((passage, gain) -> {
                beir.add(query.getKey() + "\t" + passage + "\t" + gain);
                trec.add(query.getKey() + " 0 " + passage + " " + gain);
            });
        }
        Files.write(Files.createDirectory(folder.resolve("qrels")).resolve("test.tsv"), beir);
        Files.write(folder.resolve("trec"), trec);
    }
}
