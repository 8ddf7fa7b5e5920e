package dev.llmadapt.rag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.observation.ModelListener;
import dev.llmadapt.observation.Operation;
import dev.llmadapt.observation.RequestEnd;
import dev.llmadapt.observation.RetrievalEnd;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.embedding.WordEmbedder;
import dev.llmadapt.rag.retrieval.Retrievers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What retrieval and embedders tell listeners and the Flight Recorder. */
final class ListenerTest {
    private final List<RetrievalEnd> searches = new ArrayList<>();
    private final List<RequestEnd> requests = new ArrayList<>();

    private final ModelListener listener = new ModelListener() {
        @Override
        public void onRetrieval(RetrievalEnd retrieval) {
            searches.add(retrieval);
        }

        @Override
        public void onEnd(RequestEnd end) {
            requests.add(end);
        }
    };

    @Test
    void rag_tellsEachSearch() {
        RagOptions options = RagOptions.defaults().withPassages(2).withListener(listener);
        try (ToyModel base = new ToyModel();
                RagModel model = Rag.overCorpus(Embedder.none(), options).adapt(base, ToyTask.task(), Progress.NONE)) {
            model.generate(ToyTask.task().request("where is my card"));
            model.readingAs(Set.of("me")).generate(ToyTask.task().request("where is my card"));
        }
        assertThat(searches).hasSize(2);
        assertThat(searches.get(0).retriever()).isEqualTo("rag");
        assertThat(searches.get(0).results()).isBetween(0, 2);
        assertThat(searches.get(0).duration()).isPositive();
        assertThat(searches.get(0).errorType()).isEmpty();
    }

    @Test
    void observedRetriever_findsTheSame_andTellsOfFailures(@TempDir Path folder) throws IOException {
        Retriever fixed = query -> List.of(new Passage("1", "", query.text(), 1));
        Retriever failing = query -> {
            throw new IllegalStateException("the index is closed: " + query.text());
        };
        Path file = folder.resolve("searches.jfr");
        Query query = new Query("a secret question", 3);
        try (Recording recording = new Recording()) {
            recording.enable("dev.llmadapt.Retrieval");
            recording.start();
            assertThat(Retrievers.observed("news", fixed, listener).retrieve(query))
                    .isEqualTo(fixed.retrieve(query));
            assertThatThrownBy(
                            () -> Retrievers.observed("news", failing, listener).retrieve(query))
                    .isInstanceOf(IllegalStateException.class);
            recording.stop();
            recording.dump(file);
        }
        assertThat(searches).extracting(RetrievalEnd::results).containsExactly(1, 0);
        assertThat(searches).extracting(RetrievalEnd::errorType).containsExactly("", "java.lang.IllegalStateException");
        List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("dev.llmadapt.Retrieval"))
                .toList();
        assertThat(events).extracting(event -> event.getInt("results")).containsExactly(1, 0);
        assertThat(events.toString()).contains("news").doesNotContain("secret");
    }

    @Test
    void observedEmbedder_givesTheSameVectors_andTellsOfEachCall() {
        Embedder plain = new WordEmbedder(8);
        Embedder observed = Embedder.observed(plain, listener);
        assertThat(observed.embedQuery("a card")).isEqualTo(plain.embedQuery("a card"));
        assertThat(observed.embed(List.of("a", "b")).get(1))
                .isEqualTo(plain.embed(List.of("a", "b")).get(1));
        assertThat(observed.name()).isEqualTo(plain.name());
        assertThat(requests)
                .extracting(end -> end.request().operation())
                .containsExactly(Operation.EMBEDDINGS, Operation.EMBEDDINGS);
        assertThat(requests.get(0).request().model()).isEqualTo("words-8");
    }
}
