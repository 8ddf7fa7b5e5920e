package dev.llmadapt.rag.opensearch;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.Passage;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.rag.index.EmbeddedPassage;
import dev.llmadapt.rag.index.IndexException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;

/**
 * A passage as a document of the cluster.
 *
 * <p>Metadata is indexed as facts, one keyword such as {@code 4:kind=x} for each entry. So any key is possible,
 * thousands of different keys need no new fields, and one field answers every filter. The number is the length of the
 * key: without it a key could end where the value of another begins.
 */
final class ClusterDocument {
    static final String ID = "id";
    static final String TITLE = "title";
    static final String TEXT = "text";
    /** The title and text in the form that searches compare; the only searched field. */
    static final String WORDS = "words";

    static final String VECTOR = "vector";
    static final String FACTS = "facts";
    static final String READERS = "readers";
    static final String EVERYONE = "everyone";
    static final String METADATA = "metadata";
    /** The title and text of a parent, out of reach of searches by words. */
    static final String PARENT = "parent";

    /** The maximal size of an id in the cluster. */
    private static final int MAX_ID_BYTES = 512;

    private static final int MAX_KEY_LENGTH = 200;
    private static final String HASHED = "sha256-";

    private ClusterDocument() {}

    /**
     * Returns the id of a passage in the cluster: its own id, or a hash of one that is too long or looks like such a
     * hash.
     */
    static String clusterId(String id) {
        return id.startsWith(HASHED) || id.length() > MAX_ID_BYTES || utf8(id).length > MAX_ID_BYTES
                ? HASHED + Sha256.of(id)
                : id;
    }

    static JsonObject document(EmbeddedPassage embedded) {
        Passage passage = embedded.passage();
        JsonObject document = new JsonObject();
        document.addProperty(ID, passage.id());
        JsonObject words = embedded.isParent() ? new JsonObject() : document;
        words.addProperty(TITLE, passage.title());
        words.addProperty(TEXT, passage.text());
        if (embedded.isParent()) {
            document.add(PARENT, words);
        } else {
            document.addProperty(WORDS, embedded.searchText());
        }
        JsonObject metadata = new JsonObject();
        JsonArray facts = new JsonArray();
        passage.metadata().forEach((key, value) -> {
            metadata.addProperty(key, value);
            facts.add(fact(key) + value);
        });
        document.add(METADATA, metadata);
        document.add(FACTS, facts);
        document.add(READERS, ClusterJson.array(passage.readers()));
        document.addProperty(EVERYONE, passage.readers().isEmpty());
        if (embedded.vector().length > 0) {
            document.add(VECTOR, ClusterJson.array(embedded.vector()));
        }
        return document;
    }

    /** Returns the beginning of the facts of a key, which the value follows. */
    static String fact(String key) {
        return (key.length() <= MAX_KEY_LENGTH ? key.length() + ":" + key : "#" + Sha256.of(key)) + "=";
    }

    static Passage passage(JsonObject document, double score, String from) {
        JsonObject words = document.has(PARENT) ? ClusterJson.object(document, PARENT, from) : document;
        Map<String, String> metadata = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> entry :
                ClusterJson.object(document, METADATA, from).entrySet()) {
            if (!(entry.getValue() instanceof JsonPrimitive value) || !value.isString()) {
                throw new IndexException(
                        from + " found a passage whose metadata '" + ClusterJson.shown(entry.getKey())
                                + "' is no text; was it written by something else?",
                        null);
            }
            metadata.put(entry.getKey(), value.getAsString());
        }
        return new Passage(
                ClusterJson.string(document, ID, from),
                ClusterJson.string(words, TITLE, from),
                ClusterJson.string(words, TEXT, from),
                score,
                metadata,
                new LinkedHashSet<>(ClusterJson.strings(document, READERS, from)));
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
