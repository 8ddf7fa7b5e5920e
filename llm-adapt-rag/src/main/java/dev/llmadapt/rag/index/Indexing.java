package dev.llmadapt.rag.index;

import dev.llmadapt.Filter;
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
 * From documents to an index.
 *
 * @param splitter cuts them
 * @param commitEvery documents after which the index is committed, at least 1: what a crash can cost
 */
public record Indexing(Splitter splitter, int commitEvery) {
    /** Checks. */
    public Indexing {
        if (commitEvery < 1) {
            throw new IllegalArgumentException("commitEvery must be at least 1, commitEvery: " + commitEvery);
        }
    }

    /**
     * Cuts recursively into passages of 200 of the embedder's tokens with an overlap of 30, and commits every 500
     * documents.
     */
    public static Indexing with(Embedder embedder) {
        return new Indexing(Splitter.recursive(embedder.tokens(), 200, 30), 500);
    }

    /**
     * Adds all documents of a source; the passages of a document that was there before are replaced at once. A document
     * that cannot be read, cut or embedded is reported and skipped; the passages it had stay, unless its access list
     * changed or can no longer be read: then they are taken out, and so are those of the source's documents that were
     * not read this time. Of documents with one id the first is added, and the others are reported. Commits at the end.
     *
     * @param progress told of documents done, the total not known
     */
    public Report add(DocumentSource source, PassageIndex index, Progress progress) {
        Run run = new Run(index, Map.of(), progress);
        run.read(source);
        int deleted = 0;
        for (String withdrawn : run.withdrawn) {
            Set<String> unread = new HashSet<>();
            index.forEach(
                    Filter.equal(PassageMetadata.SOURCE, withdrawn),
                    passage -> unread.add(passage.metadata().getOrDefault(PassageMetadata.DOCUMENT, "")));
            unread.removeAll(run.seen.keySet());
            unread.forEach(document -> index.delete(Filter.equal(PassageMetadata.DOCUMENT, document)));
            deleted += unread.size();
        }
        index.commit();
        return run.report(deleted, source);
    }

    /**
     * Makes the index hold just what the source has: documents that are as they were when their passages were made, by
     * a hash of all but their time, are not embedded again and keep the time they had, and those under the same
     * {@code scope} that are gone from the source are deleted; those that cannot be read now stay, as {@link #add} has
     * it. {@link #watch} calls it whenever it is needed.
     *
     * @param scope which of the index's passages belong to this source; {@link Filter#all} if all do
     */
    public Report sync(DocumentSource source, Filter scope, PassageIndex index, Progress progress) {
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
                index.delete(Filter.and(scope, Filter.equal(PassageMetadata.DOCUMENT, document)));
                deleted++;
            }
        }
        index.commit();
        return run.report(deleted, source);
    }

    /**
     * Keeps an index in step with a source until it is closed: {@link #sync}s at once, soon after something under a
     * folder changes, and every so often, since not every change of every file system is told.
     *
     * @param folder what to look at; a folder that cannot be watched is looked at now and then only
     * @param interval the longest time between two looks, at least 10 milliseconds
     * @param listener hears of every look, on the thread that looks
     */
    public Watch watch(
            DocumentSource source,
            Path folder,
            Filter scope,
            PassageIndex index,
            Duration interval,
            Watch.Listener listener) {
        return new Watch(() -> sync(source, scope, index, Progress.NONE), folder, interval, listener);
    }

    /**
     * As {@link #watch(DocumentSource, Path, Filter, PassageIndex, Duration, Watch.Listener)} without a folder to look
     * at.
     */
    public Watch watch(
            DocumentSource source, Filter scope, PassageIndex index, Duration interval, Watch.Listener listener) {
        return new Watch(() -> sync(source, scope, index, Progress.NONE), null, interval, listener);
    }

    /** One reading of a source. */
    private final class Run {
        private final PassageIndex index;
        private final Map<String, String> hashes;
        private final Progress progress;
        private final Map<String, String> seen = new HashMap<>(); // sources by id
        private final List<DocumentSource.Broken> broken = new ArrayList<>();
        /** Sources whose documents that were not read must go. */
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
            Filter old = Filter.equal(PassageMetadata.DOCUMENT, document.id());
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

    /** SHA-256 of all that its passages are made of, but for the time; each part after its length. */
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
     * What was done.
     *
     * @param documents documents that were added or replaced
     * @param passages their passages
     * @param unchanged documents left as they were
     * @param deleted documents that were gone
     * @param broken documents that were skipped, with the reasons
     * @param passedOver how many files of which endings stand for no form that is read
     */
    public record Report(
            int documents,
            int passages,
            int unchanged,
            int deleted,
            List<DocumentSource.Broken> broken,
            Map<String, Integer> passedOver) {
        /** Copies. */
        public Report {
            broken = List.copyOf(broken);
            passedOver = Collections.unmodifiableMap(new TreeMap<>(passedOver));
        }
    }
}
