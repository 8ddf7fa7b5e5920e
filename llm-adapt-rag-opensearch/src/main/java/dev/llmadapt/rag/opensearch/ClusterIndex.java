package dev.llmadapt.rag.opensearch;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.MetadataFilter;
import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.ScoreExplanation;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.EmbeddedPassage;
import dev.llmadapt.rag.index.IndexException;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.rag.splitting.PassageMetadata;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * An index on a cluster.
 *
 * <p><b>Visibility.</b> The cluster shows writes after a refresh, and does not refresh by itself
 * ({@code refresh_interval} is -1). A write marks the index, and the next search of this object refreshes it first. So
 * thousands of writes cost one refresh, and others see them from {@link #commit()} on.
 *
 * <p><b>Replacing</b> delays every refresh of this object until it is complete. A crash half way must not leave a
 * document that looks complete: the first passage is written without its {@link PassageMetadata#TIME} before the
 * others, and in full after them, so that {@link dev.llmadapt.rag.index.Indexing} finds an incomplete document and
 * replaces it again.
 */
final class ClusterIndex implements PassageIndex {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,254}");
    private static final int MAX_DIMENSIONS = 16_000;
    private static final int PAGE = 500;
    private static final int IDS = 5_000;

    private final ClusterClient client;
    private final String name;
    private final Embedder embedder;
    private final OpenSearchOptions options;
    private final boolean writes;
    private final ClusterSearch search;
    private final AtomicBoolean closed = new AtomicBoolean();
    /** Shared by refreshes and writes, held exclusively by operations that must not be seen half done. */
    private final ReadWriteLock whole = new ReentrantReadWriteLock();

    private final Object refreshing = new Object();
    /** The number of writes; those of a crashed process before count as one, so that they are seen. */
    private final AtomicLong written;
    /** The number of visible writes; changed under {@link #refreshing}. */
    private volatile long seen;

    private ClusterIndex(
            ClusterClient client,
            ClusterSearch search,
            String name,
            Embedder embedder,
            OpenSearchOptions options,
            boolean writes) {
        this.client = client;
        this.name = name;
        this.embedder = embedder;
        this.options = options;
        this.writes = writes;
        this.search = search;
        this.written = new AtomicLong(writes ? 1 : 0);
    }

    static ClusterIndex open(
            ClusterClient client, String name, Embedder embedder, OpenSearchOptions options, boolean writes) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "the name of an index has up to 255 lower-case letters, digits and . _ - and begins with a letter or"
                            + " digit, name: '" + ClusterJson.shown(name) + "'");
        }
        if (embedder.dimension() > MAX_DIMENSIONS) {
            throw new IllegalArgumentException("a cluster holds vectors of at most " + MAX_DIMENSIONS
                    + " numbers, embedder " + embedder.name() + " makes " + embedder.dimension());
        }
        Server server = Server.ask(client);
        IndexLayout layout = new IndexLayout(name, embedder, options);
        ClusterClient.Answer found = client.send("GET", "/" + name, null, 404);
        if (found.status() == 404) {
            if (!writes) {
                throw new IndexException(
                        "there is no index '" + name + "' on the cluster; create it with OpenSearch.open", null);
            }
            // 400 where someone else, or a try whose answer was lost, created it meanwhile
            ClusterClient.Answer made =
                    client.send("PUT", "/" + name, layout.creation().toString(), 400);
            if (made.status() == 400 && !made.body().toString().contains("resource_already_exists_exception")) {
                throw ClusterClient.refusal(made);
            }
            found = client.send("GET", "/" + name, null);
        }
        layout.check(found.body(), found.from());
        ClusterSearch search = new ClusterSearch(
                client, name, server.bm25Factor(options.index().k1()));
        return new ClusterIndex(client, search, name, embedder, options, writes);
    }

    @Override
    public void upsert(Collection<Passage> passages) {
        requireWrites();
        List<Bulk.Operation> operations = EmbeddedPassage.of(passages, embedder).stream()
                .map(ClusterIndex::indexing)
                .toList();
        whole.readLock().lock();
        try {
            write(operations);
        } finally {
            whole.readLock().unlock();
        }
    }

    /** {@link OpenSearch#copy}. */
    void addAll(PassageIndex from) {
        List<Passage> page = new ArrayList<>();
        AtomicBoolean checked = new AtomicBoolean();
        Runnable copy = () -> {
            Map<String, float[]> vectors =
                    from.vectors(page.stream().map(Passage::id).toList());
            if (!vectors.isEmpty() && checked.compareAndSet(false, true)) {
                checkEmbedder(page, vectors);
            }
            List<Bulk.Operation> operations = page.stream()
                    .map(passage ->
                            indexing(new EmbeddedPassage(passage, vectors.getOrDefault(passage.id(), new float[0]))))
                    .toList();
            whole.readLock().lock();
            try {
                write(operations);
            } finally {
                whole.readLock().unlock();
            }
            page.clear();
        };
        from.forEach(MetadataFilter.all(), passage -> {
            page.add(passage);
            if (page.size() == PAGE) {
                copy.run();
            }
        });
        if (!page.isEmpty()) {
            copy.run();
        }
        commit();
    }

    private void checkEmbedder(List<Passage> page, Map<String, float[]> vectors) {
        List<Passage> some = page.stream()
                .filter(passage -> vectors.containsKey(passage.id()))
                .limit(3)
                .toList();
        for (EmbeddedPassage own : EmbeddedPassage.of(some, embedder)) {
            float[] other = vectors.getOrDefault(own.passage().id(), new float[0]);
            double cosine = own.vector().length == other.length ? ClusterSearch.dot(own.vector(), other) : -1;
            if (cosine < 0.99) {
                throw new IndexException(
                        "the vectors to copy were not made by embedder " + embedder.name() + ": that of passage '"
                                + ClusterJson.shown(own.passage().id()) + "' has the cosine " + cosine
                                + " with the embedder's; open the index with the embedder that made it",
                        null);
            }
        }
    }

    @Override
    public void replace(MetadataFilter old, Collection<Passage> passages) {
        requireWrites();
        List<EmbeddedPassage> added = EmbeddedPassage.of(passages, embedder);
        whole.writeLock().lock();
        try {
            Set<String> gone = ids(old);
            added.forEach(each -> gone.remove(each.passage().id()));
            List<Bulk.Operation> deletions =
                    gone.stream().map(Bulk.Operation::delete).toList();
            if (added.isEmpty() || added.size() + gone.size() == 1) {
                List<Bulk.Operation> all = new ArrayList<>(deletions);
                added.forEach(each -> all.add(indexing(each)));
                write(all);
                return;
            }
            EmbeddedPassage first = added.get(0);
            Map<String, String> untimed = new HashMap<>(first.passage().metadata());
            untimed.remove(PassageMetadata.TIME);
            write(List.of(indexing(new EmbeddedPassage(first.passage().withMetadata(untimed), first.vector()))));
            write(added.subList(1, added.size()).stream()
                    .map(ClusterIndex::indexing)
                    .toList());
            if (options.shards() > 1 && !gone.isEmpty()) {
                refresh(); // shards are refreshed one by one: the new must be seen before the old are gone
            }
            List<Bulk.Operation> rest = new ArrayList<>(deletions);
            rest.add(indexing(first));
            write(rest);
        } finally {
            whole.writeLock().unlock();
        }
    }

    @Override
    public void delete(Collection<String> ids) {
        requireWrites();
        whole.readLock().lock();
        try {
            write(deletions(new LinkedHashSet<>(ids)));
        } finally {
            whole.readLock().unlock();
        }
    }

    @Override
    public void delete(MetadataFilter filter) {
        requireWrites();
        whole.writeLock().lock();
        try {
            write(deletions(ids(filter)));
        } finally {
            whole.writeLock().unlock();
        }
    }

    private static Bulk.Operation indexing(EmbeddedPassage embedded) {
        return new Bulk.Operation(embedded.passage().id(), ClusterDocument.document(embedded));
    }

    private static List<Bulk.Operation> deletions(Set<String> ids) {
        return ids.stream()
                .filter(id -> !id.isEmpty())
                .map(Bulk.Operation::delete)
                .toList();
    }

    private Set<String> ids(MetadataFilter filter) {
        refresh();
        Set<String> ids = new LinkedHashSet<>();
        search.scan(
                ClusterQueries.filter(filter),
                ClusterJson.array(List.of(ClusterDocument.ID)),
                IDS,
                null,
                (documents, from) ->
                        documents.forEach(each -> ids.add(ClusterJson.string(each, ClusterDocument.ID, from))));
        return ids;
    }

    private void write(List<Bulk.Operation> operations) {
        try {
            Bulk.write(client, name, operations);
        } finally {
            written.incrementAndGet(); // even a write that failed may have been done in part
        }
    }

    /** Makes all completed writes visible. */
    private void refresh() {
        if (seen >= written.get()) {
            return;
        }
        whole.readLock().lock();
        try {
            synchronized (refreshing) {
                long now = written.get();
                if (seen < now) {
                    refreshAllCopies();
                    seen = now;
                }
            }
        } finally {
            whole.readLock().unlock();
        }
    }

    private void refreshAllCopies() {
        ClusterClient.Patience patience = client.patience();
        while (true) {
            ClusterClient.Answer answer = client.send("POST", "/" + name + "/_refresh", null);
            JsonObject shards = ClusterJson.object(answer.body(), "_shards", answer.from());
            if (ClusterJson.number(shards, "failed", answer.from()) == 0
                    && ClusterJson.number(shards, "successful", answer.from()) >= options.shards()) {
                return;
            }
            patience.wait(new ClusterClient.Trouble(
                    answer.from() + " was answered by some of the shards only: " + ClusterJson.shown(shards.toString()),
                    Duration.ZERO,
                    null));
        }
    }

    @Override
    public void commit() {
        requireWrites();
        refresh();
    }

    @Override
    public long size() {
        requireOpen();
        refresh();
        return search.count();
    }

    @Override
    public List<Passage> find(Collection<String> ids, Set<String> principals) {
        requireOpen();
        refresh();
        return search.find(ids, principals);
    }

    @Override
    public Map<String, float[]> vectors(Collection<String> ids) {
        requireOpen();
        refresh();
        return search.vectors(ids, embedder.dimension());
    }

    @Override
    public void forEach(MetadataFilter filter, Consumer<Passage> visitor) {
        requireOpen();
        refresh();
        search.scan(
                ClusterQueries.filter(filter),
                null,
                PAGE,
                null,
                (documents, from) -> documents.forEach(each -> visitor.accept(ClusterDocument.passage(each, 0, from))));
    }

    @Override
    public Retriever lexical() {
        return new Retriever() {
            @Override
            public List<Passage> retrieve(Query query) {
                requireOpen();
                refresh();
                return query.text().isBlank() ? List.of() : search.lexical(query);
            }

            @Override
            public Optional<ScoreExplanation> explain(Query query, String id) {
                requireOpen();
                refresh();
                return query.text().isBlank() ? Optional.empty() : search.explainLexical(query, id);
            }
        };
    }

    @Override
    public Retriever dense() {
        if (embedder.dimension() == 0) {
            throw new IllegalStateException(
                    "the index '" + name + "' has no vectors; make it with an embedder to search by meaning");
        }
        return new Retriever() {
            @Override
            public List<Passage> retrieve(Query query) {
                requireOpen();
                refresh();
                float[] vector = EmbeddedPassage.query(query.text(), embedder);
                return vector.length == 0
                        ? List.of()
                        : search.dense(
                                query,
                                vector,
                                options.index().candidates(),
                                options.index().quantised());
            }

            @Override
            public Optional<ScoreExplanation> explain(Query query, String id) {
                requireOpen();
                refresh();
                float[] vector = EmbeddedPassage.query(query.text(), embedder);
                return vector.length == 0 ? Optional.empty() : search.explainDense(query, id, vector, embedder.name());
            }
        };
    }

    @Override
    public void snapshot(Path folder) {
        requireWrites();
        commit();
        search.atOneMoment(moment -> LocalCopy.write(
                folder,
                embedder,
                options.index(),
                visitor -> search.scan(ClusterQueries.everything(), new JsonPrimitive(true), PAGE, moment, visitor)));
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true) && writes) {
            try {
                refresh();
            } catch (IndexException | UnavailableException e) {
                throw new IndexException(
                        "the index '" + name
                                + "' was closed, and all that was written is safe, but others may not see the"
                                + " last of it until it is opened and committed again: " + e.getMessage(),
                        e);
            }
        }
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException("the index '" + name + "' is closed; open it again to use it");
        }
    }

    private void requireWrites() {
        requireOpen();
        if (!writes) {
            throw new IllegalStateException(
                    "the index '" + name + "' was opened to read; open it with OpenSearch.open to write");
        }
    }
}
