package dev.llmadapt.rag.opensearch;

import dev.llmadapt.rag.opensearch.ClusterClient.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.codelibs.opensearch.runner.OpenSearchRunner;
import org.opensearch.node.Node;

/**
 * A real OpenSearch of two nodes in this process, started once for all tests that ask for it. Its files are under
 * {@code target}.
 */
final class TestCluster {
    private static final TestCluster SHARED = new TestCluster();

    private final OpenSearchRunner runner = new OpenSearchRunner();

    private TestCluster() {
        Path folder;
        try {
            folder = Files.createTempDirectory(
                    Files.createDirectories(Path.of("target").toAbsolutePath()), "opensearch");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                runner.close();
                runner.clean();
                Files.deleteIfExists(folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }));
        runner.build(OpenSearchRunner.newConfigs()
                .clusterName("llm-adapt-" + UUID.randomUUID())
                .numOfNode(2)
                .baseHttpPort(9200)
                .basePath(folder.toString())
                .useLogger()
                .disableESLogger()
                .pluginTypes("org.opensearch.knn.plugin.KNNPlugin"));
        waitFor("wait_for_nodes=2");
    }

    static TestCluster shared() {
        return SHARED;
    }

    /** Both nodes. */
    Cluster cluster() {
        return Cluster.of(hosts().toArray(new URI[0]));
    }

    List<URI> hosts() {
        return IntStream.range(0, 2).mapToObj(this::host).toList();
    }

    private URI host(int node) {
        return URI.create("http://127.0.0.1:" + runner.getNode(node).settings().get("http.port"));
    }

    ClusterClient client() {
        return new ClusterClient(cluster());
    }

    /** A name that no index has yet. */
    static String newName() {
        return "test-" + UUID.randomUUID();
    }

    /**
     * Stops the node that is not the master, and returns its number. In a cluster of two the master alone has a vote,
     * so this one can be lost.
     */
    int stopOne() throws IOException {
        Node node = runner.nonMasterNode();
        int number = runner.getNode(0).equals(node) ? 0 : 1;
        node.close();
        return number;
    }

    /** Starts a node that was stopped, and waits until it has all its copies again. */
    void start(int number) {
        runner.startNode(number);
        waitFor("wait_for_nodes=2&wait_for_status=green");
    }

    /** Waits until the cluster is as a parameter of its health says. */
    void waitFor(String parameter) {
        Answer answer = client().send("GET", "/_cluster/health?timeout=25s&" + parameter, null, 408);
        if (answer.status() != 200) {
            throw new IllegalStateException("the cluster of the tests did not come up: " + answer.body());
        }
    }
}
