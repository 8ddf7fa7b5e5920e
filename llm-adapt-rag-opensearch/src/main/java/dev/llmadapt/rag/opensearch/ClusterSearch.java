package dev.llmadapt.rag.opensearch;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.ScoreExplanation;
import dev.llmadapt.rag.index.IndexException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Searches in an index on a cluster.
 *
 * <p>Equal queries find equal passages: answers are complete or fail ({@code allow_partial_search_results=false}),
 * equal texts go to the same copies of the shards as long as they exist ({@code preference}), words are weighted over
 * all shards ({@code dfs_query_then_fetch}), and equal scores are ordered by id.
 */
final class ClusterSearch {
    /** The cluster's own limit of results of one search. */
    static final int MAX_RESULTS = 10_000;

    private static final int IDS_AT_ONCE = 1_000;
    private static final int VECTORS_AT_ONCE = 200;

    private final ClusterClient client;
    private final String name;
    private final double bm25Factor;

    /**
     * Creates the searches of an index.
     *
     * @param bm25Factor the divisor that makes the cluster's scores of words equal to those of an index in a folder
     */
    ClusterSearch(ClusterClient client, String name, double bm25Factor) {
        this.client = client;
        this.name = name;
        this.bm25Factor = bm25Factor;
    }

    List<Passage> lexical(Query query) {
        JsonObject body =
                ranked(ClusterQueries.words(query.text(), ClusterQueries.admitted(query)), within(query.limit()));
        return hits(body, "&search_type=dfs_query_then_fetch", query).passages(score -> score / bm25Factor);
    }

    Optional<ScoreExplanation> explainLexical(Query query, String id) {
        List<JsonObject> filters = new ArrayList<>(ClusterQueries.admitted(query));
        filters.add(ClusterQueries.terms(ClusterDocument.ID, Set.of(id)));
        JsonObject body = ranked(ClusterQueries.words(query.text(), filters), 1);
        body.addProperty("explain", true);
        Hits hits = hits(body, "&search_type=dfs_query_then_fetch", query);
        if (hits.all().isEmpty()) {
            return Optional.empty();
        }
        JsonObject hit = hits.all().get(0);
        ScoreExplanation explanation = explanation(ClusterJson.object(hit, "_explanation", hits.from()), hits.from());
        return Optional.of(new ScoreExplanation(
                ClusterJson.number(hit, "_score", hits.from()) / bm25Factor,
                "BM25, the cluster's score divided by " + bm25Factor + ":",
                List.of(explanation)));
    }

    /**
     * Finds the passages whose vectors have the largest cosine with the query's.
     *
     * @param vector the query's vector, of length 1
     * @param candidates the minimal number of candidates from the graph
     * @param quantised whether the scores of the graph have 8 bits, so that its candidates are scored again
     */
    List<Passage> dense(Query query, float[] vector, int candidates, boolean quantised) {
        int count = within(Math.max(query.limit(), candidates));
        JsonObject nearest = ClusterQueries.nearest(vector, count, ClusterQueries.admitted(query));
        if (!quantised) {
            // The cluster's score of a cosine is (1 + cosine) / 2
            return hits(ranked(nearest, within(query.limit())), "", query).passages(score -> 2 * score - 1);
        }
        JsonObject body = ranked(nearest, count);
        body.add("_source", ClusterJson.array(List.of(ClusterDocument.ID)));
        Hits found = hits(body, "", query);
        if (found.all().isEmpty()) {
            return List.of();
        }
        List<String> ids = found.all().stream()
                .map(hit -> ClusterJson.string(
                        ClusterJson.object(hit, "_source", found.from()), ClusterDocument.ID, found.from()))
                .toList();
        return hits(ranked(ClusterQueries.exact(vector, ids), within(query.limit())), "", query)
                // The cluster's score of an inner product p, here a cosine, is p + 1, or 1 / (1 - p) below 0
                .passages(score -> score >= 1 ? score - 1 : 1 - 1 / score);
    }

    Optional<ScoreExplanation> explainDense(Query query, String id, float[] vector, String embedder) {
        List<JsonObject> filters = new ArrayList<>(ClusterQueries.admitted(query));
        filters.add(ClusterQueries.terms(ClusterDocument.ID, Set.of(id)));
        float[] other = vectors(ClusterQueries.all(filters), 1, vector.length).get(id);
        if (other == null) {
            return Optional.empty();
        }
        return Optional.of(new ScoreExplanation(
                dot(vector, other), "cosine of the query's and the passage's vectors, by " + embedder));
    }

    static double dot(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += (double) one[i] * other[i];
        }
        return sum;
    }

    List<Passage> find(Collection<String> ids, Set<String> principals) {
        List<String> wanted = List.copyOf(new LinkedHashSet<>(ids));
        Map<String, Passage> found = new HashMap<>();
        for (List<String> some : parts(wanted, IDS_AT_ONCE)) {
            JsonObject query = ClusterQueries.all(
                    List.of(ClusterQueries.terms(ClusterDocument.ID, some), ClusterQueries.readable(principals)));
            hits(unranked(query, some.size()), "", null)
                    .passages(score -> 0)
                    .forEach(passage -> found.put(passage.id(), passage));
        }
        return wanted.stream()
                .filter(found::containsKey)
                .map(id -> Objects.requireNonNull(found.get(id)))
                .toList();
    }

    Map<String, float[]> vectors(Collection<String> ids, int dimension) {
        Map<String, float[]> found = new HashMap<>();
        for (List<String> some : parts(List.copyOf(new LinkedHashSet<>(ids)), VECTORS_AT_ONCE)) {
            found.putAll(vectors(ClusterQueries.terms(ClusterDocument.ID, some), some.size(), dimension));
        }
        return found;
    }

    private Map<String, float[]> vectors(JsonObject query, int most, int dimension) {
        JsonObject body = unranked(query, most);
        body.add("_source", ClusterJson.array(List.of(ClusterDocument.ID, ClusterDocument.VECTOR)));
        Hits hits = hits(body, "", null);
        Map<String, float[]> vectors = new HashMap<>();
        for (JsonObject hit : hits.all()) {
            JsonObject document = ClusterJson.object(hit, "_source", hits.from());
            if (document.has(ClusterDocument.VECTOR)) {
                vectors.put(
                        ClusterJson.string(document, ClusterDocument.ID, hits.from()),
                        ClusterJson.floats(document, ClusterDocument.VECTOR, dimension, hits.from()));
            }
        }
        return vectors;
    }

    long count() {
        ClusterClient.Answer answer = client.send("GET", "/" + name + "/_count", null);
        whole(answer);
        return (long) ClusterJson.number(answer.body(), "count", answer.from());
    }

    /**
     * Visits all documents of a query in the order of their ids, a page at a time.
     *
     * @param source the fields to return, or null for all except vectors and words
     * @param moment the id of a point in time, or null to see each page in its present state
     */
    void scan(JsonObject query, @Nullable JsonElement source, int page, @Nullable String moment, Visitor visitor) {
        String last = null;
        while (true) {
            JsonObject body = unranked(query, page);
            if (source != null) {
                body.add("_source", source);
            }
            JsonArray sort = new JsonArray();
            sort.add(ClusterJson.of(ClusterDocument.ID, "asc"));
            body.add("sort", sort);
            if (last != null) {
                body.add("search_after", ClusterJson.array(List.of(last)));
            }
            Hits hits;
            if (moment == null) {
                hits = hits(body, "", null);
            } else {
                JsonObject pit = ClusterJson.of("id", moment);
                pit.addProperty("keep_alive", "5m");
                body.add("pit", pit);
                hits = hits("/_search?allow_partial_search_results=false", body, page);
            }
            List<JsonObject> documents = new ArrayList<>();
            for (JsonObject hit : hits.all()) {
                JsonObject document = ClusterJson.object(hit, "_source", hits.from());
                String id = ClusterJson.string(document, ClusterDocument.ID, hits.from());
                if (last != null && Arrays.compareUnsigned(ClusterDocument.utf8(id), ClusterDocument.utf8(last)) <= 0) {
                    throw new IndexException(
                            hits.from() + " found '" + ClusterJson.shown(id) + "' after '" + ClusterJson.shown(last)
                                    + "', out of order; check that no proxy answers in the cluster's place",
                            null);
                }
                last = id;
                documents.add(document);
            }
            visitor.visit(documents, hits.from());
            if (documents.size() < page) {
                return;
            }
        }
    }

    /** Gives all searches of {@link #scan} the same state of the index while it is written. */
    void atOneMoment(Consumer<String> searches) {
        ClusterClient.Answer answer = client.send("POST", "/" + name + "/_search/point_in_time?keep_alive=5m", null);
        String moment = ClusterJson.string(answer.body(), "pit_id", answer.from());
        try {
            searches.accept(moment);
        } finally {
            JsonObject body = new JsonObject();
            body.add("pit_id", ClusterJson.array(List.of(moment)));
            client.send("DELETE", "/_search/point_in_time", body.toString(), 404);
        }
    }

    /** A receiver of pages of documents. */
    interface Visitor {
        void visit(List<JsonObject> documents, String from);
    }

    private interface Scoring {
        double of(double score);
    }

    /** The hits of a search, the best first. */
    private record Hits(List<JsonObject> all, String from) {
        List<Passage> passages(Scoring scoring) {
            List<Passage> passages = new ArrayList<>(all.size());
            for (JsonObject hit : all) {
                double score = hit.get("_score") instanceof JsonPrimitive ? ClusterJson.number(hit, "_score", from) : 0;
                passages.add(
                        ClusterDocument.passage(ClusterJson.object(hit, "_source", from), scoring.of(score), from));
            }
            passages.sort(Comparator.comparingDouble(Passage::score).reversed().thenComparing(Passage::id));
            return List.copyOf(passages);
        }
    }

    private static JsonObject ranked(JsonObject query, int most) {
        JsonObject body = unranked(query, most);
        JsonArray sort = new JsonArray();
        sort.add(ClusterJson.of("_score", "desc"));
        sort.add(ClusterJson.of(ClusterDocument.ID, "asc"));
        body.add("sort", sort);
        body.addProperty("track_scores", true);
        return body;
    }

    private static JsonObject unranked(JsonObject query, int most) {
        JsonObject body = ClusterJson.of("query", query);
        body.addProperty("size", most);
        body.addProperty("track_total_hits", false);
        body.add(
                "_source",
                ClusterJson.of("excludes", ClusterJson.array(List.of(ClusterDocument.VECTOR, ClusterDocument.WORDS))));
        return body;
    }

    private Hits hits(JsonObject body, String parameters, @Nullable Query query) {
        String copies = query == null
                ? ""
                : "&preference=q" + Integer.toHexString(query.text().hashCode());
        return hits(
                "/" + name + "/_search?allow_partial_search_results=false" + copies + parameters,
                body,
                body.get("size").getAsInt());
    }

    private Hits hits(String path, JsonObject body, int most) {
        ClusterClient.Answer answer = client.send("POST", path, body.toString());
        whole(answer);
        List<JsonObject> all =
                ClusterJson.objects(ClusterJson.object(answer.body(), "hits", answer.from()), "hits", answer.from());
        if (all.size() > most) {
            throw new IndexException(
                    answer.from() + " found " + all.size() + " passages, expected at most " + most
                            + "; check that no proxy changes requests",
                    null);
        }
        return new Hits(all, answer.from());
    }

    private static void whole(ClusterClient.Answer answer) {
        JsonObject shards = ClusterJson.object(answer.body(), "_shards", answer.from());
        boolean late = answer.body().get("timed_out") instanceof JsonPrimitive value && value.getAsBoolean();
        if (late || ClusterJson.number(shards, "failed", answer.from()) > 0) {
            throw new IndexException(
                    answer.from() + " was answered by some of the shards only: " + ClusterJson.shown(shards.toString())
                            + "; look at the cluster's health, then do it again",
                    null);
        }
    }

    private static int within(int limit) {
        return Math.min(limit, MAX_RESULTS);
    }

    private static List<List<String>> parts(List<String> all, int size) {
        List<List<String>> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += size) {
            parts.add(all.subList(from, Math.min(all.size(), from + size)));
        }
        return parts;
    }

    private static ScoreExplanation explanation(JsonObject explanation, String from) {
        return new ScoreExplanation(
                ClusterJson.number(explanation, "value", from),
                ClusterJson.string(explanation, "description", from),
                ClusterJson.objects(explanation, "details", from).stream()
                        .map(each -> explanation(each, from))
                        .toList());
    }
}
