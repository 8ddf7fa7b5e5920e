package dev.llmadapt.rag;

import dev.llmadapt.Filter;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

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

    /** Cuts recursively into passages of 200 of the embedder's tokens with an overlap of 30, and commits every 500 documents. */
    public static Indexing with(Embedder embedder) {
        return new Indexing(Splitter.recursive(embedder.tokens(), 200, 30), 500);
    }

    /**
     * Adds all documents of a source; the passages of a document that was there before are replaced at once. A document
     * that cannot be read, cut or embedded is reported and skipped; the passages it had stay. Commits at the end.
     *
     * @param progress told of documents done, the total not known
     */
    public Report add(DocumentSource source, PassageIndex index, Progress progress) {
        return run(source, index, Map.of(), new HashSet<>(), progress);
    }

    /**
     * Makes the index hold just what the source has: documents that are as they were when their passages were made, by a
     * hash of all but their time, are not embedded again and keep the time they had, and those under the same
     * {@code scope} that are gone from the source are deleted, broken ones excepted. {@link #watch} calls it whenever it is
     * needed.
     *
     * @param scope which of the index's passages belong to this source; {@link Filter#all} if all do
     */
    public Report sync(DocumentSource source, Filter scope, PassageIndex index, Progress progress) {
        Map<String, String> hashes = new HashMap<>();
        Map<String, String> sources = new HashMap<>();
        index.forEach(scope, passage -> {
            String document = passage.metadata().get(PassageIndex.DOCUMENT);
            if (document != null) {
                // Passages of two hashes, or one without its time: replacing them was cut off, so it is done again
                boolean whole = passage.metadata().containsKey(PassageIndex.TIME);
                String hash = whole ? passage.metadata().getOrDefault(PassageIndex.HASH, "") : "";
                hashes.merge(document, hash, (one, other) -> one.equals(other) ? one : "");
                sources.put(document, passage.metadata().getOrDefault(PassageIndex.SOURCE, ""));
            }
        });
        Set<String> seen = new HashSet<>();
        Report report = run(source, index, hashes, seen, progress);
        Set<String> broken = new HashSet<>();
        report.broken().stream()
                .filter(each -> !each.gone())
                .forEach(each -> broken.add(each.source().replaceFirst(", (row|line) \\d+$", "")));
        int deleted = 0;
        for (String document : hashes.keySet()) {
            if (!seen.contains(document) && !broken.contains(sources.getOrDefault(document, ""))) {
                index.delete(Filter.and(scope, Filter.equal(PassageIndex.DOCUMENT, document)));
                deleted++;
            }
        }
        index.commit();
        return new Report(report.documents(), report.passages(), report.unchanged(), deleted, report.broken());
    }

    /**
     * Keeps an index in step with a source until it is closed: {@link #sync}s at once, soon after something under a folder
     * changes, and every so often, since not every change of every file system is told.
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

    /** As {@link #watch(DocumentSource, Path, Filter, PassageIndex, Duration, Watch.Listener)} without a folder to look at. */
    public Watch watch(
            DocumentSource source, Filter scope, PassageIndex index, Duration interval, Watch.Listener listener) {
        return new Watch(() -> sync(source, scope, index, Progress.NONE), null, interval, listener);
    }

    private Report run(
            DocumentSource source,
            PassageIndex index,
            Map<String, String> hashes,
            Set<String> seen,
            Progress progress) {
        List<DocumentSource.Broken> broken = new ArrayList<>();
        int[] counts = new int[3]; // documents, passages, unchanged
        source.read(
                document -> {
                    seen.add(document.id());
                    String hash = hash(document);
                    if (hash.equals(hashes.get(document.id()))) {
                        counts[2]++;
                        return;
                    }
                    List<Passage> passages;
                    try {
                        passages = splitter.split(document).stream()
                                .map(passage -> marked(passage, hash))
                                .toList();
                        index.replace(Filter.equal(PassageIndex.DOCUMENT, document.id()), passages);
                    } catch (IllegalArgumentException | EmbeddingException e) {
                        broken.add(new DocumentSource.Broken(document.source(), String.valueOf(e.getMessage())));
                        return;
                    }
                    counts[0]++;
                    counts[1] += passages.size();
                    progress.report("index", counts[0], 0);
                    if (counts[0] % commitEvery == 0) {
                        index.commit();
                    }
                },
                broken::add);
        index.commit();
        return new Report(counts[0], counts[1], counts[2], 0, broken);
    }

    private static Passage marked(Passage passage, String hash) {
        Map<String, String> metadata = new HashMap<>(passage.metadata());
        metadata.put(PassageIndex.HASH, hash);
        return passage.withMetadata(metadata);
    }

    /** SHA-256 of all that its passages are made of, but for the time; each part after its length. */
    private static String hash(Document document) {
        List<String> parts = new ArrayList<>(List.of(document.title(), document.text(), document.source()));
        new TreeMap<>(document.metadata()).forEach((key, value) -> parts.addAll(List.of(key, value)));
        parts.add("");
        parts.addAll(new TreeSet<>(document.readers()));
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * What was done.
     *
     * @param documents documents that were added or replaced
     * @param passages their passages
     * @param unchanged documents left as they were
     * @param deleted documents that were gone
     * @param broken documents that were skipped, with the reasons
     */
    public record Report(int documents, int passages, int unchanged, int deleted, List<DocumentSource.Broken> broken) {
        /** Copies. */
        public Report {
            broken = List.copyOf(broken);
        }
    }
}
