package dev.llmadapt.rag.opensearch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.GuideExamples;
import dev.llmadapt.MetadataFilter;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.rag.documents.DocumentSource;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.embedding.WordEmbedder;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.Indexing;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.rag.retrieval.Retrievers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of {@code docs/guides/opensearch.md}, line for line. */
final class OpenSearchGuideTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    @Test
    void examples_onACluster_run() throws IOException {
        String password = "unused";
        Path folder = Files.createDirectories(temporary.resolve("articles"));
        Files.writeString(folder.resolve("warranty.txt"), "The warranty lasts two years.");
        // guide
        Cluster cluster = Cluster.of(URI.create("https://search-1:9200"), URI.create("https://search-2:9200"))
                .withCredentials(Credentials.basic("indexer", password))
                .withPatience(Duration.ofMinutes(2), Duration.ofMillis(200));
        OpenSearchOptions options = OpenSearchOptions.defaults().withShards(2).withReplicas(1);
        // end
        assertThat(cluster.hosts()).hasSize(2);
        cluster = TestCluster.shared().cluster();
        Embedder embedder = new WordEmbedder(16);
        String name = TestCluster.newName();
        // guide
        try (PassageIndex index = OpenSearch.open(cluster, name, embedder, options)) {
            Indexing.with(embedder).sync(DocumentSource.files(folder), MetadataFilter.all(), index, Progress.NONE);

            Retriever retriever = Retrievers.hybrid(index);
            List<Passage> found = retriever.retrieve(
                    new Query("How long is the warranty?", 5).withPrincipals(Set.of("ann", "staff")));
            found.forEach(passage -> System.out.println(passage.score() + " " + passage.text()));
        }
        // end
        Path before = temporary.resolve("index");
        PassageIndex.open(before, embedder, IndexOptions.defaults()).close();
        // guide
        try (PassageIndex local = PassageIndex.open(before, embedder, IndexOptions.defaults());
                PassageIndex remote = OpenSearch.copy(local, cluster, name, embedder, options)) {
            System.out.println(remote.size() + " passages");
            remote.snapshot(temporary.resolve("back")); // and the way back
        }
        // end
        try (PassageIndex back = PassageIndex.open(temporary.resolve("back"), embedder, IndexOptions.defaults())) {
            assertThat(back.size()).isEqualTo(1);
        }
    }

    @Test
    void guide_examples_areTheOnesTested() {
        assertThat(GuideExamples.tested(OpenSearchGuideTest.class))
                .isEqualTo(GuideExamples.shown("docs/guides/opensearch.md"))
                .hasSize(3);
    }
}
