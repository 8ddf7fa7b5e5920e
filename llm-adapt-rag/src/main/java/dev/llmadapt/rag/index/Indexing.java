package dev.llmadapt.rag.index;

import dev.llmadapt.MetadataFilter;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.rag.documents.Document;
import dev.llmadapt.rag.documents.DocumentSource;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.embedding.EmbeddingException;
import dev.llmadapt.rag.splitting.PassageMetadata;
import dev.llmadapt.rag.splitting.Splitter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Indexing: documents are read from a source, split, and added to an index.
 *
 * @param splitter the splitter of documents
 * @param commitEvery the number of documents between commits, at least 1; a crash costs no more than these
 */
public record Indexing(Splitter splitter, int commitEvery) {
    /** Validates the components. */
    public Indexing {
        if (commitEvery < 1) {
            throw new IllegalArgumentException("commitEvery must be at least 1, commitEvery: " + commitEvery);
        }
    }

    /**
     * Indexing with the defaults: recursive splitting into passages of 200 of the embedder's tokens with an overlap of
     * 30, and a commit every 500 documents.
     */
    public static Indexing with(Embedder embedder) {
        return new Indexing(Splitter.recursive(embedder.tokens(), 200, 30), 500);
    }

    /**
     * Adds all documents of a source and commits. The passages of a document that is in the index already are replaced
     * at once. A document that cannot be read, split or embedded is reported and skipped. Its old passages stay, unless
     * its access list changed or cannot be read any more: then they are deleted, and so are those of the source's
     * documents that were not read this time. Of documents with the same id the first is added, and the others are
     * reported.
     *
     * @param progress hears how many documents are done; the total is unknown
     */
    public Report add(DocumentSource source, PassageIndex index, Progress progress) {
        Run run = new Run(index, Map.of(), progress);
        run.read(source);
        int deleted = 0;
        for (String withdrawn : run.withdrawn) {
            Set<String> unread = new HashSet<>();
            index.forEach(
                    MetadataFilter.equal(PassageMetadata.SOURCE, withdrawn),
                    passage -> unread.add(passage.metadata().getOrDefault(PassageMetadata.DOCUMENT, "")));
            unread.removeAll(run.seen.keySet());
            unread.forEach(document -> index.delete(MetadataFilter.equal(PassageMetadata.DOCUMENT, document)));
            deleted += unread.size();
        }
        index.commit();
        return run.report(deleted, source);
    }

    /**
     * Makes the index equal to the source and commits. Documents that have not changed, by a hash of all but their
     * time, are not embedded again and keep their time. Documents within the {@code scope} that the source does not
     * have any more are deleted; documents that cannot be read now stay, as in {@link #add}. {@link #watch} calls this
     * method whenever it is needed.
     *
     * @param scope the passages of the index that belong to this source; {@link MetadataFilter#all} if all do
     */
    public Report sync(DocumentSource source, MetadataFilter scope, PassageIndex index, Progress progress) {
        Map<String, String> hashes = new HashMap<>();
        Map<String, String> sources = new HashMap<>();
        index.forEach(scope, passage -> {
            String document = passage.metadata().get(PassageMetadata.DOCUMENT);
            if (document != null) {
                // Passages of two hashes, or one without its time: replacing them was cut off, so it is done again
                boolean whole = passage.metadata().containsKey(PassageMetadata.TIME);
                String hash = whole ? passage.metadata().getOrDefault(PassageMetadata.HASH, "") : "";
                hashes.merge(document, hash, (one, other) -> one.equals(other) ? one : "");
                sources.put(document, passage.metadata().getOrDefault(PassageMetadata.SOURCE, ""));
            }
        });
        Run run = new Run(index, hashes, progress);
        run.read(source);
        Set<String> kept = run.broken.stream()
                .filter(each -> !each.gone())
                .map(DocumentSource.Broken::source)
                .filter(each -> !run.withdrawn.contains(each))
                .collect(Collectors.toSet());
        int deleted = 0;
        for (String document : hashes.keySet()) {
            if (!run.seen.containsKey(document) && !kept.contains(sources.getOrDefault(document, ""))) {
                index.delete(MetadataFilter.and(scope, MetadataFilter.equal(PassageMetadata.DOCUMENT, document)));
                deleted++;
            }
        }
        index.commit();
        return run.report(deleted, source);
    }

    /**
     * Starts a watch that keeps an index equal to a source until it is closed. It calls {@link #sync} at once, soon
     * after a change under a folder, and at an interval, since file systems do not report every change.
     *
     * @param folder the folder to watch; for a folder that cannot be watched only the interval counts
     * @param interval the maximal time between two syncs, at least 10 milliseconds
     * @param listener hears of every sync, on the thread of the watch
     */
    public SourceWatcher watch(
            DocumentSource source,
            Path folder,
            MetadataFilter scope,
            PassageIndex index,
            Duration interval,
            SourceWatcher.Listener listener) {
        return new SourceWatcher(() -> sync(source, scope, index, Progress.NONE), folder, interval, listener);
    }

    /**
     * Starts a watch like {@link #watch(DocumentSource, Path, MetadataFilter, PassageIndex, Duration,
     * SourceWatcher.Listener)} without a folder.
     */
    public SourceWatcher watch(
            DocumentSource source,
            MetadataFilter scope,
            PassageIndex index,
            Duration interval,
            SourceWatcher.Listener listener) {
        return new SourceWatcher(() -> sync(source, scope, index, Progress.NONE), null, interval, listener);
    }

    /** One reading of a source. */
    private final class Run {
        private final PassageIndex index;
        private final Map<String, String> hashes;
        private final Progress progress;
        private final Map<String, String> seen = new HashMap<>(); // sources by id
        private final List<DocumentSource.Broken> broken = new ArrayList<>();
        /** The sources whose unread documents must be deleted. */
        private final Set<String> withdrawn = new HashSet<>();

        private int documents;
        private int passages;
        private int unchanged;

        Run(PassageIndex index, Map<String, String> hashes, Progress progress) {
            this.index = index;
            this.hashes = hashes;
            this.progress = progress;
        }

        void read(DocumentSource source) {
            source.read(this::add, each -> {
                broken.add(each);
                if (each.gone()) {
                    withdrawn.add(each.source());
                }
            });
            index.commit();
        }

        private void add(Document document) {
            String first = seen.putIfAbsent(document.id(), document.source());
            if (first != null) {
                broken.add(new DocumentSource.Broken(
                        document.source(),
                        "",
                        "its id '" + document.id() + "' is that of a document before it, of " + first
                                + "; only that one is indexed",
                        true));
                return;
            }
            String hash = hash(document);
            if (hash.equals(hashes.get(document.id()))) {
                unchanged++;
                return;
            }
            List<Passage> cut;
            MetadataFilter old = MetadataFilter.equal(PassageMetadata.DOCUMENT, document.id());
            try {
                cut = splitter.split(document).stream()
                        .map(passage -> marked(passage, hash))
                        .toList();
                index.replace(old, cut);
            } catch (IllegalArgumentException | EmbeddingException e) {
                broken.add(new DocumentSource.Broken(document.source(), String.valueOf(e.getMessage())));
                boolean[] othersRead = new boolean[1];
                index.forEach(
                        old, passage -> othersRead[0] |= !passage.readers().equals(document.readers()));
                if (othersRead[0]) {
                    index.delete(old);
                }
                return;
            }
            documents++;
            passages += cut.size();
            progress.report("index", documents, 0);
            if (documents % commitEvery == 0) {
                index.commit();
            }
        }

        Report report(int deleted, DocumentSource source) {
            return new Report(documents, passages, unchanged, deleted, broken, source.passedOver());
        }
    }

    private static Passage marked(Passage passage, String hash) {
        Map<String, String> metadata = new HashMap<>(passage.metadata());
        metadata.put(PassageMetadata.HASH, hash);
        return passage.withMetadata(metadata);
    }

    /** Returns the SHA-256 of a document without its time; each part follows its length. */
    private static String hash(Document document) {
        List<String> parts = new ArrayList<>(List.of(document.title(), document.text(), document.source()));
        new TreeMap<>(document.metadata()).forEach((key, value) -> parts.addAll(List.of(key, value)));
        parts.add("");
        parts.addAll(new TreeSet<>(document.readers()));
        MessageDigest digest = Sha256.newDigest();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
            digest.update(bytes);
        }
        return Sha256.hex(digest).substring(0, 32);
    }

    /**
     * The report of an indexing.
     *
     * @param documents the number of documents that were added or replaced
     * @param passages the number of their passages
     * @param unchanged the number of unchanged documents
     * @param deleted the number of deleted documents
     * @param broken the documents that were skipped, with the reasons
     * @param passedOver the number of files in no readable form, by ending
     */
    public record Report(
            int documents,
            int passages,
            int unchanged,
            int deleted,
            List<DocumentSource.Broken> broken,
            Map<String, Integer> passedOver) {
        /** Copies the collections. */
        public Report {
            broken = List.copyOf(broken);
            passedOver = Collections.unmodifiableMap(new TreeMap<>(passedOver));
        }
    }
}
