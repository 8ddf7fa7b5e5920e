package dev.llmadapt.rag.opensearch;

import com.google.gson.JsonObject;
import dev.llmadapt.Passage;
import dev.llmadapt.files.FolderTree;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.IndexException;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.rag.splitting.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A copy of an index on a cluster in a folder, with its vectors, so that nothing is embedded again. */
final class LocalCopy {
    private LocalCopy() {}

    /**
     * Writes a copy beside the folder, which it replaces when it is complete.
     *
     * @param scan passes all documents with all their fields to a visitor
     */
    static void write(Path folder, Embedder embedder, IndexOptions options, Consumer<ClusterSearch.Visitor> scan) {
        Path target = folder.toAbsolutePath();
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try {
            if (Files.exists(target)) {
                try (Stream<Path> there = Files.list(target)) {
                    if (there.findAny().isPresent()) {
                        throw new IllegalArgumentException(
                                "a snapshot needs an empty folder, " + folder + " has files");
                    }
                }
            }
            FolderTree.delete(part);
            try {
                Stored stored = new Stored(embedder);
                try (PassageIndex copy = PassageIndex.open(part, stored, options)) {
                    scan.accept((documents, from) -> copy.upsert(stored.take(documents, from)));
                }
                Files.deleteIfExists(target);
                Files.move(part, target);
            } finally {
                FolderTree.delete(part);
            }
        } catch (IOException e) {
            throw new IndexException("the snapshot " + folder + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** An embedder that returns the stored vectors of passages: those of the page taken last, in its order. */
    private static final class Stored implements Embedder {
        private final Embedder embedder;
        private Iterator<float[]> vectors = List.<float[]>of().iterator();

        Stored(Embedder embedder) {
            this.embedder = embedder;
        }

        List<Passage> take(List<JsonObject> documents, String from) {
            List<Passage> passages = new ArrayList<>();
            List<float[]> vectors = new ArrayList<>();
            for (JsonObject document : documents) {
                passages.add(ClusterDocument.passage(document, 0, from));
                if (!document.has(ClusterDocument.PARENT)) {
                    vectors.add(
                            document.has(ClusterDocument.VECTOR)
                                    ? ClusterJson.floats(document, ClusterDocument.VECTOR, embedder.dimension(), from)
                                    : new float[embedder.dimension()]);
                }
            }
            this.vectors = vectors.iterator();
            return passages;
        }

        @Override
        public String name() {
            return embedder.name();
        }

        @Override
        public int dimension() {
            return embedder.dimension();
        }

        @Override
        public List<float[]> embedPassages(List<String> texts) {
            return texts.stream().map(text -> vectors.next()).toList();
        }

        @Override
        public float[] embedQuery(String text) {
            return embedder.embedQuery(text);
        }

        @Override
        public Tokens tokens() {
            return embedder.tokens();
        }

        @Override
        public void close() {}
    }
}
