package dev.llmadapt.rag.opensearch;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.MetadataFilter;
import dev.llmadapt.Query;
import dev.llmadapt.rag.index.EmbeddedPassage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Queries in the cluster's query language: filters, access lists and words. They are built as JSON, never as text, so
 * that nothing a user writes is read as a query.
 */
final class ClusterQueries {
    /** The maximal number of values of one {@code terms}; the cluster's limit is 65,536. */
    private static final int MAX_TERMS = 50_000;
    /** The maximal number of words of a query; a cluster refuses queries with more than 1,024. */
    private static final int MAX_WORDS = 512;

    private static final int MAX_TOKEN_LENGTH = 255; // of Lucene's tokenizer, which cuts longer ones

    private ClusterQueries() {}

    static JsonObject everything() {
        return ClusterJson.of("match_all", new JsonObject());
    }

    private static JsonObject nothing() {
        return ClusterJson.of("match_none", new JsonObject());
    }

    /** Returns the filters of a query: passages that its principals may read and its own filter accepts. */
    static List<JsonObject> admitted(Query query) {
        return List.of(readable(query.principals()), filter(query.filter()));
    }

    static JsonObject readable(Set<String> principals) {
        JsonObject everyone = ClusterJson.of("term", ClusterJson.of(ClusterDocument.EVERYONE, new JsonPrimitive(true)));
        return any(List.of(everyone, terms(ClusterDocument.READERS, principals)));
    }

    static JsonObject filter(MetadataFilter filter) {
        if (filter instanceof MetadataFilter.OneOf oneOf) {
            String fact = ClusterDocument.fact(oneOf.field());
            return terms(
                    ClusterDocument.FACTS,
                    oneOf.values().stream().map(value -> fact + value).toList());
        }
        if (filter instanceof MetadataFilter.Between between) {
            String fact = ClusterDocument.fact(between.field());
            JsonObject range = new JsonObject();
            range.addProperty("gte", between.from() == null ? fact : fact + between.from());
            if (between.to() != null) {
                range.addProperty("lte", fact + between.to());
            } else {
                range.addProperty("lt", fact.substring(0, fact.length() - 1) + (char) ('=' + 1)); // no fact of the key
            }
            return ClusterJson.of("range", ClusterJson.of(ClusterDocument.FACTS, range));
        }
        if (filter instanceof MetadataFilter.And and) {
            return and.parts().isEmpty()
                    ? everything()
                    : all(and.parts().stream().map(ClusterQueries::filter).toList());
        }
        if (filter instanceof MetadataFilter.Or or) {
            return or.parts().isEmpty()
                    ? nothing()
                    : any(or.parts().stream().map(ClusterQueries::filter).toList());
        }
        return bool("must_not", List.of(filter(((MetadataFilter.Not) filter).part())));
    }

    /** Finds documents whose field has one of some values. */
    static JsonObject terms(String field, Collection<String> values) {
        if (values.isEmpty()) {
            return nothing();
        }
        List<String> all = List.copyOf(values);
        List<JsonObject> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += MAX_TERMS) {
            parts.add(ClusterJson.of(
                    "terms",
                    ClusterJson.of(
                            field, ClusterJson.array(all.subList(from, Math.min(all.size(), from + MAX_TERMS))))));
        }
        return parts.size() == 1 ? parts.get(0) : any(parts);
    }

    /** Finds passages with one of the words, scored by them, among those that all filters accept. */
    static JsonObject words(String text, List<JsonObject> filters) {
        JsonObject bool = new JsonObject();
        bool.add(
                "must",
                ClusterJson.of(
                        "match",
                        ClusterJson.of(
                                ClusterDocument.WORDS,
                                ClusterJson.of("query", firstWords(EmbeddedPassage.searchText(text))))));
        bool.add("filter", array(filters));
        return ClusterJson.of("bool", bool);
    }

    /**
     * Finds the passages with the nearest vectors among those that all filters accept; the graph search visits only
     * these.
     */
    static JsonObject nearest(float[] vector, int count, List<JsonObject> filters) {
        JsonObject knn = ClusterJson.of("vector", ClusterJson.array(vector));
        knn.addProperty("k", count);
        knn.add("filter", all(filters));
        return ClusterJson.of("knn", ClusterJson.of(ClusterDocument.VECTOR, knn));
    }

    /** Scores some passages by the exact inner product of their vectors. */
    static JsonObject exact(float[] vector, List<String> ids) {
        JsonObject parameters = ClusterJson.of("field", ClusterDocument.VECTOR);
        parameters.add("query_value", ClusterJson.array(vector));
        parameters.addProperty("space_type", "innerproduct");
        JsonObject script = ClusterJson.of("lang", "knn");
        script.addProperty("source", "knn_score");
        script.add("params", parameters);
        JsonObject scored = ClusterJson.of("query", all(List.of(terms(ClusterDocument.ID, ids), hasVector())));
        scored.add("script", script);
        return ClusterJson.of("script_score", scored);
    }

    private static JsonObject hasVector() {
        return ClusterJson.of("exists", ClusterJson.of("field", ClusterDocument.VECTOR));
    }

    static JsonObject all(List<JsonObject> parts) {
        return bool("filter", parts);
    }

    private static JsonObject any(List<JsonObject> parts) {
        JsonObject bool = ClusterJson.of("should", array(parts));
        bool.addProperty("minimum_should_match", 1);
        return ClusterJson.of("bool", bool);
    }

    private static JsonObject bool(String kind, List<JsonObject> parts) {
        return ClusterJson.of("bool", ClusterJson.of(kind, array(parts)));
    }

    private static JsonArray array(List<JsonObject> parts) {
        JsonArray array = new JsonArray();
        parts.forEach(array::add);
        return array;
    }

    /** Returns the beginning of a text with at most as many words as a query may have, by a cautious count. */
    static String firstWords(String text) {
        int words = 0;
        int length = 0; // of the word that is being read
        for (int at = 0; at < text.length(); ) {
            int point = text.codePointAt(at);
            if (point < 0x2e80 && Character.isLetterOrDigit(point)) {
                if (length++ % MAX_TOKEN_LENGTH == 0) {
                    words++;
                }
            } else {
                length = 0;
                if (point >= 0x2000 && !Character.isWhitespace(point)) {
                    words++; // characters that are words: Han, Kana, emoji
                }
            }
            if (words > MAX_WORDS) {
                return text.substring(0, at);
            }
            at += Character.charCount(point);
        }
        return text;
    }
}
