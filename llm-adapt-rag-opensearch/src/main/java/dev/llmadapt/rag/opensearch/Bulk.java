package dev.llmadapt.rag.opensearch;

import com.google.gson.JsonObject;
import dev.llmadapt.rag.index.IndexException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bulk writes: many documents in one request. Each document has its own answer: documents that the cluster was too busy
 * for, or whose shard was moving, are sent again; refused ones are reported when the others are written.
 */
final class Bulk {
    private static final int SHOWN = 10;

    private final ClusterClient client;
    private final String name;
    private final List<String> refused = new ArrayList<>();
    private int sent;

    private Bulk(ClusterClient client, String name) {
        this.client = client;
        this.name = name;
    }

    /**
     * An operation on a document: to index it, or to delete it if the document is null.
     *
     * @param id the id of the passage
     */
    record Operation(String id, @Nullable JsonObject document) {
        static Operation delete(String id) {
            return new Operation(id, null);
        }
    }

    /**
     * Carries out operations with different ids, in any order.
     *
     * @throws IndexException if the cluster cannot be reached, or refused some; all others are written then
     */
    static void write(ClusterClient client, String name, List<Operation> operations) {
        Bulk bulk = new Bulk(client, name);
        List<Operation> some = new ArrayList<>();
        StringBuilder lines = new StringBuilder();
        int limit = client.cluster().bulkBytes();
        for (Operation operation : operations) {
            String next = lines(operation);
            if (!some.isEmpty() && lines.length() + next.length() > limit) {
                bulk.send(some, lines.toString());
                some.clear();
                lines.setLength(0);
            }
            some.add(operation);
            lines.append(next);
        }
        if (!some.isEmpty()) {
            bulk.send(some, lines.toString());
        }
        bulk.report();
    }

    private static String lines(Operation operation) {
        JsonObject id = ClusterJson.of("_id", ClusterDocument.clusterId(operation.id()));
        return operation.document() == null
                ? ClusterJson.of("delete", id) + "\n"
                : ClusterJson.of("index", id) + "\n" + operation.document() + "\n";
    }

    private void send(List<Operation> operations, String lines) {
        List<Operation> left = List.copyOf(operations);
        String body = lines;
        sent += operations.size();
        ClusterClient.Patience patience = client.patience();
        while (true) {
            ClusterClient.Answer answer = client.send("POST", "/" + name + "/_bulk", body);
            List<JsonObject> items = ClusterJson.objects(answer.body(), "items", answer.from());
            if (items.size() != left.size()) {
                throw new IndexException(
                        answer.from() + " was answered about " + items.size() + " passages, expected " + left.size()
                                + "; check that no proxy changes requests",
                        null);
            }
            List<Operation> again = new ArrayList<>();
            String reason = "";
            for (int i = 0; i < items.size(); i++) {
                Operation operation = left.get(i);
                String action = operation.document() == null ? "delete" : "index";
                JsonObject item = ClusterJson.object(items.get(i), action, answer.from());
                int status = (int) ClusterJson.number(item, "status", answer.from());
                boolean gone = status == 404 && operation.document() == null && !item.has("error");
                if ((status >= 200 && status < 300) || gone) {
                    continue;
                }
                String cause = item.get("error") instanceof JsonObject error
                        ? ClusterClient.cause(error)
                        : "status " + status + " without a reason";
                if (ClusterClient.passes(status, cause)) {
                    again.add(operation);
                    reason = cause;
                } else {
                    refused.add("'" + ClusterJson.shown(operation.id()) + "': " + cause);
                }
            }
            if (again.isEmpty()) {
                return;
            }
            patience.wait(new ClusterClient.Trouble(
                    answer.from() + " was answered for " + again.size() + " of " + left.size() + " passages: " + reason,
                    Duration.ZERO,
                    null));
            left = again;
            StringBuilder rest = new StringBuilder();
            again.forEach(operation -> rest.append(lines(operation)));
            body = rest.toString();
        }
    }

    private void report() {
        if (!refused.isEmpty()) {
            throw new IndexException(
                    "the index '" + name + "' refused " + refused.size() + " of " + sent
                            + " passages, the others are written: "
                            + String.join("; ", refused.subList(0, Math.min(SHOWN, refused.size())))
                            + (refused.size() > SHOWN ? "; and " + (refused.size() - SHOWN) + " more" : "")
                            + ". Mend these and write them again",
                    null);
        }
    }
}
