package dev.llmadapt.flink;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.jspecify.annotations.Nullable;

/** A cluster in this process, of one task manager with two slots; jobs travel to it as to any other. */
final class Cluster {
    private final String host;
    private final int port;

    /** The cluster of all tests, which ends with their JVM: starting one takes longer than most jobs. */
    private static @Nullable Cluster shared;

    static synchronized Cluster shared() throws Exception {
        Cluster started = shared;
        if (started == null) {
            started = new Cluster();
            shared = started;
        }
        return started;
    }

    private Cluster() throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(RestOptions.BIND_PORT, "0");
        MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(2)
                .build());
        cluster.start();
        host = cluster.getRestAddress().get().getHost();
        port = cluster.getRestAddress().get().getPort();
    }

    /** An environment of its own, of one subtask. */
    TableEnvironment tables(Map<String, String> more) {
        Configuration configuration = new Configuration();
        configuration.set(DeploymentOptions.TARGET, "remote");
        configuration.set(DeploymentOptions.ATTACHED, true);
        configuration.set(RestOptions.ADDRESS, host);
        configuration.set(RestOptions.PORT, port);
        configuration.setString("parallelism.default", "1");
        configuration.setString("restart-strategy.type", "none");
        configuration.addAll(Configuration.fromMap(more));
        return TableEnvironment.create(EnvironmentSettings.newInstance()
                .inStreamingMode()
                .withConfiguration(configuration)
                .build());
    }

    /** The rows of a query. */
    static List<Row> rows(TableEnvironment tables, String query) throws Exception {
        List<Row> rows = new ArrayList<>();
        CloseableIterator<Row> found = tables.executeSql(query).collect();
        try {
            found.forEachRemaining(rows::add);
        } finally {
            found.close();
        }
        return rows;
    }
}
