package dev.llmadapt.spark;

import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/** Spark in this process. */
final class Sessions {
    private Sessions() {}

    /** A session of two threads, whose tasks are tried three times. */
    static SparkSession open(Path folder) {
        return SparkSession.builder()
                .appName("test")
                .master("local[2,3]")
                .config("spark.ui.enabled", false)
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.sql.shuffle.partitions", 2)
                .config("spark.local.dir", folder.toString())
                .config("spark.sql.warehouse.dir", folder.resolve("warehouse").toString())
                .getOrCreate();
    }
}
