package dev.llmadapt.rag.opensearch;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.IndexException;
import dev.llmadapt.rag.index.IndexOptions;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The layout of an index on a cluster: its mapping and settings when it is created, and the check whether an existing
 * index has the layout that the caller wants. The mapping's {@code _meta} records how the index was created.
 */
final class IndexLayout {
    private static final String META = "llm-adapt";
    private static final String FORMAT = "2"; // changes with how words are taken from a text

    private final String name;
    private final Embedder embedder;
    private final OpenSearchOptions options;

    IndexLayout(String name, Embedder embedder, OpenSearchOptions options) {
        this.name = name;
        this.embedder = embedder;
        this.options = options;
    }

    /** Returns the body of the request that creates the index. */
    JsonObject creation() {
        JsonObject all = new JsonObject();
        all.add("settings", ClusterJson.of("index", settings()));
        all.add("mappings", mappings());
        return all;
    }

    private JsonObject settings() {
        JsonObject settings = new JsonObject();
        settings.addProperty("number_of_shards", options.shards());
        settings.addProperty("number_of_replicas", options.replicas());
        settings.addProperty(
                "refresh_interval", "-1"); // what is seen when is ours to say, else replacing is not at once
        settings.addProperty("translog.durability", "request"); // a write that returned is on disk
        if (embedder.dimension() > 0) {
            settings.addProperty("knn", true);
        }
        JsonObject similarity = ClusterJson.of("type", "BM25");
        similarity.addProperty("k1", options.index().k1());
        similarity.addProperty("b", options.index().b());
        settings.add("similarity", ClusterJson.of("default", similarity));
        return settings;
    }

    private JsonObject mappings() {
        JsonObject fields = new JsonObject();
        fields.add(ClusterDocument.ID, type("keyword"));
        fields.add(ClusterDocument.TITLE, notSearched());
        fields.add(ClusterDocument.TEXT, notSearched());
        JsonObject words = type("text");
        words.addProperty("analyzer", analyzer());
        fields.add(ClusterDocument.WORDS, words);
        JsonObject facts = type("keyword");
        facts.addProperty("doc_values", false);
        fields.add(ClusterDocument.FACTS, facts);
        fields.add(ClusterDocument.READERS, facts.deepCopy());
        fields.add(ClusterDocument.EVERYONE, type("boolean"));
        fields.add(ClusterDocument.METADATA, keptOnly());
        fields.add(ClusterDocument.PARENT, keptOnly());
        if (embedder.dimension() > 0) {
            fields.add(ClusterDocument.VECTOR, vector());
        }
        JsonObject mappings = new JsonObject();
        mappings.addProperty("dynamic", "strict");
        JsonObject meta = new JsonObject();
        properties().forEach(meta::addProperty);
        mappings.add("_meta", ClusterJson.of(META, meta));
        mappings.add("properties", fields);
        return mappings;
    }

    private JsonObject vector() {
        JsonObject parameters = new JsonObject();
        parameters.addProperty("m", options.index().connections());
        parameters.addProperty("ef_construction", options.index().beamWidth());
        if (options.index().quantised()) {
            parameters.add("encoder", ClusterJson.of("name", "sq"));
        }
        JsonObject method = ClusterJson.of("name", "hnsw");
        method.addProperty("engine", "lucene"); // filters while it searches, so access lists cost no results
        method.addProperty("space_type", "cosinesimil");
        method.add("parameters", parameters);
        JsonObject vector = type("knn_vector");
        vector.addProperty("dimension", embedder.dimension());
        vector.add("method", method);
        return vector;
    }

    private static JsonObject type(String type) {
        return ClusterJson.of("type", type);
    }

    private static JsonObject notSearched() {
        JsonObject field = type("text");
        field.addProperty("index", false);
        return field;
    }

    private static JsonObject keptOnly() {
        JsonObject field = type("object");
        field.addProperty("enabled", false);
        return field;
    }

    private String analyzer() {
        return switch (options.index().language()) {
            case ENGLISH -> "english";
            case GERMAN -> "german";
            case SPANISH -> "spanish";
            case FRENCH -> "french";
            case ANY -> "standard";
        };
    }

    /** Returns the properties that are fixed when an index is created, as text. */
    private Map<String, String> properties() {
        IndexOptions index = options.index();
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("format", FORMAT);
        properties.put("embedder", embedder.name());
        properties.put("dimension", Integer.toString(embedder.dimension()));
        properties.put("language", index.language().name());
        properties.put("shards", Integer.toString(options.shards()));
        properties.put("quantised", Boolean.toString(index.quantised()));
        properties.put("connections", Integer.toString(index.connections()));
        properties.put("beamWidth", Integer.toString(index.beamWidth()));
        properties.put("k1", Double.toString(index.k1()));
        properties.put("b", Double.toString(index.b()));
        return properties;
    }

    /**
     * Refuses an index with another layout: vectors of another embedder cannot be compared, and an option that cannot
     * be honoured is an error.
     *
     * @param body the cluster's answer about the index
     */
    void check(JsonObject body, String from) {
        if (body.size() != 1) {
            throw new IndexException(
                    "'" + name + "' names " + body.size() + " indexes of the cluster, "
                            + ClusterJson.shown(body.keySet().toString()) + "; name one, or an alias of one",
                    null);
        }
        JsonObject index = ClusterJson.object(body, body.keySet().iterator().next(), from);
        JsonObject mappings = ClusterJson.object(index, "mappings", from);
        JsonElement meta = mappings.get("_meta");
        if (!(meta instanceof JsonObject all) || !(all.get(META) instanceof JsonObject made)) {
            throw new IndexException(
                    "the index '" + name + "' was not made by this library; take another name, or delete it first",
                    null);
        }
        properties().forEach((key, wanted) -> refuseOther(key, ClusterJson.text(made, key, "none"), wanted));
        JsonObject found = ClusterJson.object(mappings, "properties", from);
        mappings().getAsJsonObject("properties").entrySet().forEach(entry -> {
            String field = entry.getKey();
            JsonObject wanted = entry.getValue().getAsJsonObject();
            JsonObject is = found.get(field) instanceof JsonObject object ? object : null;
            for (String key : new String[] {"type", "analyzer", "dimension", "enabled"}) {
                // An object's type is not repeated by the cluster, as it is one by having no other
                if (wanted.get(key) instanceof JsonPrimitive value
                        && !(key.equals("type") && value.getAsString().equals("object"))) {
                    refuseOther(
                            "mapping of '" + field + "', " + key,
                            ClusterJson.text(is, key, "none"),
                            value.getAsString());
                }
            }
        });
    }

    private void refuseOther(String what, String found, String wanted) {
        if (!found.equals(wanted)) {
            throw new IndexException(
                    "the index '" + name + "' has the " + what + " '" + ClusterJson.shown(found) + "', expected '"
                            + wanted + "'; open it as it was made, or index the documents again under another name",
                    null);
        }
    }
}
