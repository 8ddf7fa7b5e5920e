package dev.llmadapt.rag.opensearch;

import com.google.gson.JsonObject;
import dev.llmadapt.rag.index.IndexException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The server of a cluster, by its version.
 *
 * @param major the major version, 2 of 2.19.1
 * @param minor the minor version, 19 of 2.19.1
 */
record Server(int major, int minor) {
    private static final Pattern NUMBER = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})[.-].*");

    /** Asks a cluster for its version, and refuses one that is too old or no OpenSearch. */
    static Server ask(ClusterClient client) {
        ClusterClient.Answer answer = client.send("GET", "/", null);
        JsonObject version = ClusterJson.object(answer.body(), "version", answer.from());
        String number = ClusterJson.text(version, "number", "none");
        Matcher matcher = NUMBER.matcher(number);
        if (!ClusterJson.text(version, "distribution", "none").equals("opensearch") || !matcher.matches()) {
            throw new IndexException(
                    answer.from() + " was answered by something that is not OpenSearch: "
                            + ClusterJson.shown(version.toString())
                            + "; name a host of an OpenSearch cluster of version 2.16 or later",
                    null);
        }
        Server server = new Server(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        if (server.major() < 2 || (server.major() == 2 && server.minor() < 16)) {
            throw new IndexException(
                    "the cluster runs OpenSearch " + ClusterJson.shown(number)
                            + ", 2.16 or later is needed; upgrade it",
                    null);
        }
        return server;
    }

    /**
     * Returns the factor of its scores of words against Lucene's: k1 + 1 before version 3, which scores like Lucene
     * since LUCENE-8563.
     */
    double bm25Factor(double k1) {
        return major < 3 ? 1 + k1 : 1;
    }
}
