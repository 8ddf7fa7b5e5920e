package dev.llmadapt.rag.opensearch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.MetadataFilter;
import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.IndexException;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.rag.opensearch.ScriptedServer.Reply;
import dev.llmadapt.rag.opensearch.ScriptedServer.Request;
import dev.llmadapt.rag.splitting.PassageMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the index asks a cluster, and what it makes of odd answers; a scripted one is enough. */
final class ScriptedIndexTest {
    private static final String HIT = "{\"_score\":2.2,\"_source\":{\"id\":\"1\",\"title\":\"\",\"text\":\"fox\","
            + "\"metadata\":{},\"readers\":[]}}";

    private final ManualClock clock = new ManualClock();
    private String made = "";
    private String version = "{\"version\":{\"distribution\":\"opensearch\",\"number\":\"2.19.1\"}}";
    private Function<Request, Reply> bulk = ScriptedIndexTest::allWritten;
    private String found = hits(HIT);

    @SuppressWarnings("NullAway.Init")
    private ScriptedServer server;

    @BeforeEach
    void start() {
        server = new ScriptedServer(this::answer);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Reply answer(Request request) {
        String path = request.path().replaceFirst("\\?.*", "");
        if (path.equals("/")) {
            return Reply.of(200, version);
        }
        if (path.equals("/index")) {
            if (request.method().equals("PUT")) {
                made = "{\"index\":" + request.body() + "}";
                return Reply.of(200, "{\"acknowledged\":true}");
            }
            return made.isEmpty() ? Reply.of(404, "{\"error\":\"none\"}") : Reply.of(200, made);
        }
        if (path.endsWith("/_bulk")) {
            return bulk.apply(request);
        }
        if (path.endsWith("/_refresh")) {
            return Reply.of(200, "{\"_shards\":{\"total\":2,\"successful\":2,\"failed\":0}}");
        }
        return Reply.of(200, found);
    }

    private static String hits(String... hits) {
        return "{\"timed_out\":false,\"_shards\":{\"failed\":0},\"hits\":{\"hits\":[" + String.join(",", hits) + "]}}";
    }

    private static List<JsonObject> lines(Request request) {
        return request.body()
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
    }

    private static Reply allWritten(Request request) {
        JsonArray items = new JsonArray();
        for (JsonObject line : lines(request)) {
            if (line.has("delete")) {
                items.add(ClusterJson.of("delete", ClusterJson.of("status", 200)));
            } else if (line.has("index")) {
                items.add(ClusterJson.of("index", ClusterJson.of("status", 201)));
            }
        }
        return Reply.of(200, ClusterJson.of("items", items).toString());
    }

    private PassageIndex open() {
        return open(1_000);
    }

    private PassageIndex open(int bulkBytes) {
        Cluster cluster = Cluster.of(server.address()).withSizes(bulkBytes, 1_000_000);
        return ClusterIndex.open(
                new ClusterClient(cluster, clock), "index", Embedder.none(), OpenSearchOptions.defaults(), true);
    }

    private List<Request> asked(String end) {
        return server.requests().stream()
                .filter(request -> request.path().replaceFirst("\\?.*", "").endsWith(end))
                .toList();
    }

    private static Passage passage(int number) {
        return new Passage("p" + number, "", "fox ".repeat(20), 0);
    }

    @Test
    void upsert_manyPassages_goInRequestsOfTheLengthAskedFor() {
        List<Passage> passages = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            passages.add(passage(i));
        }
        open().upsert(passages);

        assertThat(asked("/_bulk"))
                .hasSizeGreaterThan(5)
                .allMatch(request -> request.body().length() <= 1_000)
                .allMatch(request -> request.contentType().orElse("").equals("application/x-ndjson"));
        assertThat(asked("/_bulk").stream()
                        .flatMap(request -> lines(request).stream())
                        .filter(line -> line.has("index")))
                .hasSize(50);
    }

    @Test
    void upsert_itemsThatTheClusterIsTooBusyFor_areSentAgainAlone() {
        String busy = "{\"items\":[{\"index\":{\"status\":201}},{\"index\":{\"status\":429,\"error\":{\"type\":"
                + "\"rejected_execution\",\"reason\":\"full\"}}},{\"index\":{\"status\":503}}]}";
        Function<Request, Reply> first = ScriptedServer.inTurn(Reply.of(200, busy), Reply.of(200, "last"));
        bulk = request -> lines(request).size() == 6 ? first.apply(request) : allWritten(request);
        open(100_000).upsert(List.of(passage(1), passage(2), passage(3)));

        List<Request> asked = asked("/_bulk");
        assertThat(asked).hasSize(2);
        assertThat(asked.get(1).body()).contains("p2", "p3").doesNotContain("p1");
        assertThat(clock.sleeps()).hasSize(1);
    }

    @Test
    void upsert_itemsThatAreRefused_areNamedAndTheOthersWritten() {
        bulk = request -> {
            JsonArray items = new JsonArray();
            for (JsonObject line : lines(request)) {
                if (line.has("index")) {
                    String id = line.getAsJsonObject("index").get("_id").getAsString();
                    JsonObject item = ClusterJson.of("status", id.equals("p3") ? 400 : 201);
                    if (id.equals("p3")) {
                        item.add("error", JsonParser.parseString("{\"type\":\"odd\",\"reason\":\"too odd\"}"));
                    }
                    items.add(ClusterJson.of("index", item));
                }
            }
            return Reply.of(200, ClusterJson.of("items", items).toString());
        };
        List<Passage> passages = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            passages.add(passage(i));
        }
        assertThatThrownBy(() -> open().upsert(passages))
                .isInstanceOf(IndexException.class)
                .hasMessageContainingAll("refused 1 of 20 passages", "'p3': odd: too odd", "others are written");
        assertThat(asked("/_bulk").stream()
                        .flatMap(request -> lines(request).stream())
                        .filter(line -> line.has("index")))
                .hasSize(20);
    }

    @Test
    void upsert_fewerAnswersThanPassages_isRefused() {
        bulk = request -> Reply.of(200, "{\"items\":[]}");

        assertThatThrownBy(() -> open().upsert(List.of(passage(1))))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining("about 0 passages, expected 1");
    }

    @Test
    void replace_document_cannotLookCompleteBeforeItIs() {
        Map<String, String> metadata = Map.of(PassageMetadata.DOCUMENT, "d", PassageMetadata.TIME, "now");
        found = hits(HIT.replace("\"id\":\"1\"", "\"id\":\"old\""));
        PassageIndex index = open(100_000);
        index.replace(
                MetadataFilter.equal(PassageMetadata.DOCUMENT, "d"),
                List.of(passage(1).withMetadata(metadata), passage(2).withMetadata(metadata)));

        List<Request> writes = asked("/_bulk");
        assertThat(writes).hasSize(3);
        assertThat(writes.get(0).body()).contains("p1").doesNotContain("now");
        assertThat(writes.get(1).body()).contains("p2", "now").doesNotContain("p1");
        assertThat(writes.get(2).body()).contains("p1", "now", "{\"delete\":{\"_id\":\"old\"}}");
    }

    @Test
    void search_afterManyWrites_refreshesOnce() {
        PassageIndex index = open();
        for (int i = 0; i < 5; i++) {
            index.upsert(List.of(passage(i)));
        }
        index.lexical().retrieve(new Query("fox", 1));
        index.lexical().retrieve(new Query("fox", 1));
        index.close();

        assertThat(asked("/_refresh")).hasSize(1);
    }

    @Test
    void search_query_isFilteredInTheClusterAndNeverText() {
        open().lexical()
                .retrieve(new Query("\"}}] fox", 3)
                        .withPrincipals(Set.of("ann\"}"))
                        .withFilter(MetadataFilter.equal("k\"}", "v")));

        Request asked = asked("/_search").get(0);
        assertThat(asked.path()).contains("allow_partial_search_results=false");
        JsonObject bool = JsonParser.parseString(asked.body())
                .getAsJsonObject()
                .getAsJsonObject("query")
                .getAsJsonObject("bool");
        assertThat(bool.getAsJsonObject("must").toString()).contains("fox");
        assertThat(bool.getAsJsonArray("filter")).hasSize(2);
        assertThat(bool.getAsJsonArray("filter").get(0).toString()).contains("ann\\\"}", "everyone");
        assertThat(bool.getAsJsonArray("filter").get(1).toString()).contains("3:k\\\"}=v");
    }

    @Test
    void search_hostileAnswers_areClearErrors() {
        PassageIndex index = open();
        for (String answer : List.of(
                "{}",
                "{\"hits\":{\"hits\":[]}}",
                "{\"_shards\":{\"failed\":1},\"hits\":{\"hits\":[]}}",
                "{\"_shards\":{\"failed\":0},\"timed_out\":true,\"hits\":{\"hits\":[]}}",
                "{\"_shards\":{\"failed\":\"0\"},\"hits\":{\"hits\":[]}}",
                "{\"_shards\":{\"failed\":0},\"hits\":[]}",
                hits("7"),
                hits("{}"),
                hits(HIT, HIT),
                hits(HIT.replace("2.2", "\"high\"")),
                hits(HIT.replace("2.2", "1e999")),
                hits(HIT.replace("\"fox\"", "null")),
                hits(HIT.replace("\"metadata\":{}", "\"metadata\":{\"a\":[]}")),
                hits(HIT.replace("\"readers\":[]", "\"readers\":[7]")),
                hits(HIT.replace("\"readers\":[]", "\"reader\":[]")))) {
            found = answer;
            assertThatThrownBy(() -> index.lexical().retrieve(new Query("fox", 1)))
                    .as(answer)
                    .isInstanceOf(IndexException.class)
                    .hasMessageContaining("/index/_search");
        }
        found = hits(HIT);
        assertThat(index.lexical().retrieve(new Query("fox", 1)))
                .containsExactly(new Passage("1", "", "fox", 1, Map.of(), Set.of()));
    }

    @Test
    void forEach_pagesThatDoNotMoveOn_areRefused() {
        String[] page = new String[500];
        java.util.Arrays.fill(page, HIT);
        found = hits(page);
        PassageIndex index = open();

        assertThatThrownBy(() -> index.forEach(MetadataFilter.all(), passage -> {}))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining("out of order");
    }

    @Test
    void open_otherServers_areRefused() {
        for (String answer : List.of(
                "{\"version\":{\"number\":\"8.15.0\",\"build_flavor\":\"default\"}}",
                "{\"version\":{\"distribution\":\"opensearch\",\"number\":\"2.15.0\"}}",
                "{\"version\":{\"distribution\":\"opensearch\",\"number\":\"1.3.20\"}}",
                "{\"version\":{\"distribution\":\"opensearch\",\"number\":[]}}",
                "{\"version\":{\"distribution\":\"opensearch\",\"number\":\"99999999999.1.1\"}}")) {
            version = answer;
            assertThatThrownBy(this::open)
                    .as(answer)
                    .isInstanceOf(IndexException.class)
                    .hasMessageContaining("2.16 or later");
        }
        version = "{\"version\":{\"distribution\":\"opensearch\",\"number\":\"3.1.0\"}}";
        assertThat(open().lexical().retrieve(new Query("fox", 1)))
                .extracting(Passage::score)
                .containsExactly(2.2);
    }

    @Test
    void open_mappingThatSomeoneChanged_isRefused() {
        open().close();
        String before = made;

        made = before.replace("\"analyzer\":\"english\"", "\"analyzer\":\"simple\"");
        assertThatThrownBy(this::open).hasMessageContainingAll("words", "analyzer", "'simple'", "'english'");
        made = before.replace("\"facts\":{\"type\":\"keyword\"", "\"facts\":{\"type\":\"text\"");
        assertThatThrownBy(this::open).hasMessageContainingAll("facts", "'text'", "'keyword'");
        made = "{\"a\":{},\"b\":{}}";
        assertThatThrownBy(this::open).hasMessageContaining("names 2 indexes");
    }
}
